"""“Glass”: a stained-glass window of a sun over hills, a river and two flowers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .noise import fractal, line
from .pieces import border_distance, cells
from .shading import Array, Shape, blur, grid, mix, ramp, rgb

_PALETTES = {
    "sun": ("#ffe45c", "#ffc928", "#ffab14"),
    "ray": ("#ff8f1a", "#f2601c", "#ffb938", "#e8431f"),
    "sky": ("#1756c4", "#0f3b9e", "#2b86d9", "#35b4dd", "#4a3bb0"),
    "hill": ("#0d8a4d", "#4bb33a", "#086b52", "#9cc92f"),
    "river": ("#2fc6d6", "#9be4e0", "#1a8fc0"),
    "earth": ("#7d3b8f", "#a22d6e", "#5a2a86"),
    "petal": ("#d5122e", "#ee2f4c", "#b00d3c", "#f2577c"),
    "eye": ("#ffd23a",),
    "leaf": ("#1f9a44", "#67bd3b", "#0c7440"),
}

_CELLS = 512
"""Room for the cells of one region in the numbers of the pieces."""


def glass(shape: Shape, rng: np.random.Generator) -> Array:
    """Cut the pieces, colour them, lead them, and let the light through."""
    x, y = grid(shape)
    kinds, region = _design(x, y, rng)
    piece = region.astype(np.int64) * _CELLS + cells(x, y, region, rng)
    picture = _panes(shape, piece, kinds, rng)
    main = border_distance(region, 0.016)
    fine = border_distance(piece, 0.016)
    return _leaded(shape, picture, main, fine, rng)


def _design(x: Array, y: Array, rng: np.random.Generator) -> tuple[list[str], Array]:
    """The drawing: each pixel's region number, and what each region is."""
    kinds: list[str] = ["sky"]
    region = np.zeros(x.shape, np.int32)

    def put(kind: str, where: Array) -> None:
        region[where] = len(kinds)
        kinds.append(kind)

    sun_x, sun_y = 0.50, 0.34
    r, turn = np.hypot(x - sun_x, y - sun_y), np.arctan2(y - sun_y, x - sun_x)
    for ring, (near, far) in enumerate(((0.29, 0.52), (0.52, 0.80))):
        sector = np.floor((turn / (2 * np.pi) + 0.5) * 16 + 0.5 * ring).astype(int) % 16
        for k in range(16):
            put("sky" if (k + ring) % 2 else "ray", (sector == k) & (r >= near) & (r < far))
    wave = 0.20 + 0.035 * np.cos(turn * 16)
    sector = np.floor((turn / (2 * np.pi) + 0.5) * 16 + 0.5).astype(int) % 16
    for k in range(16):
        put("ray", (sector == k) & (r < wave + 0.06))
    put("sun", r < 0.155)
    for base, swing, cell in ((0.60, 0.06, 1.5), (0.68, 0.06, 1.2), (0.77, 0.05, 1.0)):
        put("hill", y > base + swing * line(rng, x, cell, 2))
    middle = 0.46 + 0.07 * np.sin((y - 0.62) * 15)
    put("river", (np.abs(x - middle) < 0.018 + 0.9 * (y - 0.64) ** 2) & (y > 0.66))
    put("earth", y > 0.90 + 0.03 * np.sin(x * 7))
    for fx, fy, size in ((0.17, 0.62, 0.125), (0.66, 0.70, 0.100)):
        stem = fx + 0.02 * np.sin((y - fy) * 9)
        put("leaf", (np.abs(x - stem) < 0.013) & (y > fy))
        for side in (-1, 1):
            u = (x - stem) * side / size
            v = (y - fy - size * 1.75 + 0.5 * u * size) / size
            put("leaf", (u > 0) & (np.abs(v) < 0.42 * np.sin(np.clip(u / 1.25, 0, 1) * np.pi)))
        _flower(put, x - fx, y - fy, size)
    return kinds, region


