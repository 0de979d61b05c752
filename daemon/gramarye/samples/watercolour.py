"""“Watercolour”: loose flowers in wet washes on rough paper."""

from __future__ import annotations

import numpy as np

from .shading import Array, Shape, rgb, smoothstep, window
from .washes import Sheet


def watercolour(shape: Shape, rng: np.random.Generator) -> Array:
    """Lay wash over wash, from the wet background to the last dark touches."""
    sheet = Sheet(shape, rng)
    _background(sheet, rng)
    for x, y, _, _ in _FLOWERS:
        _stem(sheet, x, y, rng)
    for x, y, size, hue in _FLOWERS:
        _flower(sheet, x, y, size, hue, rng)
    _buds(sheet, rng)
    _spatter(sheet, rng)
    return sheet.dried()


_HUES = (
    ("#e0566f", "#f08a5a", "#a3265a"),
    ("#6d62c9", "#a86cc4", "#2f3d9e"),
    ("#f2a93a", "#ef6f3c", "#c2402e"),
)
_FLOWERS = (
    (0.48, 0.17, 0.090, 2),
    (0.90, 0.60, 0.100, 0),
    (0.20, 0.70, 0.110, 1),
    (0.74, 0.30, 0.155, 1),
    (0.61, 0.58, 0.160, 2),
    (0.33, 0.40, 0.190, 0),
)
"""Centre x, y, size, and which of the hues; painted in this order."""
_GREENS = ("#5d8f4e", "#8aa83e", "#2f6b5e", "#3f7f86")


def _background(sheet: Sheet, rng: np.random.Generator) -> None:
    """Wet in wet: colours that flow into each other, with blooms where water dripped in."""
    x, y = sheet.warped(0.09)
    margin = np.minimum(np.minimum(x - 0.06, 1.25 - 0.06 - x), np.minimum(y - 0.05, 0.95 - y))
    soft = sheet.pools * 0.5 + 0.5
    sheet.wash(margin, rgb("#cfe3e6"), rgb("#f6dfb8"), 0.9, soft + 0.4 * (y - 0.5), 0.5)
    for cx, cy, size, first, second in (
        (0.18, 0.22, 0.30, "#8fc0d8", "#b9a6d8"),
        (1.02, 0.26, 0.32, "#f2c48e", "#e9a3a0"),
        (0.95, 0.80, 0.30, "#8fbf9a", "#7fb6c8"),
        (0.30, 0.86, 0.30, "#a9c46a", "#6fae98"),
        (0.62, 0.42, 0.30, "#c9d88a", "#8cc0b0"),
    ):
        r = np.hypot(x - cx, (y - cy) * 1.15) + 0.05 * sheet.pools
        cloud = smoothstep(size * 1.15, size * 0.25, r)
        _flow_in(sheet, cloud, rgb(first), rgb(second), 0.85)
    for _ in range(7):
        cx, cy, size = rng.uniform(0.1, 1.15), rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.11)
        _bloom(sheet, cx, cy, size)


def _flow_in(sheet: Sheet, cloud: Array, first: Array, second: Array, strength: float) -> None:
    """Pigment dropped into wet paper: no edge, only settling."""
    load = cloud * strength * (0.75 + 0.3 * sheet.pools - 0.22 * sheet.tooth + 0.12 * sheet.fine)
    t = np.clip(0.5 + 0.8 * sheet.wander[0], 0, 1)[..., None]
    pigment = -np.log(first) * (1 - t) - np.log(second) * t
    sheet.stain += np.clip(load, 0, 2)[..., None] * pigment


def _bloom(sheet: Sheet, cx: float, cy: float, size: float) -> None:
    """A backrun: water pushes pigment outwards into a crinkled dark rim."""
    part = window(sheet.shape, cx, cy, 2.6 * size)
    dx, dy = sheet.x[part] - cx, sheet.y[part] - cy
    crinkle = 0.16 * sheet.fine[part] + 0.30 * sheet.wander[1][part]
    r = np.hypot(dx, dy) / size + crinkle
    pushed = 1 - 0.55 * smoothstep(1.0, 0.2, r) + 0.75 * np.exp(-(((r - 1.0) / 0.045) ** 2))
    pushed += 0.3 * np.exp(-np.clip(r - 1, 0, 1) / 0.2) * (r > 1) * smoothstep(2.0, 1.2, r)
    sheet.stain[part] *= pushed[..., None]


def _petal_depth(u: Array, v: Array, length: float, wide: float) -> Array:
    """Distance inside a petal that starts at the origin and points along u."""
    t = np.clip(u / length, 0, 1)
    half = wide * np.sin(np.pi * t**1.5) ** 0.75 * (1 - 0.10 * t)
    notch = 0.05 * length * np.exp(-((v / (0.2 * wide)) ** 2)) * (t > 0.8)
    return np.minimum(half - np.abs(v), np.minimum(u, length - u - notch)) * 0.8


