"""Lists of nodes that are let go of again.

libkis makes a handle for each node of a list and deletes none of them, and a handle keeps its layer
in memory, whether it was deleted, undone, or closed with its document. So Python is told that the
handles are its own. (A node that is returned by itself is Python's already.)
"""

from __future__ import annotations

from typing import Any

from ..qt import sip


def children(node: Any) -> list[Any]:
    """The nodes right below this one, masks included, the lowest first."""
    return _owned(node.childNodes())


def selected_nodes(view: Any) -> list[Any]:
    """What is selected in the Layers docker."""
    return _owned(view.selectedNodes())


def _owned(nodes: list[Any]) -> list[Any]:
    for node in nodes:
        sip.transferback(node)
    return nodes
