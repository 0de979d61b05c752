"""How samples are written down: 8 or 16 bits or float, and from one to another without banding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .profiles import SRGB, Space

Samples = np.ndarray[Any, np.dtype[Any]]
"""Rows of pixels, (height, width, channels), of ``u1``, ``u2`` or ``f4``."""

DEPTHS = ("8", "16", "float")
"""From the coarsest to the finest."""

DTYPES = {"8": "u8", "16": "u16", "float": "f32"}
"""Depth → the plane's sample type."""

_NUMPY = {"8": "u1", "16": "u2", "float": "f4"}


@dataclass(frozen=True)
class Encoding:
    """How a picture is to be written: its depth, and the space that its numbers are in."""

    depth: str
    space: Space = SRGB


def dtype_of(depth: str) -> np.dtype[Any]:
    """The samples of a depth, in this machine's byte order."""
    return np.dtype(_NUMPY[depth])


def depth_of(samples: Samples) -> str:
    """The depth that samples have; half floats count as float."""
    return {"u1": "8", "u2": "16"}.get(samples.dtype.str[1:], "float")


def to_depth(samples: Samples, depth: str) -> Samples:
    """The same picture with other samples; whole numbers are rounded to nearest.

    8 bits become 16 exactly (× 257), and either becomes float and comes back unchanged.
    """
    before = depth_of(samples)
    if before == depth:
        return samples.astype(dtype_of(depth), copy=False)
    if (before, depth) == ("8", "16"):
        return samples.astype(np.uint16) * np.uint16(257)
    unit = as_float(samples)
    if depth == "float":
        return unit
    top = np.float32(255 if depth == "8" else 65_535)
    return np.rint(np.clip(np.nan_to_num(unit), 0, 1) * top).astype(dtype_of(depth))


def as_float(samples: Samples) -> Samples:
    """Samples as float32 where 1 is white."""
    if samples.dtype.kind == "f":
        return samples.astype(np.float32, copy=False)
    return samples.astype(np.float32) / np.float32(np.iinfo(samples.dtype).max)