def _flower(
    sheet: Sheet, cx: float, cy: float, size: float, hue: int, rng: np.random.Generator
) -> None:
    """Petals, each its own wash, so that they overlap like glass; a dark heart last."""
    part = window(sheet.shape, cx, cy, 1.5 * size)
    wx, wy = sheet.warped(0.23 * size, part)
    dx, dy = wx - cx, (wy - cy) * 1.12
    first, second, dark = (rgb(code) for code in _HUES[hue])
    spin = rng.uniform(0, 2 * np.pi)
    petals = []
    for ring, (count, reach) in enumerate(((6, 1.0), (5, 0.70))):
        for k in range(count):
            angle = spin + ring * 0.5 + (k + rng.uniform(-0.18, 0.18)) * 2 * np.pi / count
            length = size * reach * rng.uniform(0.85, 1.12)
            wide = size * reach * rng.uniform(0.36, 0.50)
            u = dx * np.cos(angle) + dy * np.sin(angle)
            v = dy * np.cos(angle) - dx * np.sin(angle)
            petals.append((_petal_depth(u, v, length, wide), np.clip(u / length, 0, 1)))
    # The painter keeps the flowers' places free of the greens.
    outline = np.max([depth for depth, _ in petals], 0)
    sheet.stain[part] *= (1 - 0.82 * np.clip(outline * sheet.shape[0] / 2 + 0.5, 0, 1))[..., None]
    for depth, along in petals:
        blend = along * 0.9 + 0.35 * sheet.pools[part]
        sheet.wash(depth, second, first, rng.uniform(0.42, 0.75), blend, 1.0, part)
        heart = np.clip(1 - along / 0.55, 0, 1) * (depth > 0)
        sheet.stain[part] += (heart**1.5 * 0.45)[..., None] * -np.log(dark)
    _stamens(sheet, cx, cy, size, rng)


def _stamens(sheet: Sheet, cx: float, cy: float, size: float, rng: np.random.Generator) -> None:
    """The dark eye of a flower and the dots around it."""
    part = window(sheet.shape, cx, cy, 0.4 * size)
    wx, wy = sheet.warped(0.23 * size, part)
    r = np.hypot(wx - cx, wy - cy)
    fine = 0.5 + sheet.fine[part]
    sheet.wash(0.15 * size - r, rgb("#4a2f3f"), rgb("#8a6a1e"), 0.9, fine, 1.0, part)
    for _ in range(26):
        angle, far = rng.uniform(0, 2 * np.pi), size * rng.uniform(0.17, 0.36)
        px, py = cx + far * np.cos(angle), cy + far * np.sin(angle)
        _dot(sheet, px, py, 0.042 * size, rgb("#4f2c26"))


def _dot(sheet: Sheet, cx: float, cy: float, size: float, colour: Array) -> None:
    part = window(sheet.shape, cx, cy, size)
    r = np.hypot(sheet.x[part] - cx, sheet.y[part] - cy)
    sheet.wash(size - r, colour, colour, 0.75, np.zeros_like(r), 0.8, part)


def _stem(sheet: Sheet, cx: float, cy: float, rng: np.random.Generator) -> None:
    """A stem and its leaves in mixed greens."""
    part = window(sheet.shape, cx, 0.62, 0.45)
    x, y = sheet.warped(0.025, part)
    root = 0.62 + (cx - 0.62) * 0.35
    t = np.clip((y - cy) / (1.02 - cy), 0, 1)
    middle = cx + (root - cx) * t**1.4
    first, second = (rgb(_GREENS[i]) for i in rng.permutation(len(_GREENS))[:2])
    depth = np.minimum(0.0055 + 0.004 * t - np.abs(x - middle), y - cy)
    sheet.wash(depth, first, second, 0.9, t + 0.3 * sheet.pools[part], 0.8, part)
    for _ in range(3):
        at, side = rng.uniform(0.40, 0.95), rng.choice((-1.0, 1.0))
        leaf_x, leaf_y = cx + (root - cx) * at**1.4, cy + (1.02 - cy) * at
        angle = -np.pi / 2 + side * rng.uniform(0.6, 1.3)
        _leaf(sheet, leaf_x, leaf_y, angle, side * rng.uniform(0.14, 0.24), (first, second), rng)


def _leaf(
    sheet: Sheet,
    cx: float,
    cy: float,
    angle: float,
    turn: float,
    greens: tuple[Array, Array],
    rng: np.random.Generator,
) -> None:
    """A curved leaf in two washes: one whole, one over the half that lies in shade.

    ``turn`` is the leaf's length, its sign the side to which it curves.
    """
    length = abs(turn)
    part = window(sheet.shape, cx, cy, 1.3 * length)
    x, y = sheet.warped(0.025, part)
    u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
    v = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
    v = v + 0.9 * np.sign(turn) * u * (u - length)
    t = np.clip(u / length, 0, 1)
    half = 0.20 * length * np.sin(np.pi * t**0.8)
    depth = np.minimum(half - np.abs(v), np.minimum(u, length - u))
    blend = t + 0.4 * sheet.pools[part]
    light, dark = greens
    sheet.wash(depth, light, dark, rng.uniform(0.45, 0.85), blend, part=part)
    sheet.wash(np.minimum(depth, v - 0.002), dark, light, 0.45, t, part=part)


def _buds(sheet: Sheet, rng: np.random.Generator) -> None:
    """Small loose touches that fill the bouquet out."""
    for _ in range(9):
        cx, cy = rng.uniform(0.12, 1.12), rng.uniform(0.10, 0.80)
        size, angle = rng.uniform(0.018, 0.034), rng.uniform(0, np.pi)
        first, second, _dark = (rgb(code) for code in _HUES[rng.integers(0, 3)])
        part = window(sheet.shape, cx, cy, 2 * size)
        x, y = sheet.warped(0.02, part)
        u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
        v = (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
        depth = size * (1 - np.hypot(u / size, v / size / 0.7)) * 0.7
        blend = 0.5 + sheet.fine[part]
        sheet.wash(depth, first, second, rng.uniform(0.5, 0.9), blend, part=part)


def _spatter(sheet: Sheet, rng: np.random.Generator) -> None:
    """Drops flicked from the brush."""
    for _ in range(70):
        size = 0.0015 + 0.006 * rng.uniform() ** 3
        colour = rgb(_HUES[rng.integers(0, 3)][rng.integers(0, 3)])
        _dot(sheet, rng.uniform(0, 1.25), rng.uniform(0, 1), size, colour)
