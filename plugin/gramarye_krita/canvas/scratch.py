"""Hidden documents in which layers are made and pixels converted.

In the artist's own document any of it would land in the undo stack, or change pixels without one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

from gramarye_protocol.profiles import is_linear

from ..errors import Refusal
from ..host import application
from ..qt import QtCore
from ..translate import tr
from .samples import Buffer, alpha_of, with_alpha
from .spaces import SRGB, Space, space_of

Box = tuple[int, int, int, int]
"""x, y, width and height in pixels of the canvas."""

_NEAR = 0.1
"""How far mid-grey may be from sRGB's for its curve to count as even to the eye; gamma 1.8 is."""

_SAME = 1 / 128
_BAND_BYTES = 1 << 22
_SRGB_LINEAR = "sRGB-elle-V2-g10.icc"


@contextmanager
def scratch(space: Space, width: int = 1, height: int = 1) -> Iterator[Any]:
    """A hidden document that is closed again whatever happens."""
    document = application().createDocument(
        width, height, "Gramarye", space.model, space.depth, space.profile, 72.0
    )
    document.setBatchmode(True)
    try:
        yield document
    finally:
        document.setModified(False)
        document.close()


def laid(
    document: Any,
    parent: Any,
    pixels: Buffer,
    space: Space,
    box: Box,
    *,
    name: str = "",
    opacity: int = 255,
    blending: str = "normal",
) -> Any:
    """A new paint layer in a scratch document, above the others in ``parent``.

    Krita stumbles over a change of these properties right after the layer was added.
    """
    node = document.createNode(name, "paintlayer")
    node.setOpacity(opacity)
    node.setBlendingMode(blending)
    parent.addChildNode(node, None)
    if space_of(node) != space:
        node.setColorSpace(space.model, space.depth, space.profile)
    put(node, pixels, box)
    return node


def put(node: Any, pixels: Buffer, box: Box) -> None:
    """Overwrite pixels of a layer in a scratch document.

    Raises:
        Refusal: they are not as many as the box has, which Krita before 5.3 would take all the
            same; or Krita did not take them.
    """
    pixel = space_of(node).pixel_bytes
    expected = pixel * box[2] * box[3]
    if len(pixels) != expected:
        raise Refusal(
            tr(
                "{came} bytes of pixels came where {needed} were needed. Update the "
                "older of the plugin and the daemon.",
                came=len(pixels),
                needed=expected,
            )
        )
    for x, y, width, height in _bands(box, pixel):
        begin = (y - box[1]) * width * pixel
        band = pixels[begin : begin + height * width * pixel]
        taken = node.setPixelData(QtCore.QByteArray(band), x, y, width, height)
        if taken is False:  # nothing is said before 5.3
            raise Refusal(
                tr(
                    "Krita did not take the pixels of the result. Save your work, restart "
                    "Krita and try again."
                )
            )


def gathered(take: Callable[[int, int, int, int], Any], box: Box, pixel_bytes: int) -> bytearray:
    """The bytes that ``take`` gives for a box; band by band, for Krita's are copied."""
    samples = bytearray()
    for band in _bands(box, pixel_bytes):
        samples += memoryview(take(*band))
    return samples


def _bands(box: Box, pixel_bytes: int) -> Iterator[Box]:
    """The box in parts of whole rows, each small enough to stay in the processor's cache."""
    x, y, width, height = box
    rows = max(1, _BAND_BYTES // max(1, width * pixel_bytes))
    for row in range(0, height, rows):
        yield x, y + row, width, min(rows, height - row)


def converted(pixels: Buffer, size: tuple[int, int], source: Space, target: Space) -> Buffer:
    """Pixels of one space as those of another, by Krita's own conversion.

    Kritas from 5.2 on turn inks in 32-bit float into wrong colours in 32-bit float (by up to a
    quarter of the range), and into right ones in 16 bits. The alpha keeps its 32 bits.
    """
    if source == target:
        return pixels
    box = (0, 0, *size)
    by_16_bit = source.model == "CMYKA" and source.depth == target.depth == "F32"
    with scratch(source) as document:
        node = laid(document, document.rootNode(), pixels, source, box)
        if by_16_bit:
            recolour(node, replace(target, depth="U16"))
        recolour(node, target)
        result = gathered(node.pixelData, box, target.pixel_bytes)
    return with_alpha(result, alpha_of(pixels, source), target) if by_16_bit else result


def recolour(node: Any, space: Space) -> None:
    """Convert a layer of a scratch document.

    Raises:
        Refusal: Krita has no such space, which is so where its profile is not installed.
    """
    node.setColorSpace(space.model, space.depth, space.profile)
    if space_of(node) != space:
        raise Refusal(
            tr(
                "Krita cannot convert to {space} with the profile “{profile}”. Convert "
                "a copy of the picture with Image ▸ Convert Image Color Space…, and try"
                " there.",
                space=space.words,
                profile=space.profile,
            )
        )


def travelling(space: Space) -> Space:
    """The space in which pixels of this one go to the daemon: RGB, of the same depth.

    RGB goes as it is where its numbers are even to the eye, or linear in a way that the daemon
    knows. Everything else is converted to sRGB.
    """
    if space.model == "RGBA" and (is_linear(space.profile) or _is_even(space.profile)):
        return space
    return space.in_rgb()


def has_primaries_of_srgb(profile: str) -> bool:
    """Whether colours of this RGB profile and of sRGB differ in their curve at most."""
    return profile in ("", SRGB, _SRGB_LINEAR) or _is_srgb_in_linear_light(profile)


@lru_cache(maxsize=64)
def _is_even(profile: str) -> bool:
    """No interface of Krita gives a profile's curve: mid-grey is converted and looked at."""
    if profile == SRGB:
        return True
    grey = _seen((0.5, 0.5, 0.5, 1.0), profile, SRGB)
    return all(abs(sample - 0.5) < _NEAR for sample in grey[:3])


@lru_cache(maxsize=64)
def _is_srgb_in_linear_light(profile: str) -> bool:
    """Whether pure red, green and blue are pure in sRGB too."""
    pure = (1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0)
    seen = _seen(pure, profile, _SRGB_LINEAR)
    return all(abs(one - other) < _SAME for one, other in zip(seen, pure, strict=True))


def _seen(samples: tuple[float, ...], profile: str, target: str) -> tuple[float, ...]:
    """R, G, B, A samples of one profile in another."""
    kind = struct.Struct(f"<{len(samples)}f")
    size = (len(samples) // 4, 1)
    spaces = (Space("RGBA", "F32", profile), Space("RGBA", "F32", target))
    return kind.unpack(converted(kind.pack(*samples), size, *spaces))
