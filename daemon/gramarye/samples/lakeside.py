"""“Lakeside”: a house and an old tree by a mountain lake, the sun low behind haze."""

from __future__ import annotations

import numpy as np

from .foliage import blades, tree
from .noise import fractal, line, lookup
from .shading import Array, Shape, blur, grid, lay, mix, ramp, rgb, smoothstep

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
    _boat(picture, x, y)
    bank = _bank(picture, shape, x, y, rng)
    _house(picture, shape, x, y, rng)
    blades(picture, bank, rng)
    tree(picture, rng, root=(0.245, 0.86), tall=0.62)
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
        gullies = np.abs(fractal(rng, shape, 6, 5, 0.6, stretch=0.55))
        surface = blur(rock * 0.6 + gullies, 0.001 * shape[0])
        slope = np.gradient(surface, axis=1) * shape[0] / 24
        lit = np.clip(0.42 + slope + 0.35 * rock, 0, 1)
        colour = mix(rgb(dark), rgb(light), lit * 0.9)
        down = y - ridge
        snow = smoothstep(0.55, 0.2, down / swing + 0.35 * rock) * (depth < 0.5)
        lay(colour, mix(rgb("#b9c3d8"), rgb("#fff3e2"), lit), snow * 0.85)
        haze = smoothstep(0.0, 1.0, (y - base + swing) / (swing * 2.0)) * (1 - 0.5 * depth)
        lay(colour, mix(rgb("#cfd0d2"), rgb("#f8d9ad"), np.exp(-((x - 1) ** 2) / 0.2)), haze * 0.8)
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
    shade = np.exp(-(((x - 0.12 + 0.6 * (y - 0.86)) / 0.20) ** 2 + ((y - 0.92) / 0.075) ** 2))
    lay(picture, rgb("#1c2620"), 0.62 * shade * (0.8 + 0.4 * rough) * bank)
    return bank * (1 - path)


def _house(picture: Array, shape: Shape, x: Array, y: Array, rng: np.random.Generator) -> None:
    """A cottage: sunlit gable wall, shaded front, lit windows, a smoking chimney."""
    grain = fractal(rng, shape, 50, 3)

    def box(left: float, right: float, top: Array | float, bottom: Array | float) -> Array:
        s = 0.0016
        across = smoothstep(-s, s, x - left) * smoothstep(-s, s, right - x)
        return across * smoothstep(-s, s, y - top) * smoothstep(-s, s, np.asarray(bottom) - y)

    shade = np.exp(-(((x - 0.47) / 0.16) ** 2 + ((y - 0.725) / 0.022) ** 2))
    lay(picture, rgb("#1e261c"), 0.7 * shade)
    front = ramp(
        0.5 + 0.35 * grain + (x - 0.47), ((0, "#75655c"), (0.6, "#a8937f"), (1, "#c4ad92"))
    )
    lay(picture, front, box(0.39, 0.555, 0.58, 0.715))
    peak = 0.50 + np.abs(x - 0.605) * 1.65
    gable = ramp(0.6 + 0.3 * grain, ((0, "#c59a6a"), (0.6, "#efcb93"), (1, "#ffe6b8")))
    lay(picture, gable, box(0.555, 0.655, peak, 0.715 - 0.10 * (x - 0.555)))
    tiles = np.sin(y * 2 * np.pi * 95) * 0.35 + 0.5 * grain + 0.3 * np.sin(x * 460 + 3 * grain)
    lean = (y - 0.50) * 0.55
    roof = box(0.0, 1.5, 0.497, 0.588)
    roof *= smoothstep(-0.002, 0.002, x - 0.41 + lean) * smoothstep(
        -0.002, 0.002, 0.605 - lean * 1.10 - x
    )
    lay(picture, mix(rgb("#4b2a26"), rgb("#a85f42"), 0.45 + 0.35 * tiles), roof)
    eave = np.abs(y - (0.493 + np.abs(x - 0.605) * 1.65)) < 0.007
    lay(picture, rgb("#6a3a2c"), eave * box(0.545, 0.667, 0.48, 0.62))
    lay(
        picture, mix(rgb("#6e4a40"), rgb("#c98f6a"), (x - 0.45) / 0.03), box(0.45, 0.48, 0.44, 0.51)
    )
    for left, wide in ((0.408, 0.034), (0.508, 0.034), (0.589, 0.032)):
        top, bottom = 0.618, 0.662
        lay(
            picture,
            rgb("#3e2a22"),
            box(left - 0.005, left + wide + 0.005, top - 0.005, bottom + 0.006),
        )
        pane = mix(rgb("#ff9d3c"), rgb("#fff0b0"), (bottom - y) / (bottom - top))
        lay(picture, pane, box(left, left + wide, top, bottom))
        for bar in (
            box(left + wide / 2 - 0.0015, left + wide / 2 + 0.0015, top, bottom),
            box(left, left + wide, 0.6385, 0.6415),
        ):
            lay(picture, rgb("#4a2f22"), bar)
        halo = np.hypot((x - left - wide / 2) / 1.2, y - 0.64)
        lay(picture, rgb("#ffb050"), 0.45 * np.exp(-((halo / 0.034) ** 2)))
    lay(picture, rgb("#4a2c20"), box(0.456, 0.490, 0.632, 0.716))
    lay(picture, rgb("#7d4e34"), box(0.460, 0.486, 0.637, 0.716))
    drift = 0.465 + 0.35 * np.clip(0.44 - y, 0, 1) ** 1.3 + 0.02 * fractal(rng, shape, 9, 3)
    puff = np.exp(-(((x - drift) / (0.008 + 0.10 * np.clip(0.44 - y, 0, 1))) ** 2))
    lay(picture, rgb("#e8dcd4"), 0.42 * puff * smoothstep(0.20, 0.40, y) * (y < 0.445))
