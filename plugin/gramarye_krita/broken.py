"""The menu entry of a plugin that cannot be loaded: it says why, where Krita greys a line out.

Written for any Python 3 and importing nothing of the rest, which may be what is broken.
"""

from __future__ import annotations

import sys

from .host import Extension, application

OLDEST = (3, 10)


class BrokenExtension(Extension):
    """One entry, Filter ▸ Style Transfer…, that shows a sentence."""

    def __init__(self, parent, sentence):
        super().__init__(parent)
        self._sentence = sentence

    def setup(self):
        """Krita calls it."""

    def createActions(self, window):  # noqa: N802 - Krita's name
        """Called for each window."""
        from .qt import QtWidgets

        action = window.createAction("gramarye_style_transfer", "Style Transfer…", "filter")
        action.setToolTip(self._sentence)
        main = window.qwindow()
        action.triggered.connect(
            lambda *_: QtWidgets.QMessageBox.warning(main, "Style Transfer", self._sentence)
        )


def words(error: Exception) -> str:
    """What to do about it."""
    if sys.version_info < OLDEST:
        have, need = (".".join(map(str, one[:2])) for one in (sys.version_info, OLDEST))
        return (
            f"Gramarye needs Python {need}, and this Krita has {have}. Install a newer Krita: "
            "5.2 has it."
        )
    return (
        f"Gramarye's plugin cannot be loaded ({type(error).__name__}: {error}). Import its zip "
        "again, or run “gramarye krita install” in a terminal. Then restart Krita."
    )


def register(error: Exception) -> None:
    """Add the entry to the running Krita."""
    application().addExtension(BrokenExtension(application(), words(error)))
