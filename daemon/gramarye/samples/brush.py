"""“Brush”: poppies and a farmhouse in evening light, in broad oil strokes on canvas."""

from __future__ import annotations

import numpy as np

from .noise import fractal, line
from .shading import Array, Shape, blur, grid, lay, luminance, mix, ramp, rgb, smoothstep, window
from .strokes import Brush, Canvas


def brush(shape: Shape, rng: np.random.Generator) -> Array:
    """Paint the field, from the broadest brush to the finest."""
    picture = _design(shape, rng)
    angle = _hand(picture, shape, rng)
    detail = _detail(picture, shape)
    canvas = Canvas(shape, rgb("#a8532c"))
    layers = (
        (Brush(0.30, 0.085, streaks=0.6, dry=0.5, body=0.7), 2.3, None),
        (Brush(0.16, 0.046, streaks=0.7, dry=0.5, body=0.9), 1.6, None),
        (Brush(0.085, 0.024, streaks=0.7, dry=0.5, body=1.0), 1.3, 0.15 + detail),
        (Brush(0.045, 0.012, streaks=0.6, dry=0.4, body=1.1), 1.3, detail * 1.1),
        (Brush(0.022, 0.007, streaks=0.4, dry=0.3, body=1.2), 0.8, detail * detail),
    )
    for tool, cover, where in layers:
        canvas.paint_from(rng, tool, picture, angle, cover, 0.10, where)
    painted = canvas.lit(1.7)
    return painted * _weave(shape, canvas.paint)[..., None]


def _design(shape: Shape, rng: np.random.Generator) -> Array:
    """The motif, as a soft picture in full colour."""
    x, y = grid(shape)
    sky = y / 0.46 + 0.16 * fractal(rng, shape, 2.2, 4, stretch=2.5)
    picture = ramp(
        sky,
        ((0, "#5b6f9e"), (0.3, "#a58aa0"), (0.6, "#e9a56b"), (0.85, "#f9cf7a"), (1.1, "#fbe3a4")),
    )
    sun = np.hypot(x - 0.92, y - 0.36)
    lay(picture, rgb("#fff4c2"), smoothstep(0.065, 0.05, sun))
    lay(picture, rgb("#ffd98a"), 0.6 * np.exp(-((sun / 0.16) ** 2)))
    clouds = smoothstep(0.1, 0.7, fractal(rng, shape, 3, 4, stretch=3) + 0.5 - np.abs(y - 0.16) * 3)
    lay(picture, mix(rgb("#f4c7a0"), rgb("#c46a58"), smoothstep(0.06, 0.28, y)), clouds * 0.8)
    for base, swing, far, near in (
        (0.45, 0.05, "#b8829a", "#c79a94"),
        (0.49, 0.03, "#8d5d6c", "#b9805f"),
    ):
        edge = base + swing * line(rng, x, 2.2, 3)
        lay(picture, mix(rgb(far), rgb(near), (y - edge) * 12), smoothstep(-0.004, 0.004, y - edge))
    _field(picture, x, y, shape, rng)
    _trees(picture, x, y, shape, rng)
    _house(picture, x, y)
    _poppies(picture, x, y, rng)
    return picture


def _field(picture: Array, x: Array, y: Array, shape: Shape, rng: np.random.Generator) -> None:
    edge = 0.53 + 0.012 * line(rng, x, 2, 2)
    depth = np.clip((y - edge) / 0.47, 0, 1)
    waves = fractal(rng, shape, 5, 4, stretch=3)
    colour = ramp(
        depth + 0.22 * waves,
        ((0, "#e8b85a"), (0.25, "#c98d36"), (0.55, "#8d7a2c"), (0.85, "#56602a"), (1.1, "#33401f")),
    )
    lay(picture, colour, smoothstep(-0.004, 0.004, y - edge))
    middle = 0.70 + 0.16 * np.sin(depth * 4.0) * (0.3 + depth)
    wide = 0.008 + 0.085 * depth**1.4
    path = smoothstep(1.15, 0.8, np.abs(x - middle) / wide) * (y > edge)
    lay(picture, mix(rgb("#f5d59a"), rgb("#c58a5a"), depth + 0.3 * waves), path)


