"""“Woodcut”: a pine on a crag before a red sun, cut in black hatching on cream paper."""

from __future__ import annotations

import numpy as np

from .noise import fractal, line
from .shading import Array, Shape, blur, grid, lay, mix, rgb, smoothstep, steepness


def woodcut(shape: Shape, rng: np.random.Generator) -> Array:
    """Cut the block and print it."""
    x, y = grid(shape)
    block = _Block(shape, rng)
    red = _sky(block, x, y)
    red = red * (1 - _mountains(block, x, y, rng))
    _sea(block, x, y)
    _pine(block, x, y)
    _crag(block, x, y, rng)
    return _print(block, red, x, y, rng)


class _Block:
    """The block: where ink stays (1) and where the knife took wood away (0)."""

    def __init__(self, shape: Shape, rng: np.random.Generator) -> None:
        self.ink = np.zeros(shape, np.float32)
        self.shape = shape
        self.tremor = fractal(rng, shape, 26, 3, 0.6)
        self.slow = fractal(rng, shape, 5, 3)

    def hatch(self, where: Array, across: Array, darkness: Array, pitch: float) -> None:
        """Cut lines along the level sets of ``across``; they swell where it is dark.

        ``across`` is a length in picture heights; ``pitch`` the distance between two lines.
        """
        phase = across / pitch + 0.16 * self.tremor + 0.30 * self.slow
        # Neighbouring cuts differ: each line has its own weight.
        number = np.floor(phase)
        weight = np.sin(number * 12.9898) * 43758.5453
        weight = (weight - np.floor(weight) - 0.5) * 0.16
        ridge = np.abs(phase - number - 0.5) * 2
        swell = np.clip(darkness + weight + 0.07 * self.tremor, 0, 1)
        slope = steepness(phase) * 2 + 1e-6
        line_ink = np.clip((swell - ridge) / slope + 0.5, 0, 1)
        line_ink = np.where(swell < 0.04, 0, np.where(swell > 0.97, 1, line_ink))
        self.ink += (line_ink - self.ink) * where

    def line(self, distance: Array, width: float) -> None:
        """A drawn contour: ink where ``distance`` (in picture heights) is within its width."""
        half = width * 0.5 * (1 + 0.5 * self.slow + 0.25 * self.tremor)
        soft = 0.7 / self.shape[0]
        self.ink = np.maximum(self.ink, np.clip((half - np.abs(distance)) / soft + 0.5, 0, 1))


def _edge(shape: Shape, distance: Array) -> Array:
    return np.clip(distance * shape[0] / 1.4 + 0.5, 0, 1)


def _sky(block: _Block, x: Array, y: Array) -> Array:
    """Rays of cut lines around the sun, and clouds; returns where the red block prints."""
    sun_x, sun_y, radius = 0.53, 0.33, 0.155
    dx, dy = x - sun_x, y - sun_y
    r = np.hypot(dx, dy)
    dark = 0.16 + 0.62 * smoothstep(0.22, 0.75, r) + 0.12 * block.slow
    block.hatch(np.ones(block.shape, np.float32), r + 0.010 * block.slow, dark, 0.0165)
    for cy, cx, wide, tall in (
        (0.15, 0.20, 0.22, 0.05),
        (0.10, 0.66, 0.17, 0.035),
        (0.26, 0.08, 0.16, 0.03),
    ):
        bump = np.abs(np.sin((x - cx) / wide * 6.2)) * 0.5 + 0.5
        top = cy - tall * bump * np.sqrt(np.clip(1 - ((x - cx) / wide) ** 2, 0, 1))
        inside = _edge(block.shape, y - top) * _edge(block.shape, cy + 0.012 * bump - y)
        inside *= np.abs(x - cx) < wide
        block.hatch(inside, y - top, 0.75 * smoothstep(0.25, 1.3, (y - top) / tall), 0.011)
        block.line(np.where(np.abs(x - cx) < wide, y - top, 1), 0.006)
        block.line(np.where(np.abs(x - cx) < wide, y - cy - 0.012 * bump, 1), 0.004)
    disc = _edge(block.shape, radius - r)
    block.ink *= 1 - _edge(block.shape, radius + 0.010 - r)
    return disc


