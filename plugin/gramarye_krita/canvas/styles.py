"""Pictures to imitate: files, layers and documents, as planes in the colours of the content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gramarye_protocol import Plane, describe

from ..errors import Refusal
from ..qt import Qt, QtCore, QtGui
from ..translate import tr
from .images import BGRA, bytes_of
from .reading import read
from .samples import Buffer
from .scratch import converted, has_primaries_of_srgb
from .spaces import SRGB, Space
from .targets import Target

MOST_PIXELS = 200_000_000
SMALLEST_SIDE = 16
FORMATS = "*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.gif"

_EIGHT_BIT = Space("RGBA", "U8", SRGB)


def load_style(path: str, longest: int) -> Any:
    """A picture file as an image whose long side is at most ``longest``.

    Raises:
        Refusal: it is no picture, damaged, too small or too large.
    """
    file, name = Path(path), Path(path).name
    if not path:
        raise Refusal(
            tr(
                "Choose a style first: a picture of the painting to imitate.",
            )
        )
    if not file.is_file():
        raise Refusal(
            tr(
                "“{name}” is not there any more. Choose another style.",
                name=name,
            )
        )
    reader = QtGui.QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if not reader.canRead():
        raise Refusal(
            tr(
                "“{name}” is not a picture. Choose a PNG or JPEG file as the style.",
                name=name,
            )
        )
    width, height = reader.size().width(), reader.size().height()
    if width * height > MOST_PIXELS:
        raise Refusal(
            tr(
                "“{name}” has {width} × {height} pixels, too many for a style. Save a "
                "smaller copy of it and choose that.",
                name=name,
                width=width,
                height=height,
            )
        )
    if width > 0 and height > 0:
        reader.setScaledSize(QtCore.QSize(*_fit(width, height, longest)))
    image = reader.read()
    if image.isNull() or _is_cut_off(file, bytes(reader.format())):
        raise Refusal(
            tr(
                "“{name}” is damaged or incomplete. Choose another style.",
                name=name,
            )
        )
    if max(width, height, image.width(), image.height()) < SMALLEST_SIDE:
        raise Refusal(
            tr(
                "“{name}” has only {width} × {height} pixels. A style needs a side of "
                "at least {least}.",
                name=name,
                width=image.width(),
                height=image.height(),
                least=SMALLEST_SIDE,
            )
        )
    return _shrunk(image, longest).convertToFormat(BGRA)


def style_plane(image: Any, profile: str = "") -> tuple[Plane, Buffer]:
    """An image of sRGB colours as a style plane, in the colours of the content's profile.

    Where the content has other primaries than sRGB, the style is converted to them and gets 16
    bits, since the content's profile may be linear.
    """
    data, size = bytes_of(image.convertToFormat(BGRA)), (image.width(), image.height())
    if has_primaries_of_srgb(profile):
        return describe("style", *size, "BGRA", "u8", data), data
    return _plane(data, size, _EIGHT_BIT, Space("RGBA", "U16", profile))


def read_style(target: Target, profile: str = "") -> tuple[Plane, Buffer]:
    """A layer, a group or a document as a style plane, in the colours of the content's profile.

    Raises:
        Refusal: it is gone, or holds nothing that can be used.
    """
    source = read(target, selection_only=False)
    if max(source.width, source.height) < SMALLEST_SIDE:
        raise Refusal(
            tr(
                "“{name}” has only {width} × {height} pixels. A style needs a side of "
                "at least {least}.",
                name=target.name,
                width=source.width,
                height=source.height,
                least=SMALLEST_SIDE,
            )
        )
    travel = source.place.travel
    alike = has_primaries_of_srgb(profile) and has_primaries_of_srgb(travel.profile)
    wanted = travel if alike else travel.in_rgb(profile or SRGB)
    return _plane(source.pixels, source.place.size, travel, wanted)


def _plane(
    pixels: Buffer, size: tuple[int, int], source: Space, target: Space
) -> tuple[Plane, Buffer]:
    data = converted(pixels, size, source, target)
    plane = describe("style", *size, target.layout, target.dtype, data, profile=target.profile)
    return plane, data


def _is_cut_off(file: Path, format_name: bytes) -> bool:
    """Whether a JPEG lacks its end marker: Qt would fill the missing rows with grey."""
    if format_name != b"jpeg":
        return False
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 65_536))
        return b"\xff\xd9" not in stream.read()


def _shrunk(image: Any, longest: int) -> Any:
    width, height = _fit(image.width(), image.height(), longest)
    if width == image.width():
        return image
    return image.scaled(
        width,
        height,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _fit(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size with the same proportions whose long side is ``longest``, if it is larger now."""
    if max(width, height) <= longest:
        return width, height
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
