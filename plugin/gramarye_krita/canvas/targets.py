"""What can be painted from: layers and documents by name, found again whenever they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..errors import Refusal
from ..host import application
from ..translate import tr
from .nodes import children, selected_nodes

LAYERS = (
    "paintlayer",
    "grouplayer",
    "vectorlayer",
    "filelayer",
    "clonelayer",
    "filllayer",
    "filterlayer",
)
"""Krita's names of the layers that have pixels, their own or by projection."""

MASK = "transparencymask"
DOCUMENT = "document"


class Input(Enum):
    """What of the document the artist wants painted."""

    ACTIVE = "active"
    SELECTED = "selected"
    GROUP = "group"
    VISIBLE = "visible"


@dataclass(frozen=True)
class Target:
    """A layer, a mask, or (``node_id`` is ``None``) a document as it is seen."""

    document: Any
    node_id: Any
    name: str
    kind: str

    def node(self) -> Any:
        """The layer as it is now.

        Raises:
            Refusal: it is gone, or its document is.
        """
        if not is_open(self.document):
            raise Refusal(
                tr(
                    "The picture with “{name}” was closed. Open it again.",
                    name=self.name,
                )
            )
        if self.node_id is None:
            return self.document.rootNode()
        node = find(self.document, self.node_id)
        if node is None:
            raise Refusal(
                tr(
                    "“{name}” was deleted. Choose another layer.",
                    name=self.name,
                )
            )
        return node


def is_open(document: Any) -> bool:
    """Whether this document is still open in Krita: a closed one has no width."""
    return document is not None and document.width() > 0


def find(document: Any, node_id: Any) -> Any:
    """The node with this id, or ``None``."""
    return next((n for n in walk(document.rootNode()) if n.uniqueId() == node_id), None)


def walk(node: Any) -> Iterator[Any]:
    """Every node below this one, masks included, the lowest first."""
    for child in children(node):
        yield from walk(child)
        yield child


def targets(what: Input, document: Any, view: Any = None) -> list[Target]:
    """What the artist's choice means now, the lowest first. No pixels are read.

    Raises:
        Refusal: no document, no layer, or none of the kind.
    """
    if not is_open(document):
        raise Refusal(
            tr(
                "Open a picture and choose a layer first.",
            )
        )
    if what is Input.VISIBLE:
        return [whole(document)]
    active = document.activeNode()
    if active is None:
        raise Refusal(
            tr(
                "Open a picture and choose a layer first.",
            )
        )
    if what is Input.GROUP:
        return [_group_around(document, active)]
    if what is Input.SELECTED and view is not None:
        return _selected(document, view) or [of_node(document, active)]
    return [of_node(document, active)]


def styles(but: Target | None = None) -> list[Target]:
    """Every layer of every open document, topmost first, after its document as a whole."""
    found: list[Target] = []
    for document in application().documents():
        found.append(whole(document))
        layers = [n for n in walk(document.rootNode()) if n.type() in LAYERS]
        found += [of_node(document, node) for node in reversed(layers)]
    return [
        one for one in found if but is None or one.node_id != but.node_id or but.node_id is None
    ]


def region_masks(document: Any) -> list[Target]:
    """Transparency masks and layers that can say where a style goes, topmost first."""
    nodes = [n for n in walk(document.rootNode()) if n.type() in (MASK, *LAYERS)]
    return [of_node(document, node) for node in reversed(nodes)]


def whole(document: Any) -> Target:
    """A document as it is seen."""
    return Target(document, None, document_name(document), DOCUMENT)


def of_node(document: Any, node: Any) -> Target:
    """A node by its id."""
    return Target(document, node.uniqueId(), node.name(), node.type())


def document_name(document: Any) -> str:
    """What Krita shows in the title: the file's name, or the document's own."""
    path = document.fileName()
    return path.replace("\\", "/").rsplit("/", 1)[-1] if path else document.name()


def _group_around(document: Any, node: Any) -> Target:
    root = document.rootNode().uniqueId()
    while node is not None and node.type() != "grouplayer":
        node = node.parentNode()
    if node is None or node.uniqueId() == root:
        raise Refusal(
            tr(
                "The active layer is in no group. Choose a group, or a layer in one, or"
                " paint from what is visible.",
            )
        )
    return of_node(document, node)


def _selected(document: Any, view: Any) -> list[Target]:
    """The layers selected in the docker, in the order of the stack, without their masks."""
    chosen = [node.uniqueId() for node in selected_nodes(view)]
    nodes = [node for node in walk(document.rootNode()) if node.uniqueId() in chosen]
    return [of_node(document, node) for node in nodes if node.type() in LAYERS]
