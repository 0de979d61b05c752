"""Masks at a layer: which positions count, and how much (Gatys et al. 2017, arXiv:1611.07865).

A mask that guides a style is eroded by the layer's receptive field, so that no feature looks across
its border. Alpha is not: under it lies the colour of its visible neighbours.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from .portable import reachable


def layer_weights(
    mask: Tensor | None, alpha: Tensor | None, reach: int, height: int, width: int
) -> Tensor | None:
    """Weights ``(height, width)`` of a layer's positions; ``None``: all one.

    Args:
        mask: ``(H, W)`` in [0, 1] at the picture's size, to be eroded by ``reach`` pixels.
        alpha: ``(H, W)``, what is visible.
        reach: how far a feature of this layer sees from its centre, in pixels.
    """
    weights = None if mask is None else _shrunk(erode(mask, reach), height, width)
    if alpha is None:
        return weights
    visible = _shrunk(alpha, height, width)
    return visible if weights is None else weights * visible


def erode(mask: Tensor, reach: int) -> Tensor:
    """The least value within ``reach`` pixels; beyond the picture's border nothing is asked."""
    if reach == 0:
        return mask
    side = 2 * reach + 1
    rows = -F.max_pool2d(-mask[None, None], (side, 1), stride=1, padding=(reach, 0))
    return -F.max_pool2d(-rows, (1, side), stride=1, padding=(0, reach))[0, 0]


def _shrunk(plane: Tensor, height: int, width: int) -> Tensor:
    return F.adaptive_avg_pool2d(reachable(plane)[None], (height, width))[0].to(plane)
