"""The one undo step: a layer that stands in a scratch document becomes one of the artist's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Refusal
from ..translate import tr
from .nodes import children
from .source import Place
from .targets import DOCUMENT, find, is_open, walk


@dataclass(frozen=True)
class Spot:
    """Where in a document: below ``parent``, right above ``above`` (``None``: at the bottom).

    ``note`` is a sentence on what had changed meanwhile, or empty.
    """

    document: Any
    parent: Any
    above: Any
    note: str = ""


class DocumentClosed(Refusal):
    """The document was closed meanwhile: the result can be inserted once it is open again."""


@dataclass(frozen=True)
class Written:
    """A layer that was added. ``note`` is a sentence on what had changed meanwhile, or empty."""

    document: Any
    node_id: Any
    note: str = ""


def check_open(document: Any) -> None:
    """Refuse a document that was closed."""
    if not is_open(document):
        raise DocumentClosed(
            tr(
                "The picture was closed meanwhile, so the result was not added.",
            )
        )


def place_above(place: Place) -> Spot:
    """Right above the place's layer; above all where that is gone, or the document was painted."""
    root = place.document.rootNode()
    if place.kind == DOCUMENT:
        return Spot(place.document, root, _topmost(root))
    node = find(place.document, place.node_id)
    if node is None:
        note = tr(
            "“{name}” was deleted meanwhile, so the result is the topmost layer.", name=place.name
        )
        return Spot(place.document, root, _topmost(root), note)
    return Spot(place.document, node.parentNode(), node)


def add(node: Any, spot: Spot) -> Written:
    """Add a clone of a scratch document's layer."""
    clone = node.clone()
    spot.parent.addChildNode(clone, spot.above)
    return Written(spot.document, clone.uniqueId(), spot.note)


def height_of(place: Place) -> int:
    """Where the place's layer stands among all of them; above all where it is gone."""
    for height, node in enumerate(walk(place.document.rootNode())):
        if node.uniqueId() == place.node_id:
            return height
    return 1 << 30


def _topmost(root: Any) -> Any:
    layers = children(root)
    return layers[-1] if layers else None
