"""Planes and sources as Qt can show them: 8 bit, in sRGB."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import Plane

from ..qt import QtGui
from .scratch import converted
from .source import Source
from .spaces import SRGB, Space

# On the little-endian machines that Krita runs on, ARGB32 lies in memory as B, G, R, A.
BGRA = QtGui.QImage.Format.Format_ARGB32
_BGRX = QtGui.QImage.Format.Format_RGB32
_RGB = QtGui.QImage.Format.Format_RGB888


def preview_image(plane: Plane, data: Any) -> Any:
    """A preview as an opaque image of its own; null where its layout cannot be shown.

    Of 16 bits the upper byte is shown.
    """
    forms = {"RGB": (_RGB, 3), "BGRA": (_BGRX, 4)}
    if plane.layout not in forms or plane.dtype not in ("u8", "u16"):
        return QtGui.QImage()
    samples = bytes(data) if plane.dtype == "u8" else bytes(data)[1::2]
    form, channels = forms[plane.layout]
    image = QtGui.QImage(samples, plane.width, plane.height, plane.width * channels, form)
    return image.copy()


def image_of(source: Source) -> Any:
    """What was read, as an image of its own."""
    size = source.width, source.height
    pixels = converted(source.pixels, size, source.place.travel, Space("RGBA", "U8", SRGB))
    return QtGui.QImage(bytes(pixels), *size, source.width * 4, BGRA).copy()


def bytes_of(image: Any) -> bytes:
    """The bytes of an image; rows of four bytes to the pixel are never padded."""
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return bytes(bits)