def _trees(picture: Array, x: Array, y: Array, shape: Shape, rng: np.random.Generator) -> None:
    rough = fractal(rng, shape, 14, 3)
    for cx, cy, rx, ry in (
        (0.16, 0.36, 0.15, 0.20),
        (0.05, 0.43, 0.12, 0.14),
        (0.29, 0.46, 0.08, 0.09),
        (1.12, 0.48, 0.07, 0.08),
        (1.21, 0.46, 0.09, 0.11),
    ):
        lay(
            picture,
            rgb("#4a2a22"),
            smoothstep(0.014, 0.008, np.abs(x - cx) * 0.16 / rx) * (y > cy) * (y < cy + ry * 1.25),
        )
        r = np.hypot((x - cx) / rx, (y - cy) / ry) + 0.22 * rough
        light = 0.5 + 0.7 * ((x - cx) / rx * 0.6 - (y - cy) / ry * 0.5) + 0.5 * rough
        leaf = ramp(light, ((0, "#2a2a20"), (0.35, "#54451f"), (0.7, "#b3702a"), (1.0, "#f0a93e")))
        lay(picture, leaf, smoothstep(1.0, 0.9, r))


def _house(picture: Array, x: Array, y: Array) -> None:
    def box(left: float, right: float, top: Array | float, bottom: float) -> Array:
        return np.asarray((x > left) & (x < right) & (y > top) & (y < bottom), np.float32)

    lay(picture, rgb("#8a5566"), box(0.44, 0.52, 0.455, 0.565))
    lay(picture, rgb("#f6ddb0"), box(0.52, 0.64, 0.455, 0.565))
    slope = 0.455 - 0.085 * (1 - np.abs(x - 0.54) / 0.12)
    lay(picture, rgb("#b2402c"), box(0.43, 0.65, slope, 0.46))
    lay(picture, rgb("#7d2a28"), box(0.43, 0.53, slope, 0.46))
    lay(picture, rgb("#6d3830"), box(0.585, 0.61, 0.36, 0.43))
    for left in (0.545, 0.60):
        lay(picture, rgb("#5a4058"), box(left, left + 0.02, 0.485, 0.515))
    lay(picture, rgb("#6b3a2e"), box(0.572, 0.592, 0.52, 0.565))


def _poppies(picture: Array, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Flower heads, small far away and large in front."""
    for _ in range(230):
        depth = rng.uniform(0.03, 1) ** 0.8
        cx, cy = rng.uniform(0, 1.25), 0.54 + 0.45 * depth
        radius = (0.004 + 0.026 * depth) * rng.uniform(0.7, 1.2)
        if abs(cx - (0.70 + 0.16 * np.sin(depth * 4.0) * (0.3 + depth))) < 0.02 + 0.1 * depth**1.4:
            continue
        part = window(picture.shape[:2], cx, cy, 1.1 * radius)
        dx, dy = (x[part] - cx) / radius, (y[part] - cy) / (radius * 0.75)
        r = np.hypot(dx, dy)
        hue = rgb("#d8331f") if rng.uniform() < 0.8 else rgb("#f0812c")
        colour = mix(hue * 0.62, np.minimum(hue * 1.25, 1), 0.5 - 0.5 * dy + 0.2 * dx)
        lay(picture[part], colour, smoothstep(1.0, 0.85, r))
        lay(picture[part], rgb("#2a1618"), smoothstep(0.32, 0.2, np.hypot(dx, dy + 0.1)))


def _hand(picture: Array, shape: Shape, rng: np.random.Generator) -> Array:
    """Stroke directions: along the edges where there are any, else a slow sweep of the arm."""
    tone = blur(luminance(picture), 0.010 * shape[0])
    dy, dx = np.gradient(tone)
    wide = 0.016 * shape[0]
    xx, yy, xy = blur(dx * dx, wide), blur(dy * dy, wide), blur(dx * dy, wide)
    edge = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    clear = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (xx + yy + 1e-7)
    strength = clear * np.sqrt(xx + yy) / (np.sqrt(xx + yy).mean() + 1e-7)
    _, y = grid(shape)
    sweep = np.where(y < 0.5, -0.35, -1.1) + 0.7 * fractal(rng, shape, 1.6, 2)
    share = np.clip(strength, 0, 1)
    c = np.cos(2 * edge) * share + np.cos(2 * sweep) * (1 - share)
    s = np.sin(2 * edge) * share + np.sin(2 * sweep) * (1 - share)
    return (0.5 * np.arctan2(s, c)).astype(np.float32)


def _detail(picture: Array, shape: Shape) -> Array:
    """Where the motif asks for small strokes."""
    dy, dx = np.gradient(blur(luminance(picture), 0.002 * shape[0]))
    busy = blur(np.hypot(dx, dy), 0.006 * shape[0]) * shape[0]
    return np.clip(busy / 6, 0, 1)


def _weave(shape: Shape, paint: Array) -> Array:
    """The linen's threads, which show most where the paint is thin."""
    x, y = grid(shape)
    threads = np.sin(x * 2 * np.pi * 150) * np.sin(y * 2 * np.pi * 150)
    return (1 + 0.07 * threads * np.clip(1.1 - paint, 0.2, 1)).astype(np.float32)
