"""What was read from Krita, as Qt can show it."""

from __future__ import annotations

from typing import Any

from .canvas import reading
from .canvas.images import BGRA, bytes_of, image_of
from .canvas.regions import By
from .canvas.source import Source
from .canvas.stylemap import Marked
from .canvas.targets import MASK, Target
from .errors import Refusal
from .logic.sizes import fit
from .qt import Qt, QtGui

_LONGEST = 2048


def thumbnail_of(target: Target, side: int) -> Any:
    """A layer or a picture whose long side is ``side``; null where there is nothing to see.

    Krita stretches a layer's thumbnail to a square.
    """
    try:
        _, _, width, height = reading.extent(target, selection_only=False)
        return _unstretched(target, width, height, side)
    except Refusal:
        return QtGui.QImage()


def mark_of(target: Target, side: int) -> Any:
    """A layer or a mask as it is offered for a region: Krita's own thumbnail of a mask."""
    if target.kind != MASK:
        return thumbnail_of(target, side)
    document = target.document
    try:
        return _unstretched(target, document.width(), document.height(), side)
    except Refusal:
        return QtGui.QImage()


def _unstretched(target: Target, width: int, height: int, side: int) -> Any:
    """Krita's thumbnail in the shape that the target has. Raises Refusal: it is gone."""
    return reading.thumbnail(target, side).scaled(
        *fit(width, height, side),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def counted(image: Any, region: Marked) -> Any:
    """What of such a picture says where a style goes, white on black; of none, none."""
    if image.isNull():  # the layer is empty, which is refused when it comes to painting
        return image
    if region.target.kind == MASK or region.by is By.LIGHTNESS:
        shown = image.convertToFormat(QtGui.QImage.Format.Format_Grayscale8)
    else:
        alpha = bytes_of(image.convertToFormat(BGRA))[3::4]
        form = QtGui.QImage.Format.Format_Grayscale8
        shown = QtGui.QImage(alpha, image.width(), image.height(), image.width(), form).copy()
    if region.inverted:
        shown.invertPixels()
    return shown


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
