"""What was read from Krita, as Qt can show it."""

from __future__ import annotations

from typing import Any

from .canvas import reading
from .canvas.scratch import converted
from .canvas.source import Source
from .canvas.spaces import SRGB, Space
from .canvas.targets import Target
from .errors import Refusal
from .logic.sizes import fit
from .qt import Qt, QtGui

_LONGEST = 2048


def image_of(source: Source) -> Any:
    """Pixels of any depth as an 8-bit image of their own."""
    pixels, travel = source.pixels, source.place.travel
    if travel.dtype == "u16":
        pixels = pixels[1::2]  # the upper byte of each sample
    elif travel.dtype != "u8":
        pixels = converted(pixels, source.place.size, travel, Space("RGBA", "U8", SRGB))
    form = QtGui.QImage.Format.Format_ARGB32
    image = QtGui.QImage(pixels, source.width, source.height, source.width * 4, form)
    return image.copy()


def thumbnail_of(target: Target, side: int) -> Any:
    """A layer or a picture whose long side is ``side``; null where there is nothing to see.

    Krita stretches a layer's thumbnail to a square.
    """
    try:
        area = reading.extent(target, selection_only=False)
        image = reading.thumbnail(target, side)
    except Refusal:
        return QtGui.QImage()
    return image.scaled(
        *fit(area[2], area[3], side),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def style_of(source: Source) -> Any:
    """The same as a picture to imitate, never larger than a style is read."""
    image = image_of(source)
    if max(image.width(), image.height()) <= _LONGEST:
        return image
    return image.scaled(
        _LONGEST,
        _LONGEST,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
