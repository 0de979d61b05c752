"""The artist's active layer stays active when a result comes, for the brush may be on it."""

from __future__ import annotations

from typing import Any

from .canvas.targets import find, is_open
from .qt import QtCore

SETTLED_MS = 150
"""Krita makes a new layer the active one some time after it was added."""


class Staying:
    """Made before a layer is added; ``keep`` afterwards gives the old one its place back."""

    def __init__(self, document: Any) -> None:
        active = document.activeNode() if is_open(document) else None
        self._document = document
        self._before = active.uniqueId() if active is not None else None

    def keep(self, added: Any) -> None:
        """Unless the artist has moved on to a third layer, or hid the old one by replacing it."""
        QtCore.QTimer.singleShot(SETTLED_MS, lambda: self._restore(added))

    def _restore(self, added: Any) -> None:
        document = self._document
        if self._before is None or not is_open(document):
            return
        active = document.activeNode()
        if active is None or not _is_in(added, active):
            return
        before = find(document, self._before)
        if before is not None and before.visible():
            document.setActiveNode(before)


def _is_in(added: Any, active: Any) -> bool:
    """Whether the active layer is the added one, or lies in it."""
    while active is not None:
        if active.uniqueId() == added:
            return True
        active = active.parentNode()
    return False
