"""A bar in Krita's own status line while jobs run, so that the dialog need not be open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..logic.batch import Batch, overall
from ..qt import Qt, QtCore, QtWidgets
from ..translate import tr

_PER_MILLE = 1000


class StatusLine(QtWidgets.QProgressBar):
    """How far all jobs are; a click opens the dialog."""

    clicked = QtCore.pyqtSignal()

    def __init__(self, main: Any) -> None:
        super().__init__()
        self.setObjectName("gramarye_status")
        self.setRange(0, _PER_MILLE)
        self.setFormat(tr("Style Transfer %p %"))
        self.setToolTip(tr("How far the style transfer is; click to see more"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedWidth(22 * self.fontMetrics().averageCharWidth())
        main.statusBar().addPermanentWidget(self)
        self.hide()

    def show_batches(self, batches: Sequence[Batch]) -> None:
        """Show these; none: the bar goes."""
        self.setUpdatesEnabled(False)  # or Qt would draw all of Krita's window, canvas too, at once
        self.setValue(round(_PER_MILLE * overall(batches)))
        self.setUpdatesEnabled(True)
        self.setVisible(bool(batches))

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """A click asks for the dialog."""
        if self.rect().contains(event.pos()):
            self.clicked.emit()
