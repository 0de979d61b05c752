"""Putting results into the artist's document, each as one undo step.

A layer is built in a scratch document and its clone added: filling a layer of the artist's own
document would be no undo step at all.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from ..errors import Refusal
from ..host import application
from ..translate import tr
from .adding import DocumentClosed, Written, add, check_open, height_of, place_above
from .building import Painting, bench, painted, selected
from .nodes import children
from .replacing import replacement
from .samples import Buffer
from .scratch import laid, put, scratch
from .targets import find, is_open

__all__ = ["DocumentClosed", "Output", "Painting", "Written", "write", "write_together"]


class Output(Enum):
    """Where a result is put."""

    ABOVE = "above"
    IN_PLACE = "in-place"
    DOCUMENT = "document"


def write(painting: Painting, output: Output = Output.ABOVE) -> Written:
    """Add one result, as one undo step.

    In place means a new layer in the old one's stead, which is hidden. Krita does not count that as
    a step: after an undo the old layer stays hidden, and the artist shows it again.

    Raises:
        DocumentClosed: so nothing was added.
        Refusal: the result does not fit, or the layer may not be replaced.
    """
    if output is Output.DOCUMENT:
        return _as_document(painting)
    place = painting.place
    check_open(place.document)
    if output is Output.IN_PLACE:
        if place.node_id is None:
            raise Refusal(
                tr(
                    "What is visible is no single layer, so it cannot be replaced. Choose "
                    "“new layer” as the output.",
                )
            )
        old = find(place.document, place.node_id)
        if old is not None:
            return _in_place(painting, old)
    with bench(place) as document:
        samples = selected(document, painted(document, painting), place)
        node = laid(
            document, document.rootNode(), samples, place.space, place.box, name=painting.name
        )
        return add(node, place_above(place))


def write_together(paintings: list[Painting], name: str) -> list[Written]:
    """Add results of one document as one group above the topmost of their layers: one undo step.

    Returns what was added for each painting, in their order.

    Raises:
        DocumentClosed: so nothing was added.
        Refusal: a result does not fit; none was added.
    """
    owner = paintings[0].place.document
    check_open(owner)
    order = sorted(range(len(paintings)), key=lambda one: height_of(paintings[one].place))
    top = paintings[order[-1]].place
    with scratch(top.space) as document:
        group = document.createGroupLayer(name)
        document.rootNode().addChildNode(group, None)
        for index in order:
            place = paintings[index].place
            samples = _finished(paintings[index])
            laid(document, group, samples, place.space, place.box, name=paintings[index].name)
        added = add(group, place_above(top))
    layers = children(find(owner, added.node_id))
    written = {
        index: Written(owner, layer.uniqueId(), added.note)
        for index, layer in zip(order, layers, strict=True)
    }
    return [written[index] for index in range(len(paintings))]


def _finished(painting: Painting) -> Buffer:
    with bench(painting.place) as document:
        return selected(document, painted(document, painting), painting.place)


def _in_place(painting: Painting, old: Any) -> Written:
    place = painting.place
    if old.locked():
        raise Refusal(
            tr(
                "“{name}” is locked. Unlock it, or choose “new layer” as the output.",
                name=place.name,
            )
        )
    with bench(place) as document:
        written = add(replacement(document, old, painting), place_above(place))
    old.setVisible(False)
    place.document.refreshProjection()
    return written


def _as_document(painting: Painting) -> Written:
    """A new document of the result's size, shown in the active window."""
    place, space = painting.place, painting.place.space
    samples = _finished(painting)
    resolution = place.document.xRes() if is_open(place.document) else 72.0
    document = application().createDocument(
        *place.size, painting.name, space.model, space.depth, space.profile, resolution
    )
    node = children(document.rootNode())[0]  # its own first layer, so there is nothing to undo
    put(node, samples, (0, 0, *place.size))
    document.refreshProjection()
    document.waitForDone()
    window = application().activeWindow()
    if window is not None:
        window.addView(document)
    document.setModified(True)  # it is saved nowhere yet
    return Written(document, node.uniqueId())
