"""Pictures as Qt has them and planes as the protocol has them, and the way between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gramarye_protocol import Plane, describe

from .errors import Refusal
from .logic.sizes import SMALLEST_SIDE, fit
from .qt import Qt, QtCore, QtGui

MOST_PIXELS = 200_000_000
FORMATS = "*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.gif"

# On the little-endian machines that Krita runs on, ARGB32 lies in memory as B, G, R, A.
_BGRA = QtGui.QImage.Format.Format_ARGB32
_BGRX = QtGui.QImage.Format.Format_RGB32
_RGB = QtGui.QImage.Format.Format_RGB888


def load_style(path: str, longest: int) -> Any:
    """A picture file as an image whose long side is at most ``longest``.

    Raises:
        Refusal: it is no picture, damaged, too small or too large.
    """
    file, name = Path(path), Path(path).name
    if not path:
        raise Refusal("Choose a style first: a picture of the painting to imitate.")
    if not file.is_file():
        raise Refusal(f"“{name}” is not there any more. Choose another style.")
    reader = QtGui.QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if not reader.canRead():
        raise Refusal(f"“{name}” is not a picture. Choose a PNG or JPEG file as the style.")
    width, height = reader.size().width(), reader.size().height()
    if width * height > MOST_PIXELS:
        raise Refusal(
            f"“{name}” has {width} × {height} pixels, too many for a style. "
            "Save a smaller copy of it and choose that."
        )
    if width > 0 and height > 0:
        reader.setScaledSize(QtCore.QSize(*fit(width, height, longest)))
    image = reader.read()
    if image.isNull() or _is_cut_off(file, bytes(reader.format())):
        raise Refusal(f"“{name}” is damaged or incomplete. Choose another style.")
    if max(width, height, image.width(), image.height()) < SMALLEST_SIDE:
        raise Refusal(
            f"“{name}” has only {image.width()} × {image.height()} pixels. "
            f"A style needs a side of at least {SMALLEST_SIDE}."
        )
    return _shrunk(image, longest).convertToFormat(_BGRA)


def _is_cut_off(file: Path, format_name: bytes) -> bool:
    """Whether a JPEG lacks its end marker: Qt would fill the missing rows with grey."""
    if format_name != b"jpeg":
        return False
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 65_536))
        return b"\xff\xd9" not in stream.read()


def _shrunk(image: Any, longest: int) -> Any:
    width, height = fit(image.width(), image.height(), longest)
    return image if width == image.width() else _scaled(image, width, height)


def _scaled(image: Any, width: int, height: int) -> Any:
    return image.scaled(
        width,
        height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def style_plane(image: Any) -> tuple[Plane, bytes]:
    """A loaded style as a plane with its bytes."""
    data = _bytes(image)
    return describe("style", image.width(), image.height(), "BGRA", "u8", data), data


def content_plane(
    pixels: bytes, width: int, height: int, longest: int, **where: Any
) -> tuple[Plane, bytes]:
    """A layer's B G R A pixels as a plane, scaled down to what the daemon will compute at."""
    image = _shrunk(QtGui.QImage(pixels, width, height, width * 4, _BGRA), longest)
    if image.width() != width:
        pixels = _bytes(image.convertToFormat(_BGRA))
    plane = describe("content", image.width(), image.height(), "BGRA", "u8", pixels, **where)
    return plane, pixels


def layer_pixels(plane: Plane, pixels: Any, width: int, height: int, alpha: bytes) -> bytearray:
    """A result as a layer of this size, with exactly this alpha.

    The colours are scaled as if opaque: the result's own alpha would darken them at its edge.

    Raises:
        Refusal: the result is not laid out as it was asked for.
    """
    if (plane.layout, plane.dtype) != ("BGRA", "u8"):
        raise Refusal(
            f"The daemon returned {plane.layout} {plane.dtype} where BGRA u8 was asked for. "
            "Update the older of the plugin and the daemon."
        )
    data = bytes(pixels)
    image = QtGui.QImage(data, plane.width, plane.height, plane.width * 4, _BGRX)
    if (plane.width, plane.height) != (width, height):
        data = _bytes(_scaled(image, width, height).convertToFormat(_BGRX))
    layer = bytearray(data)
    layer[3::4] = alpha
    return layer


def preview_image(plane: Plane, data: Any) -> Any:
    """A preview as an image of its own; null if it is laid out in a way nobody asked for."""
    forms = {"RGB": (_RGB, 3), "BGRA": (_BGRX, 4)}
    if plane.layout not in forms or plane.dtype != "u8":
        return QtGui.QImage()
    form, channels = forms[plane.layout]
    image = QtGui.QImage(bytes(data), plane.width, plane.height, plane.width * channels, form)
    return image.copy()


def _bytes(image: Any) -> bytes:
    """The bytes of an image with four bytes to the pixel, whose rows are never padded."""
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return bytes(bits)
