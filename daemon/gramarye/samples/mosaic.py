"""“Mosaic”: a peacock before a setting sun, in small stones laid along the forms."""

from __future__ import annotations

import numpy as np

from .noise import fractal
from .shading import Array, Shape, grid, ramp, rgb, smoothstep

_STONE = 0.0215
"""Side of a stone in picture heights."""


def mosaic(shape: Shape, rng: np.random.Generator) -> Array:
    """Lay every form's stones in rows along its outline."""
    floor = _Floor(shape, rng)
    _sky(floor)
    _ground(floor)
    _tail(floor)
    _body(floor)
    return floor.grouted(rng)


class _Floor:
    """Stones laid so far: each pixel's stone, its place on that stone, and the wanted colour."""

    def __init__(self, shape: Shape, rng: np.random.Generator) -> None:
        self.shape = shape
        self.x, self.y = grid(shape)
        self.drift = fractal(rng, shape, 4, 3)
        self.stone = np.zeros(shape, np.int64)
        self.edge = np.zeros(shape, np.float32)
        self.lean = np.zeros((2, *shape), np.float32)
        self.colour = np.zeros((*shape, 3), np.float32)
        self.forms = 0

    def lay(
        self, where: Array, across: Array, along: Array, colour: Array, size: float = _STONE
    ) -> None:
        """Lay stones in rows of equal ``across``, cut at equal steps of ``along`` (both lengths)."""
        self.forms += 1
        row = np.floor(across / size)
        wobble = np.sin(row * 12.9898 + self.forms) * 43758.5453
        column_at = along / size + (wobble - np.floor(wobble))
        # Stones are cut by hand: no two joints are equally far apart.
        column_at = column_at + 0.22 * np.sin(column_at * 2.4 + row * 1.7)
        column = np.floor(column_at)
        u, v = column_at - column - 0.5, across / size - row - 0.5
        # The joint's width in stone units: wherever along stretches, joints stay thin.
        stretch_u = np.hypot(*np.gradient(column_at)) * self.shape[0] * size + 1e-6
        stretch_v = np.hypot(*np.gradient(across / size)) * self.shape[0] * size + 1e-6
        edge = np.minimum((0.5 - np.abs(u)) / stretch_u, (0.5 - np.abs(v)) / stretch_v) * size
        inside = where > 0
        self.stone[inside] = ((self.forms * 4001 + row) * 4001 + column).astype(np.int64)[inside]
        self.edge[inside] = np.minimum(edge, where)[inside]
        self.lean[0][inside], self.lean[1][inside] = u[inside], v[inside]
        self.colour[inside] = np.broadcast_to(colour, self.colour.shape)[inside]

    def grouted(self, rng: np.random.Generator) -> Array:
        """Each stone takes one colour and its own tilt to the light; grout fills the joints."""
        _, first, place = np.unique(self.stone, return_index=True, return_inverse=True)
        place = place.reshape(self.shape)
        count = len(first)
        total = np.bincount(place.ravel(), minlength=count).astype(np.float32)
        means = [
            np.bincount(place.ravel(), self.colour[..., c].ravel(), count) / total for c in range(3)
        ]
        colour = np.stack(means, -1).astype(np.float32)
        colour *= (1 + rng.normal(0, 0.13, (count, 1))).astype(np.float32)
        colour += rng.normal(0, 0.028, (count, 3)).astype(np.float32)
        tilt = rng.normal(0, 0.16, (count, 2)).astype(np.float32)
        gold = rng.uniform(0, 1, count) < 0.06
        shade = 1 + tilt[place, 0] * self.lean[0] * 1.6 + tilt[place, 1] * self.lean[1] * 1.6
        shade += (tilt[:, 0] + tilt[:, 1])[place] * 0.35
        grain = fractal(rng, self.shape, 90, 3, 0.7)
        vein = fractal(rng, self.shape, 30, 3, 0.6)
        face = colour[place] * (shade * (1 + 0.06 * grain + 0.06 * vein))[..., None]
        glint = (gold[place] * np.clip(0.5 - self.lean[0] - self.lean[1], 0, 1) ** 2)[..., None]
        face = face + 0.22 * glint * rgb("#fff0c0")
        chip = 0.0020 + 0.0008 * vein
        bevel = smoothstep(chip, chip + 0.0035, self.edge)
        grout = rgb("#8d8272") * (0.62 + 0.10 * grain)[..., None]
        stone = smoothstep(chip - 0.0008, chip + 0.0008, self.edge)[..., None]
        return grout * (1 - stone) + face * (0.70 + 0.30 * bevel)[..., None] * stone


