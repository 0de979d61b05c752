"""“Mosaic”: a peacock before a setting sun, in small stones laid along the forms."""

from __future__ import annotations

from copy import copy
from itertools import count

import numpy as np

from .noise import fractal
from .shading import Array, Shape, grid, ramp, rgb, smoothstep, steepness, window

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
        self.scale = shape[0]
        self.x, self.y = grid(shape)
        self.drift = fractal(rng, shape, 4, 3)
        self.stone = np.zeros(shape, np.int64)
        self.edge = np.zeros(shape, np.float32)
        self.lean_u = np.zeros(shape, np.float32)
        self.lean_v = np.zeros(shape, np.float32)
        self.colour = np.zeros((*shape, 3), np.float32)
        self.forms = count(1)

    def near(self, x: float, y: float, reach: float) -> _Floor:
        """The floor around a point: small forms are laid there without a look at the rest."""
        part = window(self.stone.shape, x, y, reach)
        near = copy(self)
        for name in ("x", "y", "drift", "stone", "edge", "lean_u", "lean_v", "colour"):
            setattr(near, name, getattr(self, name)[part])
        return near

    def lay(
        self, where: Array, across: Array, along: Array, colour: Array, size: float = _STONE
    ) -> None:
        """Lay stones in rows of equal ``across``, cut at steps of ``along`` (both lengths)."""
        inside = where > 0
        if not inside.any() or min(where.shape) < 2:
            return
        form = next(self.forms)
        row = np.floor(across / size)
        wobble = np.sin(row * 12.9898 + form) * 43758.5453
        column_at = along / size + (wobble - np.floor(wobble))
        # Stones are cut by hand: no two joints are equally far apart.
        column_at = column_at + 0.22 * np.sin(column_at * 2.4 + row * 1.7)
        column = np.floor(column_at)
        u, v = column_at - column - 0.5, across / size - row - 0.5
        # The joint's width in stone units: wherever along stretches, joints stay thin.
        stretch_u = steepness(column_at) * self.scale * size + 1e-6
        stretch_v = steepness(across / size) * self.scale * size + 1e-6
        edge = np.minimum((0.5 - np.abs(u)) / stretch_u, (0.5 - np.abs(v)) / stretch_v) * size
        self.stone[inside] = ((form * 4001 + row) * 4001 + column).astype(np.int64)[inside]
        self.edge[inside] = np.minimum(edge, where)[inside]
        self.lean_u[inside], self.lean_v[inside] = u[inside], v[inside]
        self.colour[inside] = np.broadcast_to(colour, self.colour.shape)[inside]

    def grouted(self, rng: np.random.Generator) -> Array:
        """Each stone takes one colour and its own tilt to the light; grout fills the joints."""
        _, first, place = np.unique(self.stone, return_index=True, return_inverse=True)
        place = place.reshape(self.stone.shape)
        stones = len(first)
        total = np.bincount(place.ravel(), minlength=stones).astype(np.float32)
        means = [
            np.bincount(place.ravel(), self.colour[..., c].ravel(), stones) / total
            for c in range(3)
        ]
        colour = np.stack(means, -1).astype(np.float32)
        colour *= (1 + rng.normal(0, 0.13, (stones, 1))).astype(np.float32)
        colour += rng.normal(0, 0.028, (stones, 3)).astype(np.float32)
        tilt = rng.normal(0, 0.16, (stones, 2)).astype(np.float32)
        gold = rng.uniform(0, 1, stones) < 0.06
        shade = 1 + tilt[place, 0] * self.lean_u * 1.6 + tilt[place, 1] * self.lean_v * 1.6
        shade += (tilt[:, 0] + tilt[:, 1])[place] * 0.35
        grain = fractal(rng, self.stone.shape, 90, 3, 0.7)
        vein = fractal(rng, self.stone.shape, 30, 3, 0.6)
        face = colour[place] * (shade * (1 + 0.06 * grain + 0.06 * vein))[..., None]
        glint = (gold[place] * np.clip(0.5 - self.lean_u - self.lean_v, 0, 1) ** 2)[..., None]
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
        (
            (0.20, "#f6c25a"),
            (0.32, "#f0935a"),
            (0.46, "#d9667a"),
            (0.62, "#8d5a9e"),
            (0.80, "#4a5fa8"),
            (1.0, "#2d4a86"),
        ),
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
        slope = np.sqrt(1 + np.gradient(top, axis=1) ** 2 * floor.scale**2)
        down = (y - top) / slope
        band = np.sin(down * 95) * 0.25
        colour = ramp(down * 5 + band + 0.3 * floor.drift, ((0.0, far), (0.9, near)))
        floor.lay(down, down, x, colour)


