"""Exact tiles: the loss and gradient of a whole canvas, computed a part at a time.

Every statistic here is a function of sums over positions, so the loss of the *whole* canvas can be
had from its tiles: no tile is ever compared with a target by itself, and there are no seams. Two
passes (:mod:`~gramarye.engine.tiles.objective`): the first adds up each statistic over the tiles'
own positions; with the derivative of the loss by those sums known, the second goes back through the
network tile by tile and adds up the pixels' gradient.

Which pixels a tile reads, the **halo**, is in :mod:`~gramarye.engine.tiles.regions`; where a canvas
is cut in :mod:`~gramarye.engine.tiles.grid`; what to keep and where in
:mod:`~gramarye.engine.tiles.layout`; planes in files in :mod:`~gramarye.engine.tiles.shelf`;
several devices in :mod:`~gramarye.engine.tiles.crews`, and those that are only lent in
:mod:`~gramarye.engine.tiles.leases`.
"""
