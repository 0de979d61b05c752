"""The docker's inside: every job of the artist's with its picture, and what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..logic import docket
from ..logic.docket import Row
from ..qt import Qt, QtCore, QtGui, QtWidgets
from ..translate import tr

_ID = Qt.ItemDataRole.UserRole
_PER_MILLE = 1000
THUMBNAIL = 44
"""Side of a job's picture, in pixels of the screen's own."""
_LEAST_WIDTH = 200
_MOST_BUTTONS = 2
"""In a row, so that a narrow docker has room for their words."""


class JobsView(QtWidgets.QWidget):
    """A list of jobs and buttons for the selected ones; without any, a sentence on what to do."""

    wanted = QtCore.pyqtSignal(str, list)
    """A verb of :mod:`..logic.docket`, and the ids of the jobs that it is wanted for."""
    details_wanted = QtCore.pyqtSignal(str)
    """The id of the job that the artist wants to read about."""
    clear_wanted = QtCore.pyqtSignal()
    """What has ended shall be forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(_LEAST_WIDTH)
        self._rows: dict[str, Row] = {}
        self._lines: dict[str, _Line] = {}
        self.note = QtWidgets.QLabel()
        self.note.setObjectName("gramarye_docker_note")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note = QtWidgets.QScrollArea()  # a long one has a command, to be copied whole
        self._note.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self._note.setWidgetResizable(True)
        self._note.setWidget(self.note)
        self.list = QtWidgets.QListWidget()
        self.list.setObjectName("gramarye_docker_jobs")
        self.list.setAccessibleName(tr("Style transfer jobs"))
        self.list.setSelectionMode(QtWidgets.QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setVerticalScrollMode(QtWidgets.QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(2 * _Line().sizeHint().height() + 2)
        self.list.itemSelectionChanged.connect(self._enable)
        self.list.itemDoubleClicked.connect(lambda item: self.details_wanted.emit(item.data(_ID)))
        self.buttons = {verb: _button(*words) for verb, words in _verbs().items()}
        self.menu = QtWidgets.QMenu(self)
        self.actions = {verb: self.menu.addAction(words[0]) for verb, words in _verbs().items()}
        for verb, button in self.buttons.items():
            button.setObjectName(f"gramarye_docker_{verb}")
            for wanted in (button.clicked, self.actions[verb].triggered):
                wanted.connect(lambda *_, verb=verb: self.wanted.emit(verb, self._able(verb)))
        self.menu.addSeparator()
        self.details_action = self.menu.addAction(tr("&Details…"))
        self.details_action.triggered.connect(lambda *_: self._ask_for_details())
        self.clear_action = self.menu.addAction(tr("&Forget Ended Jobs"))
        self.clear_action.triggered.connect(lambda *_: self.clear_wanted.emit())
        self.more_button = QtWidgets.QToolButton()
        self.more_button.setObjectName("gramarye_docker_more")
        self.more_button.setText("⋯")
        self.more_button.setToolTip(tr("What else may be done with the chosen jobs"))
        self.more_button.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more_button.setMenu(self.menu)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(
            lambda point: self.menu.popup(self.list.viewport().mapToGlobal(point))
        )
        line = QtWidgets.QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for button in self.buttons.values():
            line.addWidget(button, 1)
        line.addStretch(0)
        line.addWidget(self.more_button)
        self._actions = QtWidgets.QWidget()
        self._actions.setLayout(line)
        self.whole = QtWidgets.QLabel()
        self.whole.setObjectName("gramarye_docker_whole")
        self.whole.setWordWrap(True)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self._note)
        column.addWidget(self.list, 1)
        column.addWidget(self.whole)
        column.addWidget(self._actions)
        self.show_rows([], {}, "")

    def show_rows(self, rows: Sequence[Row], pictures: dict[str, Any], note: str) -> None:
        """These jobs; ``pictures`` are their thumbnails by id. ``note`` stands above them, or in
        their place."""
        self.note.setText(note)
        self._note.setVisible(bool(note))
        if [row.id for row in rows] != list(self._rows):
            self._rebuild(rows)
        self._rows = {row.id: row for row in rows}
        for row in rows:
            self._lines[row.id].show_row(row, pictures.get(row.id))
        self.list.setVisible(bool(rows))
        self._actions.setVisible(bool(rows))
        self._enable()

    def select(self, job: str) -> None:
        """Select one job alone."""
        self.list.clearSelection()
        for place in range(self.list.count()):
            item = self.list.item(place)
            item.setSelected(item.data(_ID) == job)

    def _rebuild(self, rows: Sequence[Row]) -> None:
        selected = set(self._selected())
        self.list.clear()
        self._lines = {}
        for row in rows:
            item, line = QtWidgets.QListWidgetItem(), _Line()
            item.setData(_ID, row.id)
            item.setSizeHint(QtCore.QSize(_LEAST_WIDTH // 2, line.sizeHint().height()))
            self.list.addItem(item)
            self.list.setItemWidget(item, line)
            item.setSelected(row.id in selected)
            self._lines[row.id] = line

    def _selected(self) -> list[str]:
        return [item.data(_ID) for item in self.list.selectedItems()]

    def _able(self, verb: str) -> list[str]:
        """The selected jobs that this may be done with; without any, the only one there is."""
        meant = self._selected() or (list(self._rows) if len(self._rows) == 1 else [])
        return [job for job in meant if job in self._rows and verb in self._rows[job].verbs]

    def _enable(self) -> None:
        """The first verbs that are of use have a button, all of them are in the menu."""
        able = [verb for verb in self.buttons if self._able(verb)]
        for verb, button in self.buttons.items():
            button.setVisible(verb in able[:_MOST_BUTTONS])
            self.actions[verb].setVisible(verb in able)
        self._say_whole()
        self.details_action.setEnabled(len(self._selected() or self._rows) == 1)
        rows = self._rows.values()
        ended = any(row.progress is None and docket.INSERT not in row.verbs for row in rows)
        self.clear_action.setEnabled(ended)

    def _say_whole(self) -> None:
        """The chosen job's words, where its line has no room for all of them."""
        jobs = self._selected() or list(self._rows)
        cut = len(jobs) == 1 and jobs[0] in self._lines and self._lines[jobs[0]].words.cut
        self.whole.setText(self._rows[jobs[0]].words if cut else "")
        self.whole.setVisible(cut)

    def _ask_for_details(self) -> None:
        [job] = self._selected() or list(self._rows)
        self.details_wanted.emit(job)


class _Line(QtWidgets.QWidget):
    """One job: its picture, whose it is, how it stands, and a bar while it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = QtWidgets.QLabel()
        self.picture.setFixedSize(THUMBNAIL, THUMBNAIL)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title, self.words = _Elided(), _Elided()
        small = self.words.font()
        small.setPointSizeF(0.9 * small.pointSizeF())
        self.words.setFont(small)
        self.bar = QtWidgets.QProgressBar()
        self.bar.setRange(0, _PER_MILLE)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        kept = self.bar.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(kept)
        text = QtWidgets.QVBoxLayout()
        text.setSpacing(1)
        for part in (self.title, self.words, self.bar):
            text.addWidget(part)
        line = QtWidgets.QHBoxLayout(self)
        line.setContentsMargins(4, 3, 4, 3)
        line.addWidget(self.picture)
        line.addLayout(text, 1)

    def show_row(self, row: Row, picture: Any) -> None:
        """What it shows."""
        self.title.setText(row.title)
        self.words.setText(row.words)
        self.setToolTip(f"{row.title}\n{row.words}")
        self.bar.setVisible(row.progress is not None)
        self.bar.setValue(round(_PER_MILLE * (row.progress or 0.0)))
        if picture is not None and not picture.isNull():
            ratio = self.devicePixelRatioF()
            side = round(THUMBNAIL * ratio)
            pixmap = QtGui.QPixmap.fromImage(
                picture.scaled(
                    side,
                    side,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            pixmap.setDevicePixelRatio(ratio)
            self.picture.setPixmap(pixmap)
        else:
            self.picture.clear()


class _Elided(QtWidgets.QLabel):
    """A line of text that is cut with an ellipsis where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(
            QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred
        )

        self._whole = ""

    @property
    def cut(self) -> bool:
        """Whether there is no room for all of it."""
        return self.text() != self._whole

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """The whole of it; what there is room for is shown."""
        self._whole = text
        self._fit()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """There is more room, or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        mode, width = Qt.TextElideMode.ElideRight, max(self.width(), 1)
        super().setText(self.fontMetrics().elidedText(self._whole, mode, width))


def _verbs() -> dict[str, tuple[str, str]]:
    """Each verb's words and what they mean, the most urgent first."""
    return {
        docket.INSERT: (
            tr("&Insert Result"),
            tr("Add the finished picture as a layer where it belongs"),
        ),
        docket.RESUME: (tr("&Go On"), tr("Let the paused job go on")),
        docket.PAUSE: (tr("&Pause"), tr("Put the job aside; it keeps what it has done")),
        docket.CANCEL: (tr("&Cancel"), tr("Stop the job; nothing is added")),
        docket.KEEP: (
            tr("&Stop and Keep"),
            tr("Stop the job now; the picture as it stands is its result"),
        ),
        docket.RETRY: (tr("&Try Again"), tr("Paint the same layer anew, as it was asked for")),
        docket.AGAIN: (
            tr("&Apply Again"),
            tr("Paint the active layer with this job's styles and settings"),
        ),
    }


def _button(text: str, tip: str) -> Any:
    button = QtWidgets.QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.setMinimumWidth(10)  # a narrow docker squeezes them rather than growing
    return button
