"""“Flow”: a night of whirling wind over hills, in thick strokes that follow the wind."""

from __future__ import annotations

import numpy as np

from .noise import fractal, line
from .shading import Array, Shape, blur, grid, lay, mix, ramp, rgb, smoothstep
from .strokes import Brush, Canvas

_WHIRLS = ((0.36, 0.30, 0.17, 1.0), (0.74, 0.40, 0.11, -0.8), (1.06, 0.17, 0.13, 1.0))
"""Centre x, y, radius, and the sense of rotation of each whirl."""
_STARS = ((0.10, 0.13, 0.035), (0.60, 0.10, 0.030), (0.85, 0.22, 0.024), (0.13, 0.44, 0.028))


def flow(shape: Shape, rng: np.random.Generator) -> Array:
    """Paint the night."""
    picture, angle, small = _design(shape, rng)
    canvas = Canvas(shape, picture * 0.8)
    layers = (
        (Brush(0.20, 0.034, streaks=0.7, dry=0.3), 2.2, None),
        (Brush(0.12, 0.017, streaks=0.8, dry=0.5), 2.0, None),
        (Brush(0.075, 0.0095, streaks=0.7, dry=0.7), 1.1, 0.30 + 0.7 * small),
        (Brush(0.036, 0.006, streaks=0.5, dry=0.6), 1.5, small),
    )
    for brush, cover, where in layers:
        canvas.paint_from(rng, brush, picture, angle, cover, 0.11, where)
    return canvas.lit(1.5)


def _design(shape: Shape, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """What to paint: colours, the wind's angles, and where small strokes belong."""
    x, y = grid(shape)
    stream = 0.9 * y + 0.05 * fractal(rng, shape, 2.2, 3)
    glow = np.zeros(shape, np.float32)
    for cx, cy, radius, sense in _WHIRLS:
        r = np.hypot(x - cx, y - cy)
        stream += sense * radius * 1.9 * np.exp(-((r / radius) ** 2) / 1.6)
        glow += np.exp(-((r / radius) ** 2) * 3.0)
    bands = np.sin(stream * 46 + 2.5 * fractal(rng, shape, 3, 2))
    tone = 0.42 + 0.26 * bands + 0.14 * fractal(rng, shape, 4, 3) + 0.30 * (y - 0.3)
    picture = ramp(
        tone,
        (
            (0.0, "#14204e"),
            (0.25, "#1f3f86"),
            (0.5, "#3a6fb0"),
            (0.75, "#86b2cf"),
            (1.0, "#dfe3c4"),
        ),
    )
    warm = ramp(glow + 0.12 * bands, ((0.0, "#5d8fb4"), (0.45, "#d8c07a"), (1.0, "#f6dc6c")))
    lay(picture, warm, smoothstep(0.28, 0.75, glow))
    for cx, cy, radius in _STARS:
        r = np.hypot(x - cx, y - cy)
        stream += radius * 3.2 * np.exp(-((r / radius) ** 2))
        halo = ramp(r / radius, ((0.0, "#fff3b8"), (0.5, "#f0c044"), (1.1, "#a8b98c")))
        lay(picture, halo, smoothstep(1.35, 0.7, r / radius))
        glow += np.exp(-((r / radius) ** 2))

    height = stream
    for base, cells, swing, light, dark in (
        (0.66, 1.6, 0.07, "#5f86ad", "#2b4a86"),
        (0.73, 1.3, 0.06, "#4d7d86", "#1d3f63"),
        (0.82, 1.0, 0.05, "#c39a3e", "#4e6a3a"),
        (0.92, 0.9, 0.05, "#e0b04c", "#8a5a22"),
    ):
        edge = base + swing * line(rng, x, cells, 2)
        below = smoothstep(-0.003, 0.003, y - edge)
        furrow = np.sin((y - edge) * 90 / (0.4 + 1.5 * (y - edge)) + 5 * x)
        colour = mix(rgb(dark), rgb(light), 0.5 + 0.4 * furrow + 0.3 * fractal(rng, shape, 5, 3))
        colour *= (1 - 0.35 * smoothstep(0.03, 0.0, y - edge))[..., None]
        lay(picture, colour, below)
        height = height + (1.2 * (y - edge) + 0.3 * edge - height) * below
    small = np.clip(glow, 0, 1)
    height, small = _cypress(picture, height, small, x, y, rng)
    dy, dx = np.gradient(blur(height, 0.004 * shape[0]))
    return picture, np.arctan2(-dx, dy).astype(np.float32), np.clip(small + 0.12, 0, 1)


def _cypress(
    picture: Array, height: Array, small: Array, x: Array, y: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """A dark tree like a flame at the left."""
    for cx, foot, tall, wide in ((0.17, 1.02, 0.72, 0.060), (0.27, 1.02, 0.46, 0.042)):
        up = np.clip((foot - y) / tall, 0, 1.2)
        sway = cx + 0.025 * np.sin(up * 5 + cx * 9) + 0.012 * line(rng, up, 6, 3)
        girth = wide * np.clip(1 - up, 0, 1) ** 0.6 * (1 + 0.22 * line(rng, up + 0.4, 9, 3))
        inside = smoothstep(1.0, 0.9, np.abs(x - sway) / np.maximum(girth, 1e-4))
        inside *= up < 1
        flame = np.sin((x - sway) / wide * 7 + up * 9)
        colour = mix(rgb("#0d1c26"), rgb("#3d5a34"), 0.35 + 0.4 * flame)
        lay(picture, colour, inside)
        height = height + ((x - sway) * 1.5 - height) * inside
        small = np.maximum(small, inside)
    return height, small
