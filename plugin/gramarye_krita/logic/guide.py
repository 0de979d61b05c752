"""What the artist would do next."""

from __future__ import annotations

from ..translate import tr


def next_words(opened: bool, styled: bool, ready: bool) -> str:
    """The next step towards a painting; empty once nothing is missing."""
    if not opened:
        return tr("Open a picture, or make a new one: there is nothing to paint yet.")
    if not styled:
        return tr("Choose a style: click a picture in the gallery, or drop one anywhere here.")
    if not ready:
        return tr("Nobody computes yet: the daemon has to be there before you can apply.")
    return ""
