"""“Lakeside”: a house and an old tree by a mountain lake, the sun low behind haze."""

from __future__ import annotations

import numpy as np

from .cottage import house
from .foliage import blades, tree
from .noise import fractal, line, lookup
from .shading import Array, Shape, grid, lay, mix, ramp, rgb, smoothstep, window

_SUN = (0.98, 0.33)
_SHORE = 0.56
"""Where the lake ends at the far side, from the top."""


def lakeside(shape: Shape, rng: np.random.Generator) -> Array:
    """Compose the view from the sky down to the near bank."""
    x, y = grid(shape)
    picture = _sky(shape, x, y, rng)
    _mountains(picture, shape, x, y, rng)
    _far_shore(picture, shape, x, y, rng)
    _lake(picture, shape, x, y, rng)
    part = window(shape, 1.16, 0.735, 0.10)
    _boat(picture[part], x[part], y[part])
    bank = _bank(picture, shape, x, y, rng)
    meadow = picture.copy()
    blades(picture, meadow, bank, rng, near=0.865, far=0.66)
    grain = fractal(rng, shape, 50, 3)
    part = window(shape, 0.53, 0.53, 0.26)
    house(picture[part], x[part], y[part], grain[part])
    tree(picture, rng.spawn(1)[0], root=(0.14, 0.87), tall=0.47)
    blades(picture, meadow, bank, rng, near=1.06, far=0.865)
    glow = np.exp(-(((x - _SUN[0]) / 0.5) ** 2 + ((y - _SUN[1]) / 0.35) ** 2))
    picture += glow[..., None] * rgb("#ffb060") * 0.10
    vignette = 1 - 0.16 * ((x / 1.5 - 0.5) ** 2 * 2.2 + (y - 0.5) ** 2 * 2.2)
    return picture * vignette[..., None]


def _sky(shape: Shape, x: Array, y: Array, rng: np.random.Generator) -> Array:
    picture = ramp(
        y / 0.52,
        (
            (0.0, "#4a78b4"),
            (0.35, "#85a8cb"),
            (0.65, "#d5cfc4"),
            (0.85, "#f6d6a4"),
            (1.0, "#f9c98a"),
        ),
    )
    sun = np.hypot(x - _SUN[0], y - _SUN[1])
    lay(picture, rgb("#ffe2ae"), 0.75 * np.exp(-((sun / 0.28) ** 1.3)))
    # Clouds flatten towards the horizon: noise read in the plane they float in.
    far = 0.16 / np.maximum(0.62 - y, 0.03)
    flat = fractal(rng, (shape[0], shape[1]), 5, 7, 0.56)
    h = shape[0]
    u = (x - 0.75) * far * 0.95 * h + 0.75 * h
    cover = lookup(flat, u, (far * 0.55) * h) + 0.45 * lookup(flat, u * 0.5 + 31, far * 0.3 * h)
    toward = lookup(flat, u + 0.015 * h, (far * 0.55 + 0.02) * h)
    density = smoothstep(0.05, 0.85, cover + 0.10)
    edge_light = np.clip(0.62 + 0.9 * (cover - toward), 0, 1)
    near_sun = np.exp(-((sun / 0.55) ** 2))
    shadow = mix(rgb("#8b93ad"), rgb("#c98f76"), near_sun)
    bright = mix(rgb("#f4ece2"), rgb("#ffe3b0"), near_sun)
    lay(picture, mix(shadow, bright, edge_light * (1 - 0.35 * density)), density * 0.92)
    lay(picture, rgb("#fff6dc"), smoothstep(0.040, 0.030, sun))
    lay(picture, rgb("#fff0c8"), 0.8 * np.exp(-((sun / 0.075) ** 2)))
    return picture


def _mountains(picture: Array, shape: Shape, x: Array, y: Array, rng: np.random.Generator) -> None:
    """Three ranges, each nearer one darker, rougher and less lost in haze."""
    ranges = (
        (0.40, 0.17, 1.3, "#a9adc0", "#ded3c8", 0.25),
        (0.46, 0.13, 1.9, "#75809a", "#c4b3a4", 0.55),
        (0.515, 0.07, 2.6, "#47586a", "#8d8a78", 0.8),
    )
    for base, swing, cells, dark, light, depth in ranges:
        ridge = base - swing * (0.25 + np.abs(line(rng, x + 0.2, cells, 7)) * 1.3)
        rock = fractal(rng, shape, 7, 6, 0.62)
        down = y - ridge
        # Spurs run down to both sides; where one kind is in front the sun reaches the slope.
        bent = 0.012 * rock
        spur = line(rng, x + 0.75 * down + bent, 9, 4) - line(rng, x - 0.6 * down + bent, 9, 4)
        lit = smoothstep(-0.6, 0.6, spur + 0.7 * rock)
        colour = mix(rgb(dark), rgb(light), lit * 0.9)
        snow = smoothstep(0.75, 0.15, down / swing + 0.30 * rock - 0.15 * spur) * (depth < 0.5)
        lay(colour, mix(rgb("#b9c3d8"), rgb("#fff3e2"), lit), snow * 0.85)
        haze = smoothstep(0.0, 1.0, (y - base + swing) / (swing * 2.0)) * (1 - 0.5 * depth)
        lay(colour, mix(rgb("#cfd0d2"), rgb("#f8d9ad"), np.exp(-((x - 1) ** 2) / 0.2)), haze * 0.68)
        lay(picture, colour, smoothstep(-0.0015, 0.0015, down))