def _mountains(block: _Block, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """Two ranges; the knife follows the fall of the slopes. Returns where they stand."""
    covered = np.zeros(block.shape, np.float32)
    for base, swing, cells, dark in ((0.47, 0.15, 1.6, 0.42), (0.56, 0.12, 2.1, 0.66)):
        ridge = base - swing * (np.abs(line(rng, x + 0.1, cells, 4)) * 1.5)
        down = y - ridge
        inside = _edge(block.shape, down)
        covered = np.maximum(covered, inside)
        spur = line(rng, x + 0.35 * down, 7, 2)
        lean = np.gradient(blur(ridge, 0.004 * block.shape[0]), axis=1) * block.shape[0]
        tone = dark + 0.50 * np.sign(lean) * smoothstep(0.0, 0.6, np.abs(lean)) + 0.35 * spur
        tone = np.clip(tone - 0.9 * smoothstep(0.06, 0.24, down), 0.0, 0.95)
        across = x * 0.85 + np.sign(lean) * down * 0.62 + 0.02 * spur
        block.hatch(inside, across, tone, 0.0105)
        block.line(down, 0.0065)
    return covered


def _sea(block: _Block, x: Array, y: Array) -> None:
    """Long swells with white crests; the sun's path stays open."""
    shore = 0.60
    inside = _edge(block.shape, y - shore)
    depth = np.clip((y - shore) / (1 - shore), 0, 1)
    swell = 0.5 * np.sin(x * 11 / (0.4 + depth) + 7 * np.sqrt(depth) * 4 + 2 * block.slow)
    across = np.sqrt(depth + 0.02) * 0.62 + 0.012 * swell * (0.3 + depth)
    path = np.exp(-(((x - 0.53) / (0.05 + 0.12 * depth)) ** 2))
    tone = 0.60 + 0.35 * swell + 0.22 * block.slow - 0.75 * path
    block.hatch(inside, across, np.clip(tone, 0, 0.95), 0.016)
    block.line(y - shore, 0.005)


def _crag(block: _Block, x: Array, y: Array, rng: np.random.Generator) -> None:
    """A cliff in the foreground, cut in slabs."""
    top = 0.70 + 0.34 * smoothstep(0.30, 0.62, x) + 0.022 * line(rng, x, 6, 4)
    top = top - 0.10 * smoothstep(0.25, 0.0, x)
    inside = _edge(block.shape, y - top)
    slab = np.floor((x * 0.9 + y * 0.45 + 0.03 * block.slow) * 11)
    turn = np.sin(slab * 5.3) * 0.5 + 1.1
    across = x * np.cos(turn) + y * np.sin(turn)
    face = (x * 0.9 + y * 0.45 + 0.03 * block.slow) * 11 - slab
    tone = 0.42 + 0.62 * face + 0.25 * block.slow
    tone = tone * smoothstep(0.0, 0.05, y - top) + 0.0
    block.hatch(inside, across, np.clip(tone, 0, 1), 0.0115)
    block.line(y - top, 0.009)


def _pine(block: _Block, x: Array, y: Array) -> None:
    """A wind-bent pine: a black trunk with cut bark, and pads of needles."""
    up = np.clip((0.74 - y) / 0.60, 0, 1)
    middle = 0.155 + 0.16 * up**1.6 + 0.028 * np.sin(up * 8)
    girth = 0.034 * (1 - 0.78 * up) + 0.03 * np.exp(-up * 14)
    inside = _edge(block.shape, girth - np.abs(x - middle)) * (y < 0.76) * (y > 0.15)
    side = (x - middle) / girth
    across = (x - middle) + 0.25 * 0.02 * np.sin(y * 90 + 6 * block.slow)
    block.hatch(inside, across, np.clip(0.72 - 0.75 * side + 0.2 * block.tremor, 0, 1), 0.012)
    block.line(np.where((y < 0.76) & (y > 0.15), np.abs(x - middle) - girth, 1), 0.006)
    for cx, cy, rx, ry in (
        (0.36, 0.165, 0.17, 0.055),
        (0.16, 0.235, 0.14, 0.046),
        (0.43, 0.300, 0.13, 0.042),
        (0.10, 0.375, 0.12, 0.042),
        (0.34, 0.430, 0.11, 0.038),
    ):
        trunk = 0.155 + 0.16 * np.clip((0.74 - cy) / 0.6, 0, 1) ** 1.6
        t = np.clip((x - trunk) / (cx - trunk), 0, 1)
        limb = cy + ry * 0.5 + 0.05 * (1 - t) ** 2
        between = (x - trunk) * (x - cx) < 0
        block.line(np.where(between, y - limb, 1), 0.013)
        dx, dy = (x - cx) / rx, (y - cy) / ry
        turn = np.arctan2(dy, dx)
        lobes = 1 + 0.16 * np.cos(turn * 9 + cx * 40) + 0.05 * np.cos(turn * 31)
        pad = lobes - np.hypot(dx, dy)
        dy_flat = np.clip(dy, -1.2, 0.55)
        inside = _edge(block.shape, pad * ry) * _edge(block.shape, (0.62 - dy) * ry)
        tone = np.clip(0.62 + 0.55 * dy_flat + 0.35 * block.slow, 0.12, 0.97)
        fan = np.arctan2(dy + 2.6, dx * 1.4)
        block.hatch(inside, fan * 0.34, tone, 0.0085)
        block.line(np.where(dy < 0.62, pad * ry, 1), 0.006)


def _print(block: _Block, red: Array, x: Array, y: Array, rng: np.random.Generator) -> Array:
    """Ink on paper: wood grain and thin places in the ink, fibres in the paper."""
    shape = block.shape
    fibre = fractal(rng, shape, 90, 3, 0.7)
    paper = rgb("#f0e4c8") * (1 + 0.035 * fibre + 0.03 * block.slow)[..., None]
    border = np.minimum(np.minimum(x, shape[1] / shape[0] - x), np.minimum(y, 1 - y))
    border = border + 0.0025 * block.tremor
    inside = _edge(shape, border - 0.030)
    frame = _edge(shape, border - 0.030) * (1 - _edge(shape, border - 0.040))
    grain = fractal(rng, shape, 16, 5, 0.7, stretch=9)
    lay(paper, rgb("#c8321f") * (1 + 0.10 * grain)[..., None], red * inside * (0.93 + 0.05 * grain))
    ink = np.maximum(block.ink * inside, frame)
    ink = smoothstep(0.25, 0.75, blur(ink, 0.0009 * shape[0]))
    speck = smoothstep(0.95, 1.25, fractal(rng, shape, 120, 2, 0.8) + 0.4 * grain)
    strength = ink * (0.965 + 0.03 * grain) * (1 - 0.75 * speck)
    black = mix(rgb("#191613"), rgb("#37302a"), smoothstep(0.2, 1.2, grain))
    lay(paper, black, strength)
    return paper
