"""Reading layers of every kind and colour space, at their own resolution and depth.

A large layer is not scaled here to what the daemon computes at: Qt scales no CMYK and no float,
Krita's own scaling holds the window up for longer than the larger plane takes to send, and the
daemon scales in float.
"""

from __future__ import annotations

from typing import Any

from ..errors import Refusal
from ..qt import Qt, QtCore
from ..translate import tr
from .frames import key_at
from .nodes import children
from .samples import Buffer, alpha_of, is_clear
from .scratch import Box, converted, gathered, scratch, travelling
from .selection import coverage, selected_box
from .source import Place, Source
from .spaces import CHANNELS, DTYPES, Space, space_of
from .targets import DOCUMENT, LAYERS, Target

__all__ = [
    "Place", "Source", "extent", "is_plain", "read", "samples_of", "seen", "thumbnail",
]  # fmt: skip

_REDRAWN = ("grouplayer", "vectorlayer", "paintlayer")
"""Layers that can be seen on their own; what a filter or a clone shows depends on other layers."""


def read(
    target: Target,
    *,
    selection_only: bool = True,
    box: Box | None = None,
    frame: int | None = None,
) -> Source:
    """The target's pixels as far as they lie on the canvas, in the selection and in ``box``.

    Args:
        selection_only: stay within the selection where there is one.
        box: only this part, for a preview.
        frame: a time of the animation, whatever time is shown now.

    Raises:
        Refusal: it is gone, or holds nothing that can be used.
    """
    node, document = target.node(), target.document
    document.waitForDone()  # a brush stroke that is still being painted
    area = extent(target, selection_only=selection_only, box=box, frame=frame)
    space = _checked(space_of(document if target.kind == DOCUMENT else node))
    travel = travelling(space)
    raw = samples_of(target, node, area, space, frame)
    pixels = converted(raw, area[2:], space, travel)
    alpha = alpha_of(pixels, travel)
    if is_clear(alpha):
        raise _nothing_to_see(target.name)
    kept = space if target.kind == "paintlayer" else space_of(document)
    selection = coverage(document, area, target.name) if selection_only else None
    named = (document, target.node_id, target.name, target.kind)
    return Source(Place(*named, kept, travel, *area, alpha, selection, frame), pixels)


def extent(
    target: Target,
    *,
    selection_only: bool = True,
    box: Box | None = None,
    frame: int | None = None,
) -> Box:
    """The box that :func:`read` would read. No pixels are looked at, so of another frame than the
    one that is shown it is not known where they are.

    Raises:
        Refusal: it is gone, it has no pixels, or none of them are there.
    """
    node, document = target.node(), target.document
    if target.kind not in (DOCUMENT, *LAYERS):
        raise Refusal(
            tr(
                "“{name}” is a mask. Choose a layer with pixels.",
                name=target.name,
            )
        )
    area = QtCore.QRect(0, 0, document.width(), document.height())
    if target.kind != DOCUMENT and frame is None:
        area = area.intersected(node.bounds())
    if area.isEmpty():
        raise _nothing_to_see(target.name)
    selected = selected_box(document) if selection_only else None
    if selected is not None:
        area = area.intersected(QtCore.QRect(*selected))
        if area.isEmpty():
            raise Refusal(
                tr(
                    "Nothing of “{name}” is selected. Select a part of it, or Select ▸ Deselect.",
                    name=target.name,
                )
            )
    if box is not None:
        area = area.intersected(QtCore.QRect(*box))
        if area.isEmpty():
            raise _nothing_to_see(target.name)
    return (area.x(), area.y(), area.width(), area.height())


def samples_of(
    target: Target, node: Any, box: Box, space: Space, frame: int | None = None
) -> bytearray:
    """Samples of the space that the node itself has.

    Raises:
        Refusal: Krita gives none, or other ones than it said.
    """
    samples = _ask(target, node, box, space.pixel_bytes, frame)
    if len(samples) != box[2] * box[3] * space.pixel_bytes:
        raise Refusal(
            tr(
                "“{name}” could not be read. Flatten a copy of it and try that.",
                name=target.name,
            )
        )
    return samples


def seen(target: Target, node: Any, box: Box, space: Space) -> Buffer:
    """What is seen of a layer now, its opacity left aside, as samples of ``space``."""
    own = space_of(node)
    return converted(samples_of(target, node, box, own), box[2:], own, space)


def is_plain(node: Any) -> bool:
    """Whether a layer's own pixels are what is seen of it."""
    return node.type() == "paintlayer" and not children(node)


def thumbnail(target: Target, side: int) -> Any:
    """A picture of a layer or a document whose long side is at most ``side``.

    Raises:
        Refusal: it is gone.
    """
    node = target.node()
    shown = target.document if target.kind == DOCUMENT else node
    return shown.thumbnail(side, side).scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _ask(target: Target, node: Any, box: Box, pixel_bytes: int, frame: int | None) -> bytearray:
    """A plain layer's own pixels; otherwise what its masks, its children or its filter make."""
    if target.kind == DOCUMENT:
        if frame is not None:
            raise Refusal(
                tr(
                    "Only layers are read frame by frame. Choose a layer or a group.",
                )
            )
        return gathered(target.document.pixelData, box, pixel_bytes)
    if is_plain(node):
        if frame is None:
            return gathered(node.pixelData, box, pixel_bytes)
        key = key_at(target, node, frame)
        return gathered(lambda *band: node.pixelDataAtTime(*band, key), box, pixel_bytes)
    if frame is None and _is_shown(node):
        return gathered(node.projectionPixelData, box, pixel_bytes)
    return _redrawn(target, node, box, pixel_bytes, frame)


def _is_shown(node: Any) -> bool:
    while node is not None:
        if not node.visible():
            return False
        node = node.parentNode()
    return True


def _redrawn(target: Target, node: Any, box: Box, pixel_bytes: int, frame: int | None) -> bytearray:
    """The projection of a layer that is hidden, which Krita does not keep up to date, or that of
    another time: drawn by a copy, since to show another time is a step of the artist's undo."""
    if node.type() not in _REDRAWN:
        raise Refusal(
            tr(
                "“{name}” is drawn only where it is seen. Show it, or go to its frame.",
                name=target.name,
            )
        )
    document = target.document
    with scratch(space_of(document), document.width(), document.height()) as other:
        copy = node.clone()
        copy.setVisible(True)
        other.rootNode().addChildNode(copy, None)
        other.setCurrentTime(document.currentTime() if frame is None else frame)
        other.refreshProjection()
        other.waitForDone()
        return gathered(copy.projectionPixelData, box, pixel_bytes)


def _checked(space: Space) -> Space:
    if space.model not in CHANNELS or space.depth not in DTYPES:
        raise Refusal(
            tr(
                "Style Transfer does not know the colour space {model} {depth}. Convert"
                " a copy of the picture with Image ▸ Convert Image Color Space…, and "
                "try again there.",
                model=space.model,
                depth=space.depth,
            )
        )
    return space


def _nothing_to_see(name: str) -> Refusal:
    return Refusal(
        tr(
            "“{name}” is empty or fully transparent on the canvas. Paint something "
            "on it, or choose another layer.",
            name=name,
        )
    )
