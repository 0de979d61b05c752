"""Preconditioners of the pixels: smoothing filters that stand for an inverse Hessian.

A step of L-BFGS begins at a guess of the inverse Hessian, usually a multiple of the identity. Here
it is a filter whose gain falls with the spatial frequency f as (f² + floor²)^(-exponent/2): broad
changes, which whole strokes and areas agree on, are tried in larger steps than single pixels. Each
is symmetric and positive definite on the pixels that are free, and zero on all others.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

EXPONENT = 0.5
FLOOR = 1 / 64
"""Cycles a pixel below which the gain no longer rises."""
LARGEST_TRANSFORM = 1 << 22
"""Pixels of the largest canvas that is transformed whole; beyond, local filters do it."""

Preconditioner = Callable[[Tensor], Tensor]
"""A symmetric positive (semi-)definite linear map of pixels ``(C, H, W)``."""


def preconditioner(
    like: Tensor, exponent: float = EXPONENT, free: Tensor | None = None
) -> Preconditioner:
    """The one to use for pixels of this shape ``(C, H, W)``, device and type.

    ``free`` ``(H, W)`` is not zero where pixels may move; without one all may.
    """
    height, width = like.shape[-2:]
    if exponent == 0:
        return masked(lambda pixels: pixels, free)
    if height * width > LARGEST_TRANSFORM:
        return masked(Local(height, width, exponent), free)
    return masked(Spectral(like, exponent), free)


def masked(inner: Preconditioner, free: Tensor | None) -> Preconditioner:
    """Mask, filter, mask: as symmetric as the filter, and definite on the free pixels."""
    if free is None:
        return inner
    inside = free > 0
    return lambda pixels: inner(pixels * inside) * inside


class Spectral:
    """The filter by a Fourier transform of the picture beside its mirror images.

    The mirrored picture has no seam where it repeats, so nothing leaks from one border to the
    opposite one; on the picture itself this is a diagonal in the basis of the discrete cosine
    transform (type II), whose border conditions are the same mirrors.
    """

    def __init__(self, like: Tensor, exponent: float = EXPONENT, floor: float = FLOOR) -> None:
        height, width = like.shape[-2:]
        self._size = 2 * height, 2 * width
        rows = torch.fft.fftfreq(2 * height, dtype=like.dtype, device=like.device)[:, None]
        columns = torch.fft.rfftfreq(2 * width, dtype=like.dtype, device=like.device)
        self._gain = gain(rows.square() + columns.square(), exponent, floor)

    def __call__(self, pixels: Tensor) -> Tensor:
        """The filtered pixels, ``(C, H, W)``."""
        wide = torch.cat([pixels, pixels.flip(-1)], -1)
        mirrored = torch.cat([wide, wide.flip(-2)], -2)
        filtered = torch.fft.irfft2(torch.fft.rfft2(mirrored) * self._gain, s=self._size)
        return filtered[..., : pixels.shape[-2], : pixels.shape[-1]].contiguous()


class Local:
    """The same filter, nearly, from small ones: Σₖ wₖBₖ with positive weights.

    Bₖ blurs with [1 2 1]/4 along both axes, its taps 1, 2, 4, … 2ᵏ⁻¹ apart in turn: an undecimated
    binomial pyramid (the à trous algorithm of Holschneider et al. 1989). Under the same mirrors
    each is a diagonal in the same basis as the spectral form, so their sum is symmetric, keeps an
    even area even up to its borders, and takes a few times the picture's own memory, where a
    transform takes some twenty times.
    """

    def __init__(
        self, height: int, width: int, exponent: float = EXPONENT, floor: float = FLOOR
    ) -> None:
        octaves = max(1, round(math.log2(0.25 / floor)))
        while 2 ** (octaves - 1) > min(height, width):
            octaves -= 1
        self._weights = _fitted_weights(octaves, exponent, floor)

    def __call__(self, pixels: Tensor) -> Tensor:
        """The filtered pixels, ``(C, H, W)``."""
        level, filtered = pixels, self._weights[0] * pixels
        for octave, weight in enumerate(self._weights[1:]):
            level = _blur(_blur(level, 2**octave, -1), 2**octave, -2)
            filtered = filtered + weight * level
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
