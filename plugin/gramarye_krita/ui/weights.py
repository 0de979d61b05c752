"""The way to a better network: a button, and a bar while it is fetched."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import WeightsReport

from ..logic.weights import arriving_words, get_words, offer_words, why_words
from ..qt import Qt, QtCore, QtWidgets
from ..translate import tr

_STEPS = 1000


class WeightsPane(QtWidgets.QWidget):
    """One line, which is there only where a network is to be had or on its way."""

    fetch_wanted = QtCore.pyqtSignal()
    stop_wanted = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._report: WeightsReport | None = None
        self.get_button = QtWidgets.QPushButton()
        self.get_button.setObjectName("gramarye_get_weights")
        self.get_button.setToolTip(tr("Better strokes: have the daemon fetch a trained network"))
        self.get_button.clicked.connect(lambda *_: self._ask())
        self.bar = QtWidgets.QProgressBar()
        self.bar.setObjectName("gramarye_weights_bar")
        self.bar.setRange(0, _STEPS)
        self.stop_button = QtWidgets.QPushButton(tr("Stop Fetching"))
        self.stop_button.setObjectName("gramarye_stop_weights")
        self.stop_button.setToolTip(tr("What has arrived is kept, and gone on from the next time"))
        self.stop_button.clicked.connect(lambda *_: self.stop_wanted.emit())
        line = QtWidgets.QHBoxLayout(self)
        line.setContentsMargins(20, 0, 0, 0)
        for button in (self.get_button, self.stop_button):
            button.setAutoDefault(False)
        line.addWidget(self.get_button)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop_button)
        line.addStretch(0)
        self.show_report(None)

    def show_report(self, report: WeightsReport | None) -> None:
        """Show how a network stands; ``None``: there is nothing to be had."""
        self._report = report
        coming = report is not None and report.state in ("fetching", "checking")
        if report is not None:
            self.get_button.setText(get_words(report))
            self.bar.setValue(_STEPS * report.have // report.size if report.size else 0)
            self.bar.setFormat(arriving_words(report))
        self.get_button.setVisible(not coming)
        self.bar.setVisible(coming)
        self.stop_button.setVisible(coming)
        self.setVisible(report is not None)

    def _ask(self) -> None:
        """Say what it takes, before anything is fetched."""
        if self._report is None:
            return
        box = QtWidgets.QMessageBox(self)
        box.setObjectName("gramarye_weights_offer")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(get_words(self._report).rstrip("…"))
        box.setText(why_words(self._report))
        box.setInformativeText(offer_words(self._report))
        accept = QtWidgets.QMessageBox.ButtonRole.AcceptRole
        self.yes_button: Any = box.addButton(tr("Fetch It"), accept)
        box.addButton(tr("Not Now"), QtWidgets.QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(self.yes_button)
        self.yes_button.clicked.connect(lambda *_: self.fetch_wanted.emit())
        box.open()
