"""The window that sets the daemon up: what will happen, how far it is, and what went wrong."""

from __future__ import annotations

from typing import Any

from ..logic.setting_up import Setup, promise_words
from ..qt import Qt, QtCore, QtWidgets
from ..translate import tr

_PER_MILLE = 1000
_WIDTH = 480


class SetupWindow(QtWidgets.QDialog):
    """Asks, shows, and can be closed while the setup goes on."""

    begin_pressed = QtCore.pyqtSignal()
    stop_pressed = QtCore.pyqtSignal()

    def __init__(self, parent: Any, place: str) -> None:
        super().__init__(parent)
        self.setObjectName("gramarye_setup")
        self.setWindowTitle(tr("Set Up Gramarye"))
        self.promise = _label(promise_words(place))
        self.words = _label("")
        self.detail = QtWidgets.QLabel()
        self.detail.setObjectName("gramarye_setup_detail")
        self.detail.setSizePolicy(
            QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed
        )
        self.bar = QtWidgets.QProgressBar()
        self.bar.setRange(0, _PER_MILLE)
        self.trouble = _label("")
        self.trouble.setObjectName("gramarye_setup_trouble")
        self.begin_button = QtWidgets.QPushButton(tr("&Set Up"))
        self.begin_button.setObjectName("gramarye_setup_begin")
        self.begin_button.setDefault(True)
        self.begin_button.clicked.connect(lambda *_: self.begin_pressed.emit())
        self.stop_button = QtWidgets.QPushButton(tr("S&top"))
        self.stop_button.setToolTip(tr("Stop now; what was downloaded is kept for the next time"))
        self.stop_button.clicked.connect(lambda *_: self.stop_pressed.emit())
        self.close_button = QtWidgets.QPushButton(tr("&Close"))
        self.close_button.clicked.connect(lambda *_: self.reject())
        row = QtWidgets.QHBoxLayout()
        row.addStretch(1)
        for button in (self.begin_button, self.stop_button, self.close_button):
            row.addWidget(button)
        column = QtWidgets.QVBoxLayout(self)
        for part in (self.promise, self.words, self.bar, self.detail, self.trouble):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(row)
        self.setMinimumWidth(_WIDTH)
        self.show_setup(Setup())

    def show_setup(self, setup: Setup) -> None:
        """How it stands."""
        begun = setup.share is not None
        self.words.setText(setup.words)
        self.words.setVisible(bool(setup.words))
        self.bar.setVisible(begun)
        self.bar.setValue(round(_PER_MILLE * (setup.share or 0.0)))
        self.detail.setText(setup.detail)
        self.detail.setVisible(setup.running)
        self.trouble.setText(setup.trouble)
        self.trouble.setVisible(bool(setup.trouble))
        self.begin_button.setText(tr("&Try Again") if begun else tr("&Set Up"))
        self.begin_button.setVisible(not setup.running and not setup.done)
        self.stop_button.setVisible(setup.running)
        self.adjustSize()


def _label(text: str) -> Any:
    label = QtWidgets.QLabel(text)
    label.setWordWrap(True)
    label.setMinimumWidth(_WIDTH - 40)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
