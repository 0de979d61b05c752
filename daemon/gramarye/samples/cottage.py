"""The cottage of the lakeside: walls, roof, lit windows, a smoking chimney.

It is drawn in place into the part of a picture whose coordinates are given.
"""

from __future__ import annotations

import numpy as np

from .shading import Array, lay, mix, ramp, rgb, smoothstep


def house(picture: Array, x: Array, y: Array, grain: Array) -> None:
    """A sunlit gable to the right, the front in shade; ``grain`` is the plaster's roughness."""
    shade = np.exp(-(((x - 0.47) / 0.16) ** 2 + ((y - 0.725) / 0.022) ** 2))
    lay(picture, rgb("#1e261c"), 0.7 * shade)
    _walls(picture, x, y, grain)
    _roof(picture, x, y, grain)
    for left, wide in ((0.408, 0.034), (0.508, 0.034), (0.589, 0.032)):
        _window(picture, x, y, left, wide)
    lay(picture, rgb("#4a2c20"), _box(x, y, 0.456, 0.490, 0.632, 0.716))
    lay(picture, rgb("#7d4e34"), _box(x, y, 0.460, 0.486, 0.637, 0.716))
    up = np.clip(0.44 - y, 0, 1)
    drift = 0.465 + 0.45 * up**1.3 + 0.012 * np.sin(up * 55) * up / 0.1
    puff = np.exp(-(((x - drift) / (0.008 + 0.11 * up)) ** 2)) * (up > 0)
    lay(picture, rgb("#e8dcd4"), 0.42 * puff * smoothstep(0.27, 0.42, y))


def _box(
    x: Array, y: Array, left: float, right: float, top: Array | float, bottom: Array | float
) -> Array:
    """The mask of an upright box with soft edges."""
    s = 0.0016
    across = smoothstep(-s, s, x - left) * smoothstep(-s, s, right - x)
    return across * smoothstep(-s, s, y - top) * smoothstep(-s, s, bottom - y)


def _walls(picture: Array, x: Array, y: Array, grain: Array) -> None:
    front = ramp(
        0.5 + 0.35 * grain + (x - 0.47), ((0, "#75655c"), (0.6, "#a8937f"), (1, "#c4ad92"))
    )
    lay(picture, front, _box(x, y, 0.39, 0.555, 0.58, 0.715))
    peak = 0.50 + np.abs(x - 0.605) * 1.65
    gable = ramp(0.6 + 0.3 * grain, ((0, "#c59a6a"), (0.6, "#efcb93"), (1, "#ffe6b8")))
    lay(picture, gable, _box(x, y, 0.555, 0.655, peak, 0.715 - 0.10 * (x - 0.555)))


def _roof(picture: Array, x: Array, y: Array, grain: Array) -> None:
    tiles = np.sin(y * 2 * np.pi * 95) * 0.35 + 0.5 * grain + 0.3 * np.sin(x * 460 + 3 * grain)
    lean = (y - 0.50) * 0.55
    roof = _box(x, y, 0.0, 1.5, 0.497, 0.588)
    roof *= smoothstep(-0.002, 0.002, x - 0.41 + lean)
    roof *= smoothstep(-0.002, 0.002, 0.605 - lean * 1.10 - x)
    lay(picture, mix(rgb("#4b2a26"), rgb("#a85f42"), 0.45 + 0.35 * tiles), roof)
    eave = smoothstep(0.0085, 0.006, np.abs(y - (0.493 + np.abs(x - 0.605) * 1.65)))
    lay(picture, rgb("#6a3a2c"), eave * _box(x, y, 0.545, 0.667, 0.48, 0.62))
    bricks = mix(rgb("#6e4a40"), rgb("#c98f6a"), (x - 0.45) / 0.03)
    lay(picture, bricks, _box(x, y, 0.45, 0.48, 0.44, 0.51))


def _window(picture: Array, x: Array, y: Array, left: float, wide: float) -> None:
    """A window with its frame and bars, and the glow around it."""
    top, bottom, right = 0.618, 0.662, left + wide
    frame = _box(x, y, left - 0.005, right + 0.005, top - 0.005, bottom + 0.006)
    lay(picture, rgb("#3e2a22"), frame)
    pane = mix(rgb("#ff9d3c"), rgb("#fff0b0"), (bottom - y) / (bottom - top))
    lay(picture, pane, _box(x, y, left, right, top, bottom))
    middle = left + wide / 2
    lay(picture, rgb("#4a2f22"), _box(x, y, middle - 0.0015, middle + 0.0015, top, bottom))
    lay(picture, rgb("#4a2f22"), _box(x, y, left, right, 0.6385, 0.6415))
    halo = np.hypot((x - middle) / 1.2, y - 0.64)
    lay(picture, rgb("#ffb050"), 0.45 * np.exp(-((halo / 0.034) ** 2)))
