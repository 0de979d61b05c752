"""Watercolour on paper: washes with wet edges, granulation, and light held back by pigment."""

from __future__ import annotations

import numpy as np

from .noise import fractal
from .shading import Array, Shape, blur, grid, rgb, smoothstep


class Sheet:
    """The sheet: how strongly each channel of light is held back at each place."""

    def __init__(self, shape: Shape, rng: np.random.Generator) -> None:
        self.shape = shape
        self.x, self.y = grid(shape)
        tooth = fractal(rng, shape, 75, 4, 0.75)
        self.tooth = tooth + 0.5 * fractal(rng, shape, 32, 2)
        self.wander = fractal(rng, shape, 5, 6, 0.55), fractal(rng, shape, 5, 6, 0.55)
        self.pools = fractal(rng, shape, 3.5, 5, 0.55)
        self.fine = fractal(rng, shape, 22, 4, 0.6)
        self.stain = np.zeros((*shape, 3), np.float32)

    def warped(self, amount: float, part: tuple[slice, slice] = np.s_[:, :]) -> tuple[Array, Array]:
        """Coordinates in which straight edges run as water runs."""
        across, down = (plane[part] for plane in self.wander)
        return self.x[part] + amount * across, self.y[part] + amount * down

    def wash(
        self,
        depth: Array,
        colour: Array,
        second: Array,
        strength: float,
        blend: Array,
        edge: float = 1.0,
        part: tuple[slice, slice] = np.s_[:, :],
    ) -> None:
        """One wash. ``depth`` is the distance inside its outline (in heights; below 0 outside).

        Pigment gathers at the drying rim, settles into the paper's hollows and pools where the
        water stood longest; ``blend`` (0 to 1) leads from the first colour to the second.
        """
        inside = np.clip(depth * self.shape[0] / 1.6 + 0.5, 0, 1)
        wet = _bounds(inside)
        inside, depth, blend = inside[wet], depth[wet], blend[wet]
        stain = self.stain[part][wet]
        rim = np.exp(-np.clip(depth, 0, 1) / 0.0042) + 0.35 * np.exp(-np.clip(depth, 0, 1) / 0.018)
        tooth, pools, fine = (plane[part][wet] for plane in (self.tooth, self.pools, self.fine))
        load = 0.62 + 0.34 * pools + 0.10 * fine - 0.16 * tooth + 0.75 * edge * rim
        dry = smoothstep(1.15, 0.75, tooth + 0.25 * fine)
        load = np.clip(load, 0.05, 2.2) * strength * inside * (0.45 + 0.55 * dry)
        pigment = -np.log(np.clip(np.stack([colour, second]), 0.03, 0.985))
        t = np.clip(blend, 0, 1)[..., None]
        stain += load[..., None] * (pigment[0] * (1 - t) + pigment[1] * t)

    def dried(self) -> Array:
        """The sheet on the table: transmitted colour, and light across the paper's tooth."""
        paper = rgb("#fbf7ec") * (1 + 0.012 * self.fine)[..., None]
        slope_y, slope_x = np.gradient(blur(self.tooth, 0.0012 * self.shape[0]))
        light = 1 - np.clip((slope_x + slope_y) * self.shape[0] * 0.00045, -0.07, 0.07)
        return paper * np.exp(-self.stain) * light[..., None]


def _bounds(mask: Array) -> tuple[slice, slice]:
    """The smallest rectangle that holds all of a mask."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
