"""Procedural pictures with the statistics of natural ones, to calibrate the built-in features.

Dead leaves (Lee, Mumford & Huang 2001) have the edges and occlusions of photographs; coloured 1/f
noise has their spectrum. Without them a grey style would leave the colour directions unmeasured,
and the whitening would turn those into bright chroma noise.
"""

from __future__ import annotations

import torch
from torch import Tensor

SIZE = 256
"""Side of a calibration picture; both kinds look the same at every scale."""


def calibration_pictures(generator: torch.Generator) -> list[Tensor]:
    """Four dead-leaves and four coloured-noise pictures, each ``(3, 256, 256)`` in [0, 1]."""
    leaves = [dead_leaves(SIZE, generator) for _ in range(4)]
    return leaves + [coloured_noise(SIZE, generator) for _ in range(4)]


def dead_leaves(size: int, generator: torch.Generator, leaves: int = 400) -> Tensor:
    """Opaque discs of random place and colour, radius r with density r⁻³, later ones in front."""
    picture = torch.full((3, size, size), 0.5)
    rows = torch.arange(size, dtype=torch.float32)[:, None]
    columns = torch.arange(size, dtype=torch.float32)[None, :]
    smallest, largest = 3.0, size / 3
    chance = torch.rand(leaves, generator=generator)
    radii = (smallest**-2 + chance * (largest**-2 - smallest**-2)).rsqrt()
    places = torch.rand(leaves, 2, generator=generator) * size
    colours = torch.rand(leaves, 3, generator=generator)
    for radius, (row, column), colour in zip(radii, places, colours, strict=True):
        inside = (rows - row).square() + (columns - column).square() < radius.square()
        picture = torch.where(inside, colour[:, None, None], picture)
    return picture


def coloured_noise(size: int, generator: torch.Generator) -> Tensor:
    """Gaussian noise with amplitude 1/f, its colour channels mixed by a random matrix."""
    white = torch.randn(3, size, size, generator=generator)
    rows = torch.fft.fftfreq(size)[:, None]
    columns = torch.fft.rfftfreq(size)[None, :]
    frequency = (rows.square() + columns.square()).sqrt().clamp_min(1 / size)
    pink = torch.fft.irfft2(torch.fft.rfft2(white) / frequency, s=(size, size))
    mixed = torch.einsum("ij,jhw->ihw", torch.randn(3, 3, generator=generator), pink)
    mixed = mixed / mixed.std().clamp_min(1e-6)
    return (0.5 + 0.2 * mixed).clamp(0, 1)