def _tail(floor: _Floor) -> None:
    """Feathers that sweep down from the back, each with its eye."""
    near = floor.near(0.70, 0.72, 0.44)
    x, y = near.x, near.y
    for k in range(9):
        angle = 0.42 + k * 0.145
        length = 0.60 - 0.028 * abs(k - 3)
        tip_x, tip_y = 0.47 + length * np.cos(angle), 0.50 + length * 0.80 * np.sin(angle)
        dx, dy = x - 0.43, y - 0.48
        ex, ey = tip_x - 0.43, tip_y - 0.48
        reach = np.hypot(ex, ey)
        u = (dx * ex + dy * ey) / reach
        v = (dy * ex - dx * ey) / reach + 0.10 * u * (1 - u / reach)
        half = 0.012 + 0.040 * np.clip(u / reach, 0, 1)
        where = np.minimum(half - np.abs(v), np.minimum(u, reach - u))
        barb = ramp(
            np.abs(v) / half + 0.25 * np.sin(u * 60),
            ((0, "#e8c84a"), (0.25, "#4fb060"), (0.7, "#158a74"), (1.1, "#0e5468")),
        )
        near.lay(where, v + 0.5, u + 0.8 * np.abs(v), barb, _STONE * 0.72)
        eye = (
            (0.0, "#101c5a"),
            (0.30, "#173a9e"),
            (0.42, "#18b0d0"),
            (0.62, "#f0b63c"),
            (0.80, "#c8702c"),
            (1.0, "#4fa03a"),
        )
        _disc(floor, tip_x, tip_y, 0.060, eye, _STONE * 0.62)


_BLUE = ((0.0, "#8feaf0"), (0.35, "#2a9be0"), (0.7, "#1a4fb0"), (1.1, "#142a78"))


def _disc(
    floor: _Floor,
    cx: float,
    cy: float,
    radius: float,
    stops: tuple[tuple[float, str], ...],
    size: float,
) -> None:
    """A round of stones, its colours from the middle outwards."""
    spot = floor.near(cx, cy, radius)
    r, turn = np.hypot(spot.x - cx, spot.y - cy), np.arctan2(spot.y - cy, spot.x - cx)
    _rings(spot, radius - r, r, turn, ramp(r / radius, stops), size)


def _body(floor: _Floor) -> None:
    """Body with its barred wing, neck and head; rows follow their curves."""
    near = floor.near(0.36, 0.46, 0.25)
    x, y = near.x, near.y
    dx, dy = x - 0.37, y - 0.55
    u, v = dx * 0.82 + dy * 0.57, dy * 0.82 - dx * 0.57
    r = np.hypot(u / 0.175, v / 0.105)
    along_back = v + 1.6 * u * u
    near.lay((1 - r) * 0.105, along_back + 0.5, u, ramp(0.55 - v / 0.2, _BLUE), 0.0165)
    t = np.clip((0.56 - y) / 0.36, -0.2, 1)
    middle = 0.290 - 0.060 * np.sin(t * 4.0) + 0.015 * t
    half = 0.030 + 0.043 * np.clip(1 - t, 0, 1) ** 1.6
    where = np.minimum(half - np.abs(x - middle), np.minimum(y - 0.19, 0.60 - y - np.abs(x - 0.32)))
    light = np.abs(x - middle + 0.014) / half
    near.lay(where, x - middle + 0.5, 0.56 - y, ramp(light, _BLUE), 0.0155)
    wing_u, wing_v = u - 0.035, v + 0.010 - 0.9 * (u - 0.03) ** 2
    wing = (1 - np.hypot(wing_u / 0.130, wing_v / 0.052)) * 0.052
    bars = ramp(
        np.sin(wing_u * 110) * 0.5 + 0.5,
        ((0, "#7a3f1c"), (0.45, "#d98a3a"), (0.75, "#f6dfa8"), (1, "#fff2cc")),
    )
    near.lay(wing, wing_v + 0.5, wing_u, bars, 0.0135)
    _head(floor)


def _head(floor: _Floor) -> None:
    near = floor.near(0.32, 0.15, 0.16)
    x, y = near.x, near.y
    cx, cy = 0.322, 0.185
    out, down = cx - x, y - cy - 0.002 - 0.30 * np.clip(cx - x, 0, 1)
    beak = np.minimum(0.024 * (1 - out / 0.120) - np.abs(down), out)
    near.lay(beak, down + 0.5, out, rgb("#f5b84a"), 0.0135)
    for k in range(5):
        angle = -1.95 + 0.22 * k
        ex, ey = np.cos(angle), np.sin(angle)
        u, v = (x - cx) * ex + (y - cy) * ey, (y - cy) * ex - (x - cx) * ey
        stalk = np.minimum(0.0035 - np.abs(v), np.minimum(u - 0.046, 0.105 - u))
        near.lay(stalk, v + 0.5, u, rgb("#1a4fb0"), 0.0135)
        tuft = ((0.0, "#f0c04a"), (0.5, "#2fb0c8"), (1.0, "#1f8fd0"))
        _disc(floor, cx + 0.115 * ex, cy + 0.115 * ey, 0.016, tuft, 0.012)
    _disc(floor, cx, cy, 0.048, _BLUE, 0.015)
    white = ((0.0, "#0a0a10"), (0.5, "#0a0a10"), (0.6, "#fff8e2"), (1.0, "#fff8e2"))
    _disc(floor, cx - 0.014, cy - 0.006, 0.018, white, 0.0095)
