"""Colour under transparency: what nobody sees must not reach any statistic."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def fill_hidden(colour: Tensor, alpha: Tensor) -> Tensor:
    """``colour`` ``(3, H, W)`` with hidden pixels (zero ``alpha``, ``(H, W)``) taken from visible.

    Push and pull: averages over visible pixels on ever coarser grids, the finest available one at
    each hidden pixel, enlarged smoothly, so the edge sees the colours next to it. Visible pixels
    keep their bits. At least one pixel must be visible.
    """
    visible = (alpha > 0).to(colour.dtype)[None]
    if bool((visible > 0).all()):
        return colour
    filled = _pull(colour * visible, visible)
    return colour.where(visible > 0, filled)


def _pull(weighted: Tensor, weight: Tensor) -> Tensor:
    """The weighted colour where there is weight, and coarser averages where there is none."""
    here = weighted / weight.clamp_min(1e-12)
    if bool((weight > 0).all()) or max(weight.shape[1:]) == 1:
        return here
    coarse = _pull(_halved(weighted), _halved(weight))
    enlarged = F.interpolate(
        coarse[None], size=tuple(weight.shape[1:]), mode="bilinear", align_corners=False
    )[0]
    return here.where(weight > 0, enlarged)


def _halved(values: Tensor) -> Tensor:
    """Means over 2×2 cells; an odd last row or column is a cell of its own."""
    return F.avg_pool2d(values[None], 2, ceil_mode=True)[0]
