"""The keyframes of a layer."""

from __future__ import annotations

from typing import Any

from ..errors import Refusal
from ..translate import tr
from .targets import LAYERS, Target, of_node, walk


def clip(document: Any) -> tuple[int, int, int]:
    """The first and last time of the animation, and the one that is shown now."""
    first, last = document.fullClipRangeStartTime(), document.fullClipRangeEndTime()
    return first, last, document.currentTime()


def frames(target: Target) -> list[int]:
    """The times within the animation at which a layer, or anything in it, has a keyframe."""
    node = target.node()
    if target.node_id is None:
        return []
    moving = [one for one in (node, *walk(node)) if one.animated()]
    first, last, _ = clip(target.document)
    times = range(first, last + 1)
    return [time for time in times if any(one.hasKeyframeAtTime(time) for one in moving)]


def keys_of_active(document: Any) -> list[int]:
    """The keyframes of a document's active layer, or of what is in it; none without a document."""
    active = document.activeNode() if document is not None else None
    if active is None or active.type() not in LAYERS:
        return []
    return frames(of_node(document, active))


def key_at(target: Target, node: Any, time: int) -> int:
    """The keyframe that is seen at this time.

    Raises:
        Refusal: the layer has none.
    """
    if node.animated():
        for key in range(time, -1, -1):
            if node.hasKeyframeAtTime(key):
                return key
    raise Refusal(
        tr(
            "“{name}” has no keyframe at {time}. Choose a layer with keyframes, or "
            "paint from the current frame.",
            name=target.name,
            time=time,
        )
    )
