"""A plane's bytes as rows of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from gramarye_protocol import LAYOUTS, Plane

from .raster import Pixels

_KINDS = {"u8": "u1", "u16": "u2", "f16": "f2", "f32": "f4"}


def sample_type(plane: Plane) -> np.dtype[Any]:
    """The plane's samples as they lie in memory, in their byte order."""
    return np.dtype(("<" if plane.byte_order == "little" else ">") + _KINDS[plane.dtype])


def rows_of(pixels: Pixels) -> np.ndarray[Any, Any]:
    """The samples ``(H, W, C)`` in the order of their layout, without a copy."""
    plane = pixels.plane
    samples = np.frombuffer(pixels.data, sample_type(plane))
    return samples.reshape(plane.height, plane.width, LAYOUTS[plane.layout])
