"""Pictures that lie turned in their file, as Exif's orientation says."""

from __future__ import annotations

from typing import Any

import numpy as np

from .encoding import Samples

ORIENTATION = 0x0112
"""The tag, in Exif as in TIFF."""

_BACK = {6: 8, 8: 6}
"""Every other orientation undoes itself."""


def turned(samples: Samples, orientation: Any) -> Samples:
    """A view of what lies in a file as it stands upright; what is no orientation turns nothing."""
    turns, mirrored = {
        2: (0, True),
        3: (2, False),
        4: (2, True),
        5: (1, True),
        6: (3, False),
        7: (3, True),
        8: (1, False),
    }.get(orientation, (0, False))
    if mirrored and turns % 2:
        return np.rot90(samples, turns)[::-1]
    samples = np.rot90(samples, turns)
    return samples[:, ::-1] if mirrored else samples


def upright(
    shape: tuple[int, int, int], dtype: np.dtype[Any], orientation: Any
) -> tuple[Samples, Samples]:
    """An empty array for a picture that has this shape in its file: upright, and as it lies there.

    Both are the same memory, and the first is contiguous.
    """
    height, width, channels = shape
    if orientation in (5, 6, 7, 8):
        height, width = width, height
    samples = np.empty((height, width, channels), dtype)
    return samples, turned(samples, _BACK.get(orientation, orientation))
