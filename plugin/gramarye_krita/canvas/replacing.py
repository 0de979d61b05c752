"""A layer that stands in for the artist's own: it differs where the result is, and nowhere else."""

from __future__ import annotations

from typing import Any

from .building import Painting, blended, painted
from .reading import is_plain, seen
from .scratch import Box, laid, put
from .spaces import space_of
from .targets import Target


def replacement(document: Any, old: Any, painting: Painting) -> Any:
    """A layer of a scratch document that is ``old`` but for the result.

    A plain paint layer is copied, with what of it lies beyond the canvas, its other keyframes, its
    style and its blending. Of any other layer what is seen is copied, and its blending.
    """
    place = painting.place
    target = Target(place.document, place.node_id, place.name, place.kind)
    samples = painted(document, painting)
    if place.selection is not None:
        below = seen(target, old, place.box, place.space)
        samples = blended(document, below, samples, place)
    if is_plain(old) and space_of(old) == place.space:
        node = old.clone()
        node.setVisible(True)
        node.setName(painting.name)
        document.rootNode().addChildNode(node, None)
        if old.animated():
            show(document, place.document.currentTime() if place.frame is None else place.frame)
        put(node, samples, place.box)
        return node
    box = _bounds(old)
    below = seen(target, old, box, place.space)
    node = laid(
        document,
        document.rootNode(),
        below,
        place.space,
        box,
        name=painting.name,
        opacity=old.opacity(),
        blending=old.blendingMode(),
    )
    put(node, samples, place.box)
    return node


def show(document: Any, time: int) -> None:
    """Go to a time in a scratch document, so that what is put lands in its keyframe."""
    document.setCurrentTime(time)
    document.waitForDone()


def _bounds(node: Any) -> Box:
    area = node.bounds()
    return (area.x(), area.y(), area.width(), area.height())
