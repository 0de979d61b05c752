"""The daemon in words: whether it is there, where, for whom, and what to do if it is not."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import LONGEST_ARTIST

from ..model import Daemon, Link, daemon_words, setup_words
from ..qt import Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .parts import Sentence, fold_button, labelled, new_form
from .weights import WeightsPane

_COLOURS = {
    Link.READY: "#3fa66b",
    Link.LOOKING: "#d6a536",
    Link.STARTING: "#d6a536",
    Link.ABSENT: "#c7513e",
    Link.REFUSED: "#c7513e",
}


class DaemonPane(QtWidgets.QWidget):
    """One line about the daemon, and its settings folded under it."""

    start_pressed = QtCore.pyqtSignal()
    setup_pressed = QtCore.pyqtSignal()
    address_entered = QtCore.pyqtSignal(str)
    artist_entered = QtCore.pyqtSignal(str)
    log_wanted = QtCore.pyqtSignal()
    diagnostics_wanted = QtCore.pyqtSignal()

    def __init__(self, address: str, artist: str) -> None:
        super().__init__()
        self.dot = QtWidgets.QLabel()
        self.label = Sentence("daemon_label")
        self.start_button = QtWidgets.QPushButton(tr("Start &Daemon"))
        self.start_button.setObjectName("gramarye_start")
        self.start_button.setToolTip(tr("Start the program that computes, on this machine"))
        self.start_button.setAutoDefault(False)
        self.start_button.clicked.connect(lambda *_: self.start_pressed.emit())
        self.setup_button = QtWidgets.QPushButton(tr("Set &Up…"))
        self.setup_button.setObjectName("gramarye_set_up")
        self.setup_button.setToolTip(tr("Fetch the program that computes, and start it"))
        self.setup_button.setAutoDefault(False)
        self.setup_button.clicked.connect(lambda *_: self.setup_pressed.emit())
        self._is_set_up = True
        self._shown = Daemon(address)
        content = self._settings(address, artist)
        self.fold = fold_button(
            "daemon",
            tr("Daemon"),
            content,
            tr("Where the daemon is, your name there, and what to send when something is wrong"),
        )
        line = QtWidgets.QHBoxLayout()
        line.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.label, 1)
        line.addWidget(self.start_button, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.setup_button, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignTop)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.weights = WeightsPane()
        column.addLayout(line)
        column.addWidget(self.weights)
        column.addWidget(content)
        self.show_daemon(self._shown)

    def show_set_up(self, is_set_up: bool) -> None:
        """Whether there is a daemon that could be started."""
        self._is_set_up = is_set_up
        self.show_daemon(self._shown)

    def show_daemon(self, daemon: Daemon) -> None:
        """Say who computes, and offer to start it where nobody does, or first to set it up."""
        self._shown = daemon
        missing = daemon.link is Link.ABSENT and not self._is_set_up
        self.label.setText(setup_words() if missing else daemon_words(daemon))
        self.setup_button.setVisible(missing)
        self.start_button.setVisible(daemon.link in (Link.ABSENT, Link.STARTING) and not missing)
        self.start_button.setEnabled(daemon.link is Link.ABSENT)
        self.dot.setPixmap(_dot(_COLOURS[daemon.link], self.devicePixelRatioF()))

    def _settings(self, address: str, artist: str) -> Any:
        self.address = QtWidgets.QLineEdit(address)
        self.address.setObjectName("gramarye_address")
        self.address.setToolTip(
            tr("Where the daemon answers. One on another machine is reached through a tunnel.")
        )
        self.address.editingFinished.connect(lambda: self.address_entered.emit(self.address.text()))
        self.artist = QtWidgets.QLineEdit(artist)
        self.artist.setObjectName("gramarye_artist")
        self.artist.setMaxLength(LONGEST_ARTIST)
        self.artist.setToolTip(
            tr("Your name at the daemon: artists take turns, and your jobs are found by it")
        )
        self.artist.editingFinished.connect(lambda: self.artist_entered.emit(self.artist.text()))
        self.log_button = QtWidgets.QPushButton(tr("Open Log"))
        self.log_button.setToolTip(tr("Open the file in which the daemon writes what it does"))
        self.log_button.clicked.connect(lambda *_: self.log_wanted.emit())
        self.diagnostics_button = QtWidgets.QPushButton(tr("Copy Diagnostics"))
        self.diagnostics_button.setToolTip(
            tr("Copy versions, states and the end of the log, to send with a report")
        )
        self.diagnostics_button.clicked.connect(lambda *_: self.diagnostics_wanted.emit())
        buttons = QtWidgets.QHBoxLayout()
        for button in (self.log_button, self.diagnostics_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        form = new_form()
        labelled(form, tr("Addr&ess:"), self.address)
        labelled(form, tr("Artist's &name:"), self.artist)
        form.addRow("", buttons)
        content = QtWidgets.QWidget()
        form.setContentsMargins(12, 0, 0, 0)
        content.setLayout(form)
        return content


def _dot(colour: str, ratio: float) -> Any:
    """A round sign as tall as a line of text."""
    side = 14
    pixmap = QtGui.QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QtGui.QColor(0, 0, 0, 0))
    painter = QtGui.QPainter(pixmap)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtGui.QColor(0, 0, 0, 0))
    painter.setBrush(QtGui.QColor(colour))
    painter.drawEllipse(QtCore.QRectF(2, 3, 10, 10))
    painter.end()
    return pixmap
