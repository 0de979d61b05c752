"""Seeded noise that keeps its shapes at every picture size."""

from __future__ import annotations

import numpy as np

from .shading import Array, Shape, resize


def fractal(
    rng: np.random.Generator,
    shape: Shape,
    cells: float,
    octaves: int = 5,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Array:
    """Smooth noise summed over octaves, about -1 to 1, mean near 0.

    ``cells`` is how many bumps of the coarsest octave fit the height; ``stretch`` draws them out
    sideways. Octaves too fine for the shape average out instead of aliasing.
    """
    height, width = shape
    # Of the nominal aspect, so that the lattice is the same at every size of one picture.
    aspect = round(20 * width / height) / 20
    total = np.zeros(shape, np.float32)
    amplitude, norm = 1.0, 0.0
    for octave in range(octaves):
        rows = cells * 2**octave
        columns = rows * aspect / stretch
        lattice_rows, lattice_columns = int(rows) + 4, int(columns) + 4
        lattice = rng.uniform(-1, 1, (lattice_rows, lattice_columns)).astype(np.float32)
        wide = resize(
            lattice,
            (
                max(height, round(height * lattice_rows / rows)),
                max(width, round(width * lattice_columns / columns)),
            ),
        )
        top, left = (wide.shape[0] - height) // 2, (wide.shape[1] - width) // 2
        total += amplitude * wide[top : top + height, left : left + width]
        norm += amplitude * amplitude
        amplitude *= gain
    return total / np.float32(np.sqrt(norm) * 1.3)


def line(rng: np.random.Generator, x: Array, cells: float, octaves: int = 5) -> Array:
    """Noise along one coordinate, about -1 to 1: the outline of a ridge, the wander of a path."""
    total = np.zeros_like(x, np.float32)
    amplitude = 1.0
    for octave in range(octaves):
        scale = cells * 2**octave
        knots = rng.uniform(-amplitude, amplitude, int(scale * 4) + 8).astype(np.float32)
        position = np.clip(x * scale + 2, 0, len(knots) - 2).astype(np.float32)
        index = position.astype(np.int32)
        t = position - index
        t = t * t * (3 - 2 * t)
        start = knots[index]
        total += start + (knots[index + 1] - start) * t
        amplitude *= 0.5
    return total / np.float32(1.4)


def lookup(plane: Array, x: Array, y: Array) -> Array:
    """The plane at fractional pixel positions (bilinear; beyond the border the border's value)."""
    height, width = plane.shape
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    column, row = x.astype(np.int32), y.astype(np.int32)
    fx, fy = x - column, y - row
    right, below = np.minimum(column + 1, width - 1), np.minimum(row + 1, height - 1)
    top = plane[row, column] * (1 - fx) + plane[row, right] * fx
    bottom = plane[below, column] * (1 - fx) + plane[below, right] * fx
    return (top * (1 - fy) + bottom * fy).astype(np.float32)


class Texture:
    """Noise to be read anywhere, 90 samples to a unit; mirrored at its borders, so seamless."""

    def __init__(
        self,
        rng: np.random.Generator,
        cells: float,
        octaves: int,
        gain: float = 0.6,
        stretch: float = 1.0,
    ) -> None:
        tile = fractal(rng, (512, 512), cells, octaves, gain, stretch)
        self.plane = np.block([[tile, tile[:, ::-1]], [tile[::-1], tile[::-1, ::-1]]]).ravel()

    def __call__(self, x: Array, y: Array) -> Array:
        """The noise at x, y (bilinear)."""
        x, y = x * 90 + 256, y * 90 + 256
        left, top = np.floor(x), np.floor(y)
        fx, fy = x - left, y - top
        column, row = left.astype(np.int32), top.astype(np.int32)
        column, right = column & 1023, (column + 1) & 1023
        row, below = (row & 1023) * 1024, ((row + 1) & 1023) * 1024
        plane = self.plane
        upper, lower = plane[row + column], plane[below + column]
        upper = upper + (plane[row + right] - upper) * fx
        lower = lower + (plane[below + right] - lower) * fx
        return upper + (lower - upper) * fy
