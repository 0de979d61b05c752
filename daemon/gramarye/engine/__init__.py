"""Style transfer by optimisation, as a library of pure tensors: no files, no sockets.

::

    recipe = preset("builtin", "good")
    canvas = Canvas(Picture(content), (Style(Picture(painting)),))
    network = PatchNetwork.fitted(prepare(canvas, recipe.colour), recipe, device)
    for moment in transfer(canvas, recipe, network):
        if isinstance(moment, Step):
            show(moment.number, moment.total, moment.losses, moment.preview())
        elif isinstance(moment, Finished):
            result = moment.picture

Where things are: what a job may ask for in :mod:`~gramarye.engine.recipe`; the Gram matrix and
every other loss in :mod:`~gramarye.engine.statistics`, their sum in
:mod:`~gramarye.engine.objective`; the features in :mod:`~gramarye.engine.vgg` and
:mod:`~gramarye.engine.patches`; the optimisers in :mod:`~gramarye.engine.optimisers`; and the loop
over octaves in :mod:`~gramarye.engine.transfer`.

Nothing is imported here, so that the errors can be had without waiting for torch.
"""
