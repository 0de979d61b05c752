"""Small tools for colour and light on float pictures: arrays of height × width (× 3), 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

Array = NDArray[Any]
"""Any plane or picture of numbers; float32 wherever it is large."""
Shape = tuple[int, int]


def rgb(code: str) -> Array:
    """The colour of a code such as ``"#e0a030"``, each channel 0 to 1."""
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def grid(shape: Shape) -> tuple[Array, Array]:
    """Coordinates x, y of the pixel centres; y runs 0 to 1 downwards, x in the same unit."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x + 0.5) / height, (y + 0.5) / height


def window(shape: Shape, x: float, y: float, reach: float) -> tuple[slice, slice]:
    """The part of a picture within ``reach`` of a point (coordinates as in :func:`grid`)."""
    height, width = shape
    pad = reach + 2 / height
    top, bottom = int((y - pad) * height), int((y + pad) * height) + 1
    left, right = int((x - pad) * height), int((x + pad) * height) + 1
    rows = slice(max(0, top), min(max(0, bottom), height))
    columns = slice(max(0, left), min(max(0, right), width))
    return rows, columns


def smoothstep(low: ArrayLike, high: ArrayLike, value: ArrayLike) -> Array:
    """0 below ``low``, 1 above ``high``, soft between (``low`` > ``high`` turns it round)."""
    low, high = np.asarray(low, np.float32), np.asarray(high, np.float32)
    t = np.clip((np.asarray(value, np.float32) - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(first: ArrayLike, second: ArrayLike, amount: ArrayLike) -> Array:
    """From ``first`` (amount 0) to ``second`` (1); a plane of amounts mixes colours per pixel."""
    first, second = np.asarray(first, np.float32), np.asarray(second, np.float32)
    t = np.asarray(amount, np.float32)
    if t.ndim and (first.ndim > t.ndim or second.ndim > t.ndim or first.shape == (3,)):
        t = t[..., None]
    return first + (second - first) * t


def ramp(value: ArrayLike, stops: Sequence[tuple[float, str]]) -> Array:
    """Colours along a gradient: ``stops`` are (position, colour code), positions ascending."""
    positions = [position for position, _ in stops]
    colours = np.stack([rgb(code) for _, code in stops])
    value = np.asarray(value, np.float32)
    channels = [np.interp(value, positions, colours[:, c]) for c in range(3)]
    return np.stack(channels, -1).astype(np.float32)


def lay(picture: Array, colour: ArrayLike, mask: ArrayLike) -> None:
    """Lay a colour (one, or one per pixel) over a picture, in place, where the mask says."""
    share = np.clip(np.asarray(mask), 0, 1)[..., None]
    picture += (np.asarray(colour, np.float32) - picture) * share


def resize(plane: Array, shape: Shape, how: Image.Resampling = Image.Resampling.BICUBIC) -> Array:
    """A plane resampled to another shape."""
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), how), np.float32).copy()


def blur(plane: Array, sigma: float) -> Array:
    """Gaussian blur by ``sigma`` pixels; a wide one is made on a smaller copy."""
    if sigma < 0.3:
        return plane.copy()
    height, width = plane.shape
    shrink = max(1, int(sigma / 2))
    if shrink > 1:
        small = (max(2, height // shrink), max(2, width // shrink))
        half = resize(plane, small, Image.Resampling.BOX)
        return resize(blur(half, sigma * small[0] / height), plane.shape)
    reach = int(np.ceil(3 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis, count in ((0, height), (1, width)):
        pad = [(reach, reach) if a == axis else (0, 0) for a in (0, 1)]
        wide = np.pad(plane, pad, "edge")
        plane = np.zeros((height, width), np.float32)
        for i, weight in enumerate(kernel):
            plane += weight * (wide[i : i + count] if axis == 0 else wide[:, i : i + count])
    return plane


def relief(height: Array, depth: float) -> Array:
    """Light from the upper left on a surface: about 1 where flat, more on slopes that face it."""
    slope_y, slope_x = np.gradient(height)
    lean = -(slope_x * 0.6 + slope_y * 0.8) * depth
    return np.clip(1 + lean / np.sqrt(1 + lean * lean), 0, 2).astype(np.float32)


def steepness(plane: Array) -> Array:
    """How much a plane changes from one pixel to the next, in any direction."""
    down, right = np.gradient(plane)
    return np.hypot(down, right)


def luminance(picture: Array) -> Array:
    """Brightness per pixel (Rec. 709 weights on display values)."""
    return picture @ np.array([0.2126, 0.7152, 0.0722], np.float32)
