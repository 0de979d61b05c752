"""Trees and grass: branches that fork, and leaves and blades by the thousand."""

from __future__ import annotations

import numpy as np

from .shading import Array, rgb


def splat(picture: Array, x: Array, y: Array, colours: Array) -> None:
    """Set single pixels, given in pixels; the last of several on one pixel stays."""
    height, width = picture.shape[:2]
    column, row = x.astype(np.int32), y.astype(np.int32)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    picture[row[inside], column[inside]] = colours[inside]


def tree(picture: Array, rng: np.random.Generator, root: tuple[float, float], tall: float) -> None:
    """A broad old tree, sunlit from the right."""
    height = picture.shape[0]
    wood: list[tuple[float, float, float, float, float]] = []
    tips: list[tuple[float, float]] = []
    _grow(wood, tips, rng, root[0], root[1], -np.pi / 2 - 0.04, tall * 0.30, tall * 0.060, 0)
    crown = np.array(tips)
    leaf_x, leaf_y, tone = _leaves(crown, rng, tall)
    behind = rng.uniform(0, 1, len(tone)) < 0.45
    _dabs(picture, leaf_x[behind], leaf_y[behind], tone[behind] * 0.55, rng, height)
    for x0, y0, x1, y1, girth in wood:
        _limb(picture, rng.spawn(1)[0], x0, y0, x1, y1, girth)
    front = ~behind
    _dabs(picture, leaf_x[front], leaf_y[front], tone[front], rng, height)


def _grow(
    wood: list[tuple[float, float, float, float, float]],
    tips: list[tuple[float, float]],
    rng: np.random.Generator,
    x: float,
    y: float,
    angle: float,
    length: float,
    girth: float,
    level: int,
) -> None:
    """One limb and, from its end, its forks."""
    x1, y1 = x + np.cos(angle) * length, y + np.sin(angle) * length
    wood.append((x, y, x1, y1, girth))
    if level >= 2:
        tips.append((x1, y1))
    if level == 6:
        return
    for turn in (-0.45, 0.42) if level else (-0.55, -0.02, 0.5):
        bend = turn + rng.normal(0, 0.16)
        shrink = rng.uniform(0.70, 0.86)
        _grow(wood, tips, rng, x1, y1, angle + bend, length * shrink, girth * 0.66, level + 1)


def _limb(
    picture: Array,
    rng: np.random.Generator,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    girth: float,
) -> None:
    """A tapering piece of wood with bark, lit from the right."""
    height = picture.shape[0]
    along = max(4, int(np.hypot(x1 - x0, y1 - y0) * height * 1.5))
    across = max(2, int(girth * height * 1.5))
    u = np.linspace(0, 1.04, along)[:, None]
    v = np.linspace(-0.5, 0.5, across)[None, :]
    nx, ny = -(y1 - y0), x1 - x0
    norm = np.hypot(nx, ny) + 1e-9
    flare = 1 - 0.3 * u + (0.9 * np.exp(-u * 9) if girth > 0.03 else 0)
    px = (x0 + (x1 - x0) * u + nx / norm * v * girth * flare) * height
    py = (y0 + (y1 - y0) * u + ny / norm * v * girth * flare) * height
    side = v * np.sign(nx if abs(nx) > abs(ny) * 0.2 else ny)
    bark = rng.uniform(-0.18, 0.18, (1, across)) + rng.uniform(-0.10, 0.10, (along, across))
    light = np.clip(0.35 + side * 1.1 + bark, 0, 1)[..., None]
    colour = rgb("#2a1d18") * (1 - light) + rgb("#b3855c") * light
    splat(picture, px.ravel(), py.ravel(), colour.reshape(-1, 3).astype(np.float32))


def _leaves(crown: Array, rng: np.random.Generator, tall: float) -> tuple[Array, Array, Array]:
    """Leaf places around the twigs, and how much light each leaf gets."""
    each = 95
    centre = np.repeat(crown, each, 0)
    away = rng.normal(0, tall * 0.042, centre.shape)
    place = centre + away
    middle = crown.mean(0)
    span = crown.std(0) * 2
    facing = (place - middle) / span
    clump = away / (tall * 0.042)
    tone = 0.40 + 0.24 * facing[:, 0] - 0.22 * facing[:, 1] + 0.10 * clump[:, 0]
    tone = tone - 0.13 * clump[:, 1] + rng.normal(0, 0.10, len(tone))
    # Painted from the dark inside out, so that lit leaves end up on top.
    order = np.argsort(tone + rng.normal(0, 0.16, len(tone)))
    return place[order, 0], place[order, 1], tone[order]


def _dabs(
    picture: Array, x: Array, y: Array, tone: Array, rng: np.random.Generator, height: int
) -> None:
    """Leaves: small ellipses at random angles."""
    size = 0.0062 * height * rng.uniform(0.6, 1.2, len(x))
    angle = rng.uniform(0, np.pi, len(x))
    stops = np.array([0.0, 0.3, 0.55, 0.8, 1.0])
    codes = ("#141f12", "#2c4220", "#557030", "#a59a3e", "#f2cf6a")
    table = np.stack([rgb(code) for code in codes])
    colour = np.stack([np.interp(tone, stops, table[:, c]) for c in range(3)], -1)
    count = max(3, int(0.0062 * height * 1.6))
    u, v = np.meshgrid(np.linspace(-1, 1, count), np.linspace(-1, 1, count))
    keep = u * u + v * v <= 1.0
    u, v = u[keep][None], v[keep][None] * 0.5
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    px = x[:, None] * height + size[:, None] * (u * c - v * s)
    py = y[:, None] * height + size[:, None] * (u * s + v * c)
    colours = np.repeat(colour, px.shape[1], 0).astype(np.float32)
    splat(picture, px.ravel(), py.ravel(), colours)


def blades(
    picture: Array,
    meadow: Array,
    ground: Array,
    rng: np.random.Generator,
    near: float,
    far: float,
) -> None:
    """Grass on a mask, from the line ``far`` down to ``near``, in the colours of the meadow.

    Blades are curved, longer in front, and lit at their tips.
    """
    height, width = ground.shape
    count = int(30000 * (near - far))
    x = rng.uniform(0, 1.5, count)
    y = np.sort(far + (near - far) * rng.uniform(0, 1, count))
    depth = np.clip((y - 0.64) / 0.36, 0, 1)
    length = (0.006 + 0.045 * depth) * rng.uniform(0.5, 1.2, count)
    bend = rng.normal(0.15, 0.35, count)
    light = rng.uniform(0.7, 1.25, (count, 1))
    row = np.clip(y * height, 0, height - 1).astype(int)
    column = np.clip(x * height, 0, width - 1).astype(int)
    grows = ground[row, column] > 0.5
    x, y, length, bend = (values[grows, None] for values in (x, y, length, bend))
    under = meadow[row[grows], column[grows]]
    t = np.linspace(0, 1, max(6, int(0.05 * height * 1.3)))[None]
    px = (x + length * bend * t * t) * height
    py = (y - length * t) * height
    tip = under * light[grows] * 1.25 + rgb("#4a4418") * 0.35
    t = t[..., None]
    colour = under[:, None] * 0.75 * (1 - t) + tip[:, None] * t
    splat(picture, px.ravel(), py.ravel(), colour.reshape(-1, 3).astype(np.float32))
