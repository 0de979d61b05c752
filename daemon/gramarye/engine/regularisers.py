"""Losses of the pixels themselves: smoothness, and the range from black to white."""

from __future__ import annotations

import torch
from torch import Tensor

from .pyramid import strips

RANGE_WEIGHT = 10.0
"""Weight of mean((x − clamp(x))²): a soft wall at black and white that optimisers can see."""


def total_variation(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean square of the differences of neighbours, and its gradient ``(3, H, W)``.

    Mahendran & Vedaldi 2015 (arXiv:1412.0035, section 3.2) with β = 2, as a mean.
    """
    gradient = torch.zeros_like(pixels)
    return _add_variation(pixels, gradient, pixels.numel(), 1.0), gradient


def add_total_variation(pixels: Tensor, gradient: Tensor, weight: float) -> float:
    """Add ``weight`` times the gradient of :func:`total_variation` strip by strip; the loss."""
    loss = 0.0
    height, width = pixels.shape[1:]
    for rows in strips(height, width):
        # Downwards a strip has the first row of the next one too; sideways only its own.
        reach = slice(rows.start, min(height, rows.stop + 1))
        loss += float(_add_down(pixels[:, reach], gradient[:, reach], pixels.numel(), weight))
        loss += float(_add_right(pixels[:, rows], gradient[:, rows], pixels.numel(), weight))
    return loss


def range_penalty(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """:data:`RANGE_WEIGHT` times the mean square of what is out of [0, 1], and its gradient."""
    outside = pixels - pixels.clamp(0, 1)
    factor = RANGE_WEIGHT / pixels.numel()
    return factor * outside.square().sum(), 2 * factor * outside


def add_range_penalty(pixels: Tensor, gradient: Tensor) -> float:
    """Add the gradient of :func:`range_penalty` strip by strip; the loss."""
    loss = 0.0
    factor = RANGE_WEIGHT / pixels.numel()
    for rows in strips(*pixels.shape[1:]):
        part = pixels[:, rows]
        outside = part - part.clamp(0, 1)
        loss += factor * float(outside.square().sum())
        gradient[:, rows].add_(outside, alpha=2 * factor)
    return loss


def _add_variation(pixels: Tensor, gradient: Tensor, count: int, weight: float) -> Tensor:
    down = _add_down(pixels, gradient, count, weight)
    return down + _add_right(pixels, gradient, count, weight)


def _add_down(pixels: Tensor, gradient: Tensor, count: int, weight: float) -> Tensor:
    down = pixels.diff(dim=1)
    gradient[:, 1:].add_(down, alpha=2 * weight / count)
    gradient[:, :-1].sub_(down, alpha=2 * weight / count)
    return weight * down.square().sum() / count


def _add_right(pixels: Tensor, gradient: Tensor, count: int, weight: float) -> Tensor:
    right = pixels.diff(dim=2)
    gradient[:, :, 1:].add_(right, alpha=2 * weight / count)
    gradient[:, :, :-1].sub_(right, alpha=2 * weight / count)
    return weight * right.square().sum() / count