def _sky(floor: _Floor) -> None:
    """Rings of stone around a low sun."""
    x, y = floor.x, floor.y
    r, turn = np.hypot(x - 0.66, y - 0.42), np.arctan2(y - 0.42, x - 0.66)
    colour = ramp(
        r + 0.03 * floor.drift,
        ((0.20, "#f6c25a"), (0.32, "#f0935a"), (0.46, "#d9667a"), (0.62, "#8d5a9e"),
         (0.80, "#4a5fa8"), (1.0, "#2d4a86")),
    )
    _rings(floor, np.ones_like(x), r, turn, colour)
    beam = np.cos(turn * 18) * 0.5 + 0.5
    disc = ramp(r / 0.18 + 0.15 * beam, ((0, "#fff6cf"), (0.6, "#ffe07a"), (1.1, "#f5b63c")))
    _rings(floor, 0.18 - r, r, turn, disc)


def _rings(
    floor: _Floor, where: Array, r: Array, turn: Array, colour: Array, size: float = _STONE
) -> None:
    """Rows round a centre: each ring is cut into a whole number of stones."""
    ring = (np.floor(r / size) + 0.5) * size
    number = np.maximum(np.round(2 * np.pi * ring / size), 3)
    floor.lay(where, r, turn / (2 * np.pi) * number * size, colour, size)


def _ground(floor: _Floor) -> None:
    """Hills whose rows repeat the skyline."""
    x, y = floor.x, floor.y
    for top, near, far in (
        (0.66 + 0.045 * np.sin(x * 6 + 0.5), "#3f8a86", "#7fb59a"),
        (0.75 + 0.05 * np.sin(x * 4.4 + 2.4), "#4a7a3a", "#a5b04a"),
        (0.87 + 0.03 * np.sin(x * 5.4 + 4.0), "#6a4a2c", "#c08a4a"),
    ):
        slope = np.sqrt(1 + np.gradient(top, axis=1) ** 2 * floor.shape[0] ** 2)
        down = (y - top) / slope
        band = np.sin(down * 95) * 0.25
        colour = ramp(down * 5 + band + 0.3 * floor.drift, ((0.0, far), (0.9, near)))
        floor.lay(down, down, x, colour)


def _tail(floor: _Floor) -> None:
    """Feathers that sweep down from the back, each with its eye."""
    x, y = floor.x, floor.y
    for k in range(9):
        angle = 0.42 + k * 0.145
        length = 0.60 - 0.028 * abs(k - 3)
        tip_x, tip_y = 0.47 + length * np.cos(angle), 0.50 + length * 0.80 * np.sin(angle)
        dx, dy = x - 0.43, y - 0.48
        ex, ey = tip_x - 0.43, tip_y - 0.48
        reach = np.hypot(ex, ey)
        u = (dx * ex + dy * ey) / reach
        v = (dy * ex - dx * ey) / reach + 0.10 * u * (1 - u / reach)
        t = np.clip(u / reach, 0, 1)
        half = 0.012 + 0.040 * t
        where = np.minimum(half - np.abs(v), np.minimum(u, reach - u))
        barb = ramp(
            np.abs(v) / half + 0.25 * np.sin(u * 60),
            ((0, "#d9b83c"), (0.25, "#3f9a5a"), (0.7, "#137a6a"), (1.1, "#0c4a5a")),
        )
        floor.lay(where, v + 0.5, u + 0.8 * np.abs(v), barb, _STONE * 0.72)
        r = np.hypot(x - tip_x, y - tip_y)
        turn = np.arctan2(y - tip_y, x - tip_x)
        eye = ramp(
            r / 0.056,
            ((0.0, "#101c5a"), (0.30, "#173a9e"), (0.42, "#18a0c0"), (0.62, "#e0a02c"),
             (0.80, "#b8622c"), (1.0, "#3f8a3a")),
        )
        _rings(floor, 0.060 - r, r, turn, eye, _STONE * 0.62)