def _far_shore(picture: Array, shape: Shape, x: Array, y: Array, rng: np.random.Generator) -> None:
    """A belt of conifers along the water."""
    belt = _SHORE - 0.022 - 0.028 * np.clip(line(rng, x, 1.7, 2) + 0.2, 0, 1)
    for row in range(3):
        teeth = np.abs(((x * (58 + 13 * row) + line(rng, x, 30, 2)) % 1) - 0.5) * 2
        top = belt + 0.010 * row - 0.030 * (1 - teeth) * (0.5 + 0.5 * line(rng, x, 26, 2))
        tone = 0.35 + 0.5 * (1 - teeth) + 0.5 * fractal(rng, shape, 60, 2)
        colour = mix(rgb("#1d2f2c"), rgb("#5f6b45"), tone * (0.55 + 0.15 * row))
        lay(colour, rgb("#c9b595"), 0.30 - 0.08 * row)
        lay(picture, colour, smoothstep(-0.002, 0.002, y - top))


def _lake(picture: Array, shape: Shape, x: Array, y: Array, rng: np.random.Generator) -> None:
    """The view mirrored in water whose ripples grow towards us."""
    h = shape[0]
    depth = np.clip((y - _SHORE) / (1 - _SHORE), 0, 1)
    ripple = fractal(rng, shape, 30, 4, 0.6, stretch=7) * 0.6
    ripple += fractal(rng, shape, 11, 3, 0.6, stretch=5) * 0.5
    sway = ripple * (0.006 + 0.055 * depth)
    mirrored = 2 * _SHORE - y - 0.25 * sway - 0.10 * depth + sway
    source = np.stack(
        [
            lookup(picture[..., c], (x + 0.25 * sway) * h, np.minimum(mirrored, _SHORE) * h)
            for c in range(3)
        ],
        -1,
    )
    water = mix(source, rgb("#2b4a5c"), 0.16 + 0.34 * depth * smoothstep(-0.5, 0.6, ripple))
    glint = np.exp(-(((x - _SUN[0]) / (0.035 + 0.11 * depth)) ** 2))
    lay(water, rgb("#ffe6b0"), glint * smoothstep(0.05, 0.75, ripple + 0.1) * 0.9)
    lay(picture, water, smoothstep(-0.001, 0.001, y - _SHORE))
    lay(picture, rgb("#f3e3c8"), 0.45 * np.exp(-(((y - _SHORE) / 0.0022) ** 2)))


def _boat(picture: Array, x: Array, y: Array) -> None:
    """A rowing boat with its dark reflection."""
    u, v = (x - 1.16) / 0.085, (y - 0.735) / 0.022
    lay(picture, rgb("#1f2a30"), 0.6 * smoothstep(1.0, 0.5, np.hypot(u, (v - 1.15) / 1.0)))
    hull = smoothstep(1.04, 0.98, np.abs(u) + 0.13 * np.maximum(v, 0) ** 2)
    hull *= smoothstep(-0.06, 0.06, v + 0.42 - 0.42 * u * u) * smoothstep(1.03, 0.95, v)
    plank = 0.5 + 0.25 * np.sin(v * 13) - 0.3 * v + 0.25 * u
    lay(picture, mix(rgb("#4a2418"), rgb("#b5643a"), plank), hull)
    inside = smoothstep(1.0, 0.9, np.hypot(u / 0.92, (v + 0.16 - 0.30 * u * u) / 0.24))
    lay(picture, mix(rgb("#2c1b16"), rgb("#8a5c3c"), 0.5 + 0.5 * u), inside)
    for seat in (-0.35, 0.3):
        lay(picture, rgb("#d9a873"), inside * smoothstep(0.07, 0.05, np.abs(u - seat)))


def _bank(picture: Array, shape: Shape, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """The near bank with a path that winds down to the water; returns the bank's mask."""
    edge = 0.66 + 0.30 * smoothstep(0.52, 1.25, x) + 0.012 * line(rng, x, 6, 4)
    edge = edge + 0.10 * smoothstep(1.1, 1.5, x)
    bank = smoothstep(-0.002, 0.002, y - edge)
    rough = fractal(rng, shape, 9, 6, 0.65)
    tone = 0.45 + 0.30 * rough + 0.25 * (x - 0.4)
    colour = ramp(tone, ((0.0, "#28361c"), (0.35, "#4d5c28"), (0.65, "#8a8a3c"), (1.0, "#d2b765")))
    colour *= (1 - 0.45 * smoothstep(0.045, 0.0, y - edge) * smoothstep(0.45, 0.75, x))[..., None]
    lay(picture, colour, bank)
    down = np.clip((y - 0.70) / 0.32, 0, 1)
    middle = 0.50 + 0.10 * np.sin(down * 4.4 + 0.2) + 0.16 * down
    wide = 0.014 + 0.085 * down**1.3
    stony = fractal(rng, shape, 40, 4, 0.7)
    path = smoothstep(1.15, 0.75, np.abs(x - middle + 0.012 * rough) / wide + 0.2 * rough)
    path = path * (y > 0.70) * bank
    earth = mix(rgb("#8f6f4c"), rgb("#ecd0a0"), 0.55 + 0.35 * stony + 0.25 * (x - middle) / wide)
    lay(picture, earth, path)
    # The tree's and the house's shadows fall towards us and to the left, away from the sun.
    shade = np.exp(-(((x - 0.04 + 0.6 * (y - 0.86)) / 0.20) ** 2 + ((y - 0.92) / 0.075) ** 2))
    lay(picture, rgb("#1c2620"), 0.62 * shade * (0.8 + 0.4 * rough) * bank)
    return bank * (1 - path)
