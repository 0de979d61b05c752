"""Style transfer by optimisation, as a library of pure tensors: no files, no sockets.

::

    recipe = preset("builtin", "good")
    network = PatchNetwork.fitted(content, style, recipe, device)
    for moment in transfer(content, style, recipe, network):
        if isinstance(moment, Step):
            show(moment.number, moment.total, moment.losses, moment.preview())
        elif isinstance(moment, Finished):
            result = moment.picture

Where things are: the Gram matrix and every other loss in :mod:`~gramarye.engine.statistics`, their
sum in :mod:`~gramarye.engine.objective`, the features in :mod:`~gramarye.engine.vgg` and
:mod:`~gramarye.engine.patches`, the optimisers in :mod:`~gramarye.engine.optimisers`, and the loop
over octaves in :mod:`~gramarye.engine.transfer`.
"""

from .errors import DivergedError, EngineError, PictureError, SettingsError, WeightsError
from .networks import Network, PatchNetwork, VggNetwork
from .recipe import Recipe, preset, weight_for_strength
from .transfer import Finished, Step, transfer
from .weights import find_weights, load_weights

__all__ = [
    "DivergedError", "EngineError", "Finished", "Network", "PatchNetwork", "PictureError", "Recipe",
    "SettingsError", "Step", "VggNetwork", "WeightsError", "find_weights", "load_weights", "preset",
    "transfer", "weight_for_strength",
]  # fmt: skip