def _body(floor: _Floor) -> None:
    """Body, neck and head; rows follow the curve of the neck."""
    x, y = floor.x, floor.y
    blue = ((0.0, "#7fe0e6"), (0.35, "#1f8fd0"), (0.7, "#1a4fb0"), (1.1, "#12246a"))
    dx, dy = x - 0.38, y - 0.55
    u, v = dx * 0.80 + dy * 0.60, dy * 0.80 - dx * 0.60
    r = np.hypot(u / 0.175, v / 0.105)
    turn = np.arctan2(v / 0.105, u / 0.175)
    where = (1 - r) * 0.105
    floor.lay(where, r * 0.12, turn * 0.13, ramp(r + 0.4 * v / 0.1, blue), _STONE * 0.8)
    t = np.clip((0.56 - y) / 0.36, -0.2, 1)
    middle = 0.285 - 0.055 * np.sin(t * 4.2) + 0.02 * t
    half = 0.030 + 0.045 * np.clip(1 - t, 0, 1) ** 1.6
    where = np.minimum(half - np.abs(x - middle), np.minimum(y - 0.19, 0.58 - y))
    light = np.abs(x - middle + 0.012) / half
    floor.lay(where, x - middle + 0.5, 0.56 - y, ramp(light, blue), _STONE * 0.72)
    hx, hy = 0.322, 0.185
    beak_u, beak_v = hx - x, y - hy - 0.004 - 0.25 * np.clip(hx - x, 0, 1) ** 1.0
    beak = np.minimum(0.020 * (1 - beak_u / 0.115) - np.abs(beak_v), beak_u)
    floor.lay(beak, beak_v + 0.5, beak_u, rgb("#e8a83a"), _STONE * 0.6)
    r, turn = np.hypot(x - hx, y - hy), np.arctan2(y - hy, x - hx)
    _rings(floor, 0.048 - r, r, turn, ramp(r / 0.048 + 0.3 * (y - hy) / 0.05, blue), _STONE * 0.7)
    r = np.hypot(x - hx + 0.014, y - hy + 0.006)
    turn = np.arctan2(y - hy + 0.006, x - hx + 0.014)
    eye = ramp(r / 0.017, ((0.0, "#0a0a10"), (0.5, "#0a0a10"), (0.6, "#f8f2dc"), (1, "#f8f2dc")))
    _rings(floor, 0.018 - r, r, turn, eye, _STONE * 0.45)
    for k in range(5):
        angle = -1.95 + 0.22 * k
        px, py = hx + 0.115 * np.cos(angle), hy + 0.115 * np.sin(angle)
        ex, ey = np.cos(angle), np.sin(angle)
        u, v = (x - hx) * ex + (y - hy) * ey, (y - hy) * ex - (x - hx) * ey
        stalk = np.minimum(0.0035 - np.abs(v), np.minimum(u - 0.046, 0.105 - u))
        floor.lay(stalk, v + 0.5, u, rgb("#1a4fb0"), _STONE * 0.6)
        r, turn = np.hypot(x - px, y - py), np.arctan2(y - py, x - px)
        _rings(floor, 0.016 - r, r, turn, rgb("#2fb0c8"), _STONE * 0.55)
