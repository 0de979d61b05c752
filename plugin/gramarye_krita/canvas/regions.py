"""Masks and layers that say where a style goes, as planes of the size of the content."""

from __future__ import annotations

from enum import Enum

from gramarye_protocol import Plane, describe

from ..errors import Refusal
from ..translate import tr
from .reading import samples_of
from .samples import Buffer, alpha_of, is_clear
from .scratch import converted, laid, scratch
from .source import Place
from .spaces import SRGB, Space, space_of
from .targets import DOCUMENT, MASK, Target

_INVERTED = bytes(range(255, -1, -1))
_GREY = Space("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc")
_EIGHT_BIT = Space("RGBA", "U8", SRGB)


class MarksNothing(Refusal):
    """A mask or layer that says of no pixel of the place that the style goes there."""


class By(Enum):
    """What of a layer says where the style goes. A mask has only one thing to say."""

    ALPHA = "alpha"
    LIGHTNESS = "lightness"


def read_region(
    target: Target, place: Place, by: By = By.ALPHA, *, inverted: bool = False
) -> tuple[Plane, bytes]:
    """A region plane (grey integers) of the place's box: white is where the style goes.

    Raises:
        MarksNothing: it says nowhere.
        Refusal: it is gone, cannot be read, or its picture is not as large as the place's.
    """
    target.node()
    check_same_size((target.document.width(), target.document.height()), place, target.name)
    if target.kind == MASK:
        grey, dtype = bytes(target.node().pixelData(*place.box)), "u8"
        if len(grey) != place.width * place.height:
            raise Refusal(
                tr(
                    "The mask “{name}” could not be read. Choose a layer instead.",
                    name=target.name,
                )
            )
    else:
        grey, dtype = _grey_of(target, place, by)
    if inverted:  # each byte's complement is also that of a 16-bit integer
        grey = grey.translate(_INVERTED)
    if is_clear(grey):
        raise MarksNothing(
            tr(
                "“{name}” marks nothing of “{place}”. Paint on it where the style "
                "shall go, or choose another one.",
                name=target.name,
                place=place.name,
            )
        )
    return describe("region", *place.size, "GRAY", dtype, grey), grey


def check_same_size(size: tuple[int, int], place: Place, name: str) -> None:
    """Refuse what marks a picture of another size than the place's: it would mark anything."""
    wanted = place.document.width(), place.document.height()
    if size != wanted:
        raise Refusal(
            tr(
                "“{name}” is of a picture of {width} × {height} pixels, and this one has "
                "{wanted_width} × {wanted_height}. Choose a mask or a layer of this picture.",
                name=name,
                width=size[0],
                height=size[1],
                wanted_width=wanted[0],
                wanted_height=wanted[1],
            )
        )


def _grey_of(target: Target, place: Place, by: By) -> tuple[bytes, str]:
    """A layer's alpha, or the lightness of what is visible of it, as grey and its sample type."""
    node = target.node()
    space = space_of(target.document if target.kind == DOCUMENT else node)
    samples = samples_of(target, node, place.box, space)
    if by is By.LIGHTNESS:
        return _over_black(samples, space, place.size), "u8"
    if space.depth not in ("U8", "U16"):
        samples, space = converted(samples, place.size, space, _EIGHT_BIT), _EIGHT_BIT
    return alpha_of(samples, space), space.dtype


def _over_black(samples: Buffer, space: Space, size: tuple[int, int]) -> bytes:
    """Pixels as 8-bit grey over a black ground."""
    box = (0, 0, *size)
    with scratch(_GREY, *size) as document:
        root = document.rootNode()
        laid(document, root, b"\x00\xff" * (size[0] * size[1]), _GREY, box)
        laid(document, root, samples, space, box)
        document.refreshProjection()
        document.waitForDone()
        return bytes(document.pixelData(*box))[0::2]
