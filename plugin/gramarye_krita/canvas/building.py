"""From a result of the daemon to samples as the artist's document has them, in a scratch document.

Scaling, blending and conversion are Krita's own, so every depth keeps its precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gramarye_protocol import Plane

from ..errors import Refusal
from ..qt import QtCore
from ..translate import tr
from .samples import Buffer, alpha_of, opaque, veil, with_alpha
from .scratch import gathered, laid, recolour, scratch
from .source import Place
from .spaces import SRGB, Space

_SCALING = "Bicubic"
_VEIL = Space("RGBA", "U8", SRGB)


@dataclass(frozen=True)
class Painting:
    """A result and where it goes; ``name`` is the new layer's.

    ``pixels`` are written over where they are a bytearray.
    """

    place: Place
    name: str
    plane: Plane
    pixels: Buffer


@contextmanager
def bench(place: Place) -> Iterator[Any]:
    """A scratch document in the space that the place's results are written in.

    Krita draws a document within its bounds whenever a layer comes, so it is only as large as the
    place where something has to be drawn: for a selection.
    """
    size = (1, 1) if place.selection is None else place.size
    with scratch(place.space, *size) as document:
        yield document


def painted(document: Any, painting: Painting) -> Buffer:
    """The result's samples in ``place.space`` and of the place's size, whatever is selected.

    Raises:
        Refusal: the result is not laid out as it was asked for.
    """
    place, travel = painting.place, painting.place.travel
    _check(painting.plane, travel)
    pixels: Buffer = painting.pixels
    if (painting.plane.width, painting.plane.height) != place.size:
        pixels = _scaled(document, painting)
    if place.alpha is not None:
        pixels = with_alpha(pixels, place.alpha, travel)
    return _in_space(document, pixels, place, travel, place.space)


def _check(plane: Plane, travel: Space) -> None:
    """A result comes as its content went."""
    if (plane.layout, plane.dtype) != (travel.layout, travel.dtype):
        raise Refusal(
            tr(
                "The daemon returned {layout} {dtype} where {asked_layout} "
                "{asked_dtype} was asked for. Update the older of the plugin and the "
                "daemon.",
                layout=plane.layout,
                dtype=plane.dtype,
                asked_layout=travel.layout,
                asked_dtype=travel.dtype,
            )
        )


def _in_space(document: Any, pixels: Buffer, place: Place, source: Space, target: Space) -> Buffer:
    if source == target:
        return pixels
    box = (0, 0, *place.size)
    node = laid(document, document.rootNode(), pixels, source, box)
    recolour(node, target)
    return gathered(node.pixelData, box, target.pixel_bytes)


def selected(document: Any, samples: Buffer, place: Place) -> Buffer:
    """The samples with the selection's share of their alpha."""
    if place.selection is None:
        return samples
    group = _veiled(document, document.rootNode(), samples, place)
    return _flattened(document, group, place)


def blended(document: Any, below: Buffer, above: Buffer, place: Place) -> Buffer:
    """``above`` where it is selected, ``below`` elsewhere, in between where it is feathered.

    Colours are mixed as if opaque, and the alpha is that of ``below``.
    """
    if place.selection is None:
        return above
    alpha = alpha_of(below, place.space)
    group = document.createGroupLayer("")
    document.rootNode().addChildNode(group, None)
    laid(document, group, opaque(below, place.space), place.space, (0, 0, *place.size))
    _veiled(document, group, opaque(above, place.space), place)
    mixed = _flattened(document, group, place)
    return with_alpha(mixed, alpha, place.space)


def _veiled(document: Any, parent: Any, samples: Buffer, place: Place) -> Any:
    """A group in which only the selection's share of the samples is left."""
    box = (0, 0, *place.size)
    group = document.createGroupLayer("")
    parent.addChildNode(group, None)
    laid(document, group, samples, place.space, box)
    assert place.selection is not None
    laid(document, group, veil(place.selection), _VEIL, box, blending="destination-in")
    return group


def _flattened(document: Any, group: Any, place: Place) -> bytearray:
    document.refreshProjection()
    document.waitForDone()
    box = (0, 0, *place.size)
    return gathered(group.projectionPixelData, box, place.space.pixel_bytes)


def _scaled(document: Any, painting: Painting) -> bytearray:
    """The result at the place's size.

    Where the alpha is put back later, the colours are scaled as if opaque: the result's own alpha
    would darken them at its edge.
    """
    place, plane, space = painting.place, painting.plane, painting.place.travel
    pixels: Buffer = painting.pixels
    if place.alpha is not None:
        pixels = opaque(pixels, space)
    node = laid(document, document.rootNode(), pixels, space, (0, 0, plane.width, plane.height))
    node.scaleNode(QtCore.QPointF(0, 0), *place.size, _SCALING)
    document.waitForDone()
    return gathered(node.pixelData, (0, 0, *place.size), space.pixel_bytes)
