"""The artist's selection: where it is, and how much of each pixel it holds."""

from __future__ import annotations

from typing import Any

from ..errors import Refusal
from ..translate import tr
from .samples import is_clear
from .scratch import Box


def selected_box(document: Any) -> Box | None:
    """The box around the selection; ``None`` where nothing is selected."""
    selection = document.selection()
    if selection is None or selection.width() <= 0 or selection.height() <= 0:
        return None
    return (selection.x(), selection.y(), selection.width(), selection.height())


def coverage(document: Any, box: Box, name: str) -> bytes | None:
    """How far each pixel of the box is selected, 0 to 255; ``None``: all of them wholly.

    Raises:
        Refusal: there is a selection, and none of it in the box.
    """
    selection = document.selection()
    if selection is None:
        return None
    covered = bytes(selection.pixelData(*box))
    if is_clear(covered):
        raise Refusal(
            tr(
                "Nothing of “{name}” is selected. Select a part of it, or Select ▸ Deselect.",
                name=name,
            )
        )
    return None if covered.count(255) == len(covered) else covered