def _flower(put: Callable[[str, Array], None], dx: Array, dy: Array, size: float) -> None:
    r, turn = np.hypot(dx, dy) / size, np.arctan2(dy, dx)
    for count, reach, shift in ((7, 1.0, 0.0), (7, 0.66, 0.5)):
        place = (turn / (2 * np.pi) + 0.5) * count + shift
        lobe = reach * (0.72 + 0.28 * np.abs(np.sin(place * np.pi)) ** 0.5)
        sector = np.floor(place).astype(int) % count
        for k in range(count):
            put("petal", (sector == k) & (r < lobe))
    put("eye", r < 0.27)


def _panes(shape: Shape, piece: Array, kinds: list[str], rng: np.random.Generator) -> Array:
    """Every piece is of its own glass: hue, depth, streaks and bubbles."""
    count = len(kinds) * _CELLS
    chance, depth = rng.uniform(0, 1, (count, 3)), rng.uniform(0.78, 1.12, count)
    tilt = rng.normal(0, 1, (count, 2)).astype(np.float32)
    numbers, place = np.unique(piece, return_inverse=True)
    place = place.reshape(shape)
    colours = np.empty((len(numbers), 3), np.float32)
    for i, number in enumerate(numbers):
        palette = _PALETTES[kinds[number // _CELLS]]
        first, second = (palette[int(c * len(palette))] for c in chance[number, :2])
        colours[i] = mix(rgb(first), rgb(second), 0.4 * chance[number, 2]) * depth[number]
    picture = colours[place]
    x, y = grid(shape)
    across = tilt[piece, 0] * np.sin(x * 9) + tilt[piece, 1] * np.sin(y * 9)
    streak = fractal(rng, shape, 10, 5, 0.65, stretch=0.4)
    mottle = fractal(rng, shape, 28, 3, 0.6)
    light = 1 + 0.13 * across + 0.22 * streak + 0.13 * mottle
    bubbles = np.clip(fractal(rng, shape, 70, 1) - 0.62, 0, 1) * 2.2
    picture = picture * light[..., None] + bubbles[..., None] * 0.35
    # Thin places let more light through: the colour pales before it clips.
    return picture + 0.30 * np.clip(streak * 0.6 + mottle * 0.4, 0, 1)[..., None] ** 2


def _leaded(
    shape: Shape, picture: Array, main: Array, fine: Array, rng: np.random.Generator
) -> Array:
    """Leads over the seams, rounded and dull; dirt gathers in the glass beside them."""
    x, y = grid(shape)
    wander = 1 + 0.35 * fractal(rng, shape, 9, 2)
    lead = np.minimum(main / (0.0072 * wander), fine / (0.0046 * wander))
    frame = np.minimum(np.minimum(x, shape[1] / shape[0] - x), np.minimum(y, 1 - y))
    lead = np.minimum(lead, frame / 0.016)
    beside = np.clip((lead - 1) / 3.2, 0, 1)
    picture = picture * (0.58 + 0.42 * beside**0.6)[..., None]
    backlight = 1.38 - 0.5 * np.hypot(x - 0.5 * shape[1] / shape[0], (y - 0.38) * 0.8)
    picture = picture * np.clip(backlight, 0.7, 1.35)[..., None]
    # Light spreads a little around bright panes.
    spread = np.stack([blur(picture[..., c], 0.012 * shape[0]) for c in range(3)], -1)
    picture = picture * 0.86 + spread * 0.24
    round_top = np.sqrt(np.clip(1 - np.clip(lead, 0, 1) ** 2, 0, 1))
    slope_y, slope_x = np.gradient(blur(round_top, 0.0012 * shape[0]))
    shine = np.clip(0.28 - (slope_x + slope_y) * shape[0] * 0.0032, 0, 1)
    grain = 1 + 0.25 * fractal(rng, shape, 60, 2)
    metal = ramp(
        shine * grain, ((0, "#08080b"), (0.35, "#1d1d22"), (0.8, "#585a60"), (1, "#8d8f92"))
    )
    edge = np.clip((1 - lead) / 0.5 + 0.5, 0, 1)
    return mix(picture, metal, edge)
