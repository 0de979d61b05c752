"""The project's own sample pictures: scenes to stylise, and paintings to take a style from.

Everything is computed from a seed; the same name, size and seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .brush import brush
from .cup import cup
from .flow import flow
from .glass import glass
from .lakeside import lakeside
from .mosaic import mosaic
from .portrait import portrait
from .shading import Array, Shape
from .watercolour import watercolour
from .woodcut import woodcut

MIN_SIZE = 16
MAX_SIZE = 2048


class SampleError(ValueError):
    """A sample picture that does not exist, or not at that size."""

    code = "sample"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class _Picture:
    draw: Callable[[Shape, np.random.Generator], Array]
    aspect: float
    """Width over height."""


_CONTENTS: Mapping[str, _Picture] = {
    "lakeside": _Picture(lakeside, 3 / 2),
    "cup": _Picture(cup, 4 / 3),
    "portrait": _Picture(portrait, 4 / 5),
}
_PAINTINGS: Mapping[str, _Picture] = {
    "flow": _Picture(flow, 5 / 4),
    "glass": _Picture(glass, 4 / 5),
    "woodcut": _Picture(woodcut, 1),
    "brush": _Picture(brush, 5 / 4),
    "watercolour": _Picture(watercolour, 5 / 4),
    "mosaic": _Picture(mosaic, 5 / 4),
}

CONTENTS = tuple(_CONTENTS)
"""Names of the scenes."""
PAINTINGS = tuple(_PAINTINGS)
"""Names of the paintings."""


def content(name: str = "lakeside", size: int = 512, seed: int = 0) -> Image.Image:
    """A photograph-like scene, RGB, ``size`` pixels on its long side.

    Raises:
        SampleError: there is no such scene, or the size is out of range.
    """
    return _render("scene", _CONTENTS, name, size, seed)


def painting(name: str = "flow", size: int = 512, seed: int = 0) -> Image.Image:
    """A painting with a style of its own, RGB, ``size`` pixels on its long side.

    Raises:
        SampleError: there is no such painting, or the size is out of range.
    """
    return _render("painting", _PAINTINGS, name, size, seed)


def _render(
    kind: str, pictures: Mapping[str, _Picture], name: str, size: int, seed: int
) -> Image.Image:
    if name not in pictures:
        raise SampleError(f"There is no {kind} called “{name}”; choose from {', '.join(pictures)}.")
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise SampleError(
            f"A sample picture is {MIN_SIZE} to {MAX_SIZE} pixels on its long side, not {size}."
        )
    picture = pictures[name]
    short = round(size / max(picture.aspect, 1 / picture.aspect))
    width, height = (size, short) if picture.aspect >= 1 else (short, size)
    # Drawn at twice the size and averaged down, so that edges are smooth.
    drawn = picture.draw((2 * height, 2 * width), np.random.default_rng(seed))
    levels = np.clip(drawn, 0, 1).reshape(height, 2, width, 2, 3).mean((1, 3)) * 255
    return Image.fromarray(np.round(levels).astype(np.uint8))
