"""When an entry of the menu cannot be used, and why."""

from __future__ import annotations

from ..translate import tr


def closed_words(documents: int) -> str:
    """Why nothing can be painted; empty if something can."""
    if documents:
        return ""
    return tr("Open a picture first: Style Transfer paints its layers.")


def repeat_words(documents: int, used: bool) -> str:
    """Why the last style cannot be repeated; empty if it can."""
    if closed := closed_words(documents):
        return closed
    if used:
        return ""
    return tr(
        "There is no style to repeat yet: choose one under Filter ▸ Style Transfer ▸ Style "
        "Transfer… and press Apply."
    )
