"""Recipes kept with the document: an annotation for each result, named after its layer's own id.

Krita has no store for each layer. Annotations and the layers' ids both survive saving as .kra, and
a saved document may come from anybody, so what is read is checked.
"""

from __future__ import annotations

import json
from typing import Any

from ..qt import QtCore
from .targets import Target, of_node, walk

PREFIX = "gramarye/recipe/"
MAX_BYTES = 1 << 17
_DESCRIPTION = "How a layer was painted by Gramarye"


def remember(document: Any, node_id: Any, recipe: dict[str, Any]) -> None:
    """Keep a recipe with a layer; it is saved with the document.

    Raises:
        ValueError: it is larger than what would be read again.
    """
    data = json.dumps(recipe, separators=(",", ":"), sort_keys=True).encode()
    if len(data) > MAX_BYTES:
        raise ValueError(f"a recipe of {len(data)} bytes; at most {MAX_BYTES} are kept")
    document.setAnnotation(_key(node_id), _DESCRIPTION, QtCore.QByteArray(data))


def recall(document: Any, node_id: Any) -> dict[str, Any] | None:
    """A layer's recipe; ``None`` where there is none, or none that can be read."""
    key = _key(node_id)
    if key not in document.annotationTypes():
        return None
    data = bytes(document.annotation(key))
    if len(data) > MAX_BYTES:
        return None
    try:
        recipe = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return recipe if isinstance(recipe, dict) else None


def forget(document: Any, node_id: Any) -> None:
    """Keep a layer's recipe no longer."""
    document.removeAnnotation(_key(node_id))


def listed(document: Any) -> list[tuple[Target, dict[str, Any]]]:
    """The document's layers that have a recipe, topmost first. Deleted layers are left out."""
    kept = set(document.annotationTypes())
    nodes = [node for node in walk(document.rootNode()) if _key(node.uniqueId()) in kept]
    found = [(of_node(document, n), recall(document, n.uniqueId())) for n in reversed(nodes)]
    return [(target, recipe) for target, recipe in found if recipe is not None]


def _key(node_id: Any) -> str:
    return PREFIX + node_id.toString().strip("{}")
