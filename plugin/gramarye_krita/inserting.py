"""A result whose window, or whose Krita, is long gone becomes a layer where it belongs."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import Finished

from .canvas import recipes, targets, writing
from .canvas.source import Place
from .errors import Refusal
from .host import application
from .logic.diary import Entry
from .qt import QtCore
from .staying import Staying
from .translate import tr


def document_of(entry: Entry) -> Any:
    """The open document that has the job's layer, or else is the same file; or ``None``."""
    open_ones = application().documents()
    node = entry.place.get("node")
    having = [one for one in open_ones if node and targets.find(one, QtCore.QUuid(node))]
    same = [one for one in open_ones if entry.file and one.fileName() == entry.file]
    both = [one for one in same if one in having]  # a copy of the file has the same layers
    return next(iter(both + having + same), None)


def target_of(entry: Entry) -> targets.Target:
    """The layer that a job was for.

    Raises:
        Refusal: its document is not open, or it was deleted.
    """
    document = document_of(entry)
    if document is None:
        raise Refusal(
            tr("Open the picture with “{name}” first; then it can be tried again.", name=entry.name)
        )
    node = entry.place.get("node")
    if not node:
        return targets.whole(document)
    found = targets.find(document, QtCore.QUuid(node))
    if found is None:
        raise Refusal(tr("“{name}” was deleted. Choose another layer.", name=entry.name))
    return targets.of_node(document, found)


def insert(entry: Entry, finished: Finished, made_with: dict[str, Any]) -> str:
    """Add a result above its layer, or as a new document where that is not open; returns a sentence
    on what was done.

    Raises:
        Refusal: it does not fit, or the diary does not say what it was made from.
    """
    document = document_of(entry)
    try:
        place = Place.from_note(document, entry.place)
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(
            tr(
                "It is not recorded any more where this result belongs. Fetch it with: {command}",
                command=f"gramarye fetch {entry.id} -o FILE",
            )
        ) from error
    name = f"{entry.name} – {entry.style}" if entry.style else entry.name
    painting = writing.Painting(place, name, finished.result.plane, finished.pixels)
    if document is None:
        written = writing.write(painting, writing.Output.DOCUMENT)
        words = tr("Its picture is not open, so the result is a new document.")
    else:
        staying = Staying(document)
        written = writing.write(painting, writing.Output.ABOVE)
        staying.keep(written.node_id)
        words = f"{tr('Inserted.')} {written.note}".strip()
    if made_with:
        recipes.remember(written.document, written.node_id, made_with)
    return words
