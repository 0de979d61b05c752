"""Results as the keyframes of one new layer.

Krita lets a plugin write to keyframes and not make any. A copy of the artist's layer has them
already, in a scratch document, where going to a time is nobody's undo step.
"""

from __future__ import annotations

from .adding import Written, add, check_open, place_above
from .building import Painting, bench, blended, painted
from .reading import is_plain, samples_of
from .replacing import show
from .scratch import put
from .spaces import space_of
from .targets import Target, find
from .writing import write_together


def write_frames(paintings: list[Painting], name: str) -> Written:
    """Add results of one layer's frames, as one undo step. ``place.frame`` is each one's time.

    A paint layer with keyframes becomes one layer with the same keyframes, of which those in
    between keep their pictures. Anything else becomes a group with one layer for each frame, and
    the note says so.

    Raises:
        DocumentClosed: so nothing was added.
        Refusal: a result does not fit; none was added.
    """
    first = paintings[0].place
    check_open(first.document)
    node = find(first.document, first.node_id)
    if node is None or not (is_plain(node) and node.animated() and space_of(node) == first.space):
        return _as_group(paintings, name)
    target = Target(first.document, first.node_id, first.name, first.kind)
    with bench(first) as document:
        copy = node.clone()
        copy.setVisible(True)
        copy.setName(name)
        document.rootNode().addChildNode(copy, None)
        for painting in paintings:
            place = painting.place
            assert place.frame is not None
            show(document, place.frame)
            samples = painted(document, painting)
            if place.selection is not None:
                below = samples_of(target, node, place.box, place.space, place.frame)
                samples = blended(document, below, samples, place)
            put(copy, samples, place.box)
        return add(copy, place_above(first))


def _as_group(paintings: list[Painting], name: str) -> Written:
    written = write_together(paintings, name)
    document = written[0].document
    group = find(document, written[0].node_id).parentNode()
    note = (
        "Krita makes no keyframes for plugins, and this layer has none of its own to copy: "
        "the frames are the layers of a group."
    )
    return Written(document, group.uniqueId(), f"{written[0].note} {note}".strip())
