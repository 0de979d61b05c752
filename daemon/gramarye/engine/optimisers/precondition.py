"""A preconditioner of the pixels: a smoothing filter that stands for an inverse Hessian.

A step of L-BFGS begins at a guess of the inverse Hessian, usually a multiple of the identity. Here
it is a filter whose gain falls with the spatial frequency f as (f² + floor²)^(-exponent/2): broad
changes, which whole strokes and areas agree on, are tried in larger steps than single pixels. It is
symmetric and positive definite on the pixels that are free, and zero on all others.

The filter is a sum of local blurs, a pyramid without decimation. A Fourier transform of the picture
beside its mirror images gives the same to a few hundredths and the same losses, at three times the
cost and many times the memory (docs/benchmarks.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

FLOOR = 1 / 64
"""Cycles a pixel below which the gain no longer rises: VGG-19 sees about 70 pixels to each side."""

Preconditioner = Callable[[Tensor], Tensor]
"""A symmetric positive (semi-)definite linear map of pixels ``(C, H, W)``."""


def preconditioner(
    height: int, width: int, exponent: float, free: Tensor | None = None
) -> Preconditioner:
    """The one for pictures of this size.

    ``free`` ``(height, width)`` is not zero where pixels may move; without one all may. Mask,
    filter, mask is as symmetric as the filter, and definite on the free pixels.
    """
    smooth: Preconditioner = Smoothing(height, width, exponent) if exponent else _unchanged
    if free is None:
        return smooth
    inside = free > 0
    return lambda pixels: smooth(pixels * inside) * inside


def _unchanged(pixels: Tensor) -> Tensor:
    return pixels


class Smoothing:
    """The filter as Σₖ wₖBₖ with positive weights.

    Bₖ blurs with [1 2 1]/4 along both axes, its taps 1, 2, 4, … 2ᵏ⁻¹ apart in turn: an undecimated
    binomial pyramid (the à trous algorithm of Holschneider et al. 1989). Borders are mirrored at
    the pixels' outer edges, which makes each Bₖ a diagonal in the basis of the cosine transform of
    type II: so is their sum, nothing leaks from one border to the opposite one, and an even area
    stays even up to its border.
    """

    def __init__(self, height: int, width: int, exponent: float, floor: float = FLOOR) -> None:
        octaves = max(1, round(math.log2(0.5 / floor)))
        while 2 ** (octaves - 1) > min(height, width):
            octaves -= 1
        self.weights = _fitted_weights(octaves, exponent, floor)

    def __call__(self, pixels: Tensor) -> Tensor:
        """The filtered pixels, ``(C, H, W)``."""
        level, filtered = pixels, self.weights[0] * pixels
        for octave, weight in enumerate(self.weights[1:]):
            level = _blur(_blur(level, 2**octave, -1), 2**octave, -2)
            filtered.add_(level, alpha=weight)
        return filtered


def _blur(pixels: Tensor, distance: int, axis: int) -> Tensor:
    """[1 2 1]/4 along an axis, the taps ``distance`` apart, mirrored at the pixels' outer edges."""
    side = pixels.shape[axis]
    before = pixels.narrow(axis, 0, distance).flip(axis)
    after = pixels.narrow(axis, side - distance, distance).flip(axis)
    mirrored = torch.cat([before, pixels, after], axis)
    sides = mirrored.narrow(axis, 0, side) + mirrored.narrow(axis, 2 * distance, side)
    return torch.add(sides, pixels, alpha=2) / 4


def _fitted_weights(octaves: int, exponent: float, floor: float) -> list[float]:
    """The weights whose gain is nearest to the wanted one, relatively, octave for octave.

    Along one axis Bₖ has the gain Π cos²(2ʲπf), j < k.
    """
    lowest, highest = math.log10(floor / 2), math.log10(0.5)
    frequency = torch.logspace(lowest, highest, 200, dtype=torch.float64)
    gains = [torch.ones_like(frequency)]
    for octave in range(octaves):
        gains.append(gains[-1] * torch.cos(math.pi * 2**octave * frequency) ** 2)
    relative = torch.stack(gains, 1) / gain(frequency.square(), exponent, floor)[:, None]
    wanted = torch.ones(len(frequency), 1, dtype=torch.float64)
    weights = torch.linalg.lstsq(relative, wanted).solution[:, 0]
    return weights.clamp_min(1e-3).tolist()


def gain(squared_frequency: Tensor, exponent: float, floor: float) -> Tensor:
    """The filter's gain at frequencies in cycles a pixel: about 1 at half a cycle."""
    return ((squared_frequency + floor**2) / 0.25) ** (-exponent / 2)
