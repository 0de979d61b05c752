"""The window that the artist sees. It holds widgets and no state of the transfer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from .errors import Refusal
from .job import LAYER_SIZE, SIZES, Choices, Job
from .model import Daemon, Link, daemon_words
from .pictures import FORMATS, load_style
from .qt import QtCore, QtGui, QtWidgets
from .widgets import SIDE, Sentence, StyleWell, Well

_QUALITY_WORDS = {
    "draft": "Draft – a quick look",
    "good": "Good",
    "best": "Best – takes its time",
}


class StyleDialog(QtWidgets.QDialog):
    """Style Transfer: choose, watch, cancel. It never blocks Krita."""

    apply_pressed = QtCore.pyqtSignal()
    cancel_pressed = QtCore.pyqtSignal()
    start_pressed = QtCore.pyqtSignal()
    address_entered = QtCore.pyqtSignal(str)

    def __init__(self, parent: Any, choices: Choices, recent: list[str], address: str) -> None:
        super().__init__(parent)
        self.setObjectName("gramarye_dialog")
        self.setWindowTitle("Style Transfer")
        self._busy = False
        self._ready = False
        self._build_pictures()
        self._build_choices(address)
        self._build_progress()
        self._build_buttons()
        self._lay_out()
        self._order_tabs()
        self._fill(choices, recent)

    # --- what the artist chose

    def choices(self) -> Choices:
        """What the widgets say now."""
        return Choices(
            style=self.style_box.currentData() or "",
            strength=self.strength_box.value(),
            size=self.size_box.currentData(),
            quality=self.quality_box.currentData(),
        )

    def choose_style(self, path: str) -> None:
        """Make this file the style and show it, or say why it cannot be one."""
        try:
            image = load_style(path, 2 * SIDE)
        except Refusal as refusal:
            self.style_well.show_image(QtGui.QImage())
            self.say(refusal.sentence, trouble=True)
            return
        self.say("")
        self.style_well.show_image(image)
        index = self.style_box.findData(path)
        if index < 0:
            self.style_box.insertItem(0, Path(path).name, path)
            self.style_box.setItemData(0, path, QtCore.Qt.ItemDataRole.ToolTipRole)
            index = 0
        self.style_box.setCurrentIndex(index)

    # --- what happens

    def show_daemon(self, daemon: Daemon) -> None:
        """Say who computes, and offer to start it where nobody does."""
        self._ready = daemon.ready
        self.daemon_label.say(daemon_words(daemon))
        self.start_button.setEnabled(daemon.link is Link.ABSENT)
        self._enable()

    def show_job(self, job: Job | None) -> None:
        """Show how far a job is; none: the bar rests."""
        self._busy = job is not None
        self.bar.setRange(0, job.steps if job and job.steps else 1)
        self.bar.setValue(job.step if job else 0)
        self.bar.setTextVisible(self._busy)
        if job:
            self.say(job.words)
        self._enable()

    def show_preview(self, image: Any) -> None:
        """Show the picture as it stands."""
        self.preview_well.show_image(image)

    def say(self, sentence: str, trouble: bool = False) -> None:
        """One line about what happened, with a sign where it is trouble."""
        self.message_label.say(sentence)
        self.trouble_icon.setVisible(trouble)

    # --- building

    def _build_pictures(self) -> None:
        self.style_well = StyleWell("Drop a painting here, or click to choose one")
        self.style_well.setObjectName("gramarye_style_well")
        self.style_well.setToolTip("The style: a picture whose colours and strokes are imitated")
        self.style_well.dropped.connect(self.choose_style)
        self.style_well.clicked.connect(self._ask_for_style)
        self.preview_well = Well("The result appears here while it is made")
        self.style_box = QtWidgets.QComboBox()
        self.style_box.setToolTip("Styles that you used lately")
        self.style_box.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.style_box.activated.connect(lambda *_: self.choose_style(self.style_box.currentData()))
        self.choose_button = QtWidgets.QPushButton("Choose…")
        self.choose_button.setToolTip("Choose a picture file as the style")
        self.choose_button.clicked.connect(self._ask_for_style)

    def _build_choices(self, address: str) -> None:
        self.strength_slider = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal)
        self.strength_box = QtWidgets.QSpinBox()
        for widget in (self.strength_slider, self.strength_box):
            widget.setRange(0, 100)
            widget.setToolTip("0 keeps the layer almost as it is, 100 leaves little but the style")
        self.strength_box.setSuffix(" %")
        self.strength_slider.valueChanged.connect(self.strength_box.setValue)
        self.strength_box.valueChanged.connect(self.strength_slider.setValue)
        self.size_box = QtWidgets.QComboBox()
        for size in SIZES:
            words = "The layer's own size" if size == LAYER_SIZE else f"{size} pixels"
            self.size_box.addItem(words, size)
        self.size_box.setToolTip(
            "The long side to compute at. The result is scaled to the layer's size; "
            "twice the side takes about four times as long."
        )
        self.quality_box = QtWidgets.QComboBox()
        for quality, words in _QUALITY_WORDS.items():
            self.quality_box.addItem(words, quality)
        self.quality_box.setToolTip("How long to work on the picture")
        self.address_edit = QtWidgets.QLineEdit(address)
        self.address_edit.setToolTip("Where the daemon listens on this machine")
        self.address_edit.editingFinished.connect(
            lambda: self.address_entered.emit(self.address_edit.text())
        )
        self.start_button = QtWidgets.QPushButton("Start Daemon")
        self.start_button.setToolTip("Start the program that computes; it goes on after Krita ends")
        self.start_button.clicked.connect(self.start_pressed)
        self.daemon_label = Sentence("gramarye_daemon_label", 2 * SIDE)

    def _build_progress(self) -> None:
        self.bar = QtWidgets.QProgressBar()
        self.bar.setToolTip("How far the job is")
        self.cancel_button = QtWidgets.QPushButton("Cancel")
        self.cancel_button.setToolTip("Stop the job; no layer is added")
        self.cancel_button.clicked.connect(self.cancel_pressed)
        self.message_label = Sentence("gramarye_message_label", 2 * SIDE - 24)
        self.trouble_icon = QtWidgets.QLabel()
        sign = self.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
        self.trouble_icon.setPixmap(sign.pixmap(16, 16))
        self.trouble_icon.hide()

    def _build_buttons(self) -> None:
        self.apply_button = QtWidgets.QPushButton("Apply")
        self.apply_button.setToolTip("Make a new layer above the active one, in this style")
        self.apply_button.setDefault(True)
        self.apply_button.clicked.connect(self.apply_pressed)
        self.close_button = QtWidgets.QPushButton("Close")
        self.close_button.setToolTip("A running job goes on, and you can paint meanwhile")
        self.close_button.clicked.connect(self.hide)
        for button in (
            self.choose_button,
            self.start_button,
            self.cancel_button,
            self.close_button,
        ):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        wells = QtWidgets.QGridLayout()
        wells.addWidget(QtWidgets.QLabel("Style"), 0, 0)
        wells.addWidget(QtWidgets.QLabel("Preview"), 0, 1)
        wells.addWidget(self.style_well, 1, 0)
        wells.addWidget(self.preview_well, 1, 1)
        form = QtWidgets.QFormLayout()
        form.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        _add(form, "&Style:", self.style_box, self.choose_button)
        _add(form, "St&rength:", self.strength_slider, self.strength_box)
        _add(form, "Si&ze:", self.size_box)
        _add(form, "&Quality:", self.quality_box)
        _add(form, "&Daemon:", self.address_edit, self.start_button)
        form.addRow(self.daemon_label)
        message = QtWidgets.QHBoxLayout()
        message.addWidget(self.trouble_icon, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        message.addWidget(self.message_label, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        message.addStretch(1)
        buttons = QtWidgets.QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.apply_button)
        buttons.addWidget(self.close_button)
        column = QtWidgets.QVBoxLayout(self)
        # The window follows its text: a longer sentence makes it taller, never cuts it off.
        column.setSizeConstraint(QtWidgets.QLayout.SizeConstraint.SetFixedSize)
        for part in (wells, form, _row(self.bar, self.cancel_button), message, buttons):
            column.addLayout(part)

    def _order_tabs(self) -> None:
        order = (
            self.style_box,
            self.choose_button,
            self.strength_slider,
            self.strength_box,
            self.size_box,
            self.quality_box,
            self.address_edit,
            self.start_button,
            self.cancel_button,
            self.apply_button,
            self.close_button,
        )
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    # --- small parts

    def _fill(self, choices: Choices, recent: list[str]) -> None:
        for path in recent:
            if Path(path).is_file():
                self.style_box.addItem(Path(path).name, path)
        self.strength_box.setValue(choices.strength)
        self.size_box.setCurrentIndex(self.size_box.findData(choices.size))
        self.quality_box.setCurrentIndex(self.quality_box.findData(choices.quality))
        if self.style_box.count():
            self.choose_style(self.style_box.itemData(0))
        self._enable()

    def _enable(self) -> None:
        self.apply_button.setEnabled(self._ready and not self._busy)
        self.cancel_button.setEnabled(self._busy)
        self.bar.setEnabled(self._busy)

    def _ask_for_style(self) -> None:
        folder = str(Path(self.style_box.currentData() or Path.home() / "_").parent)
        path, _ = QtWidgets.QFileDialog.getOpenFileName(
            self, "Choose a Style", folder, f"Pictures ({FORMATS});;All files (*)"
        )
        if path:
            self.choose_style(path)


def _add(form: Any, text: str, field: Any, button: Any = None) -> None:
    """A row of the form whose label's key reaches its field."""
    label = QtWidgets.QLabel(text)
    label.setBuddy(field)
    form.addRow(label, field if button is None else _row(field, button))


def _row(wide: Any, narrow: Any) -> Any:
    row = QtWidgets.QHBoxLayout()
    row.addWidget(wide, 1)
    row.addWidget(narrow)
    return row
