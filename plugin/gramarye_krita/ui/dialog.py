"""The window that the artist sees. It holds widgets and the choices, and no state of a job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..logic.batch import Batch
from ..logic.choices import Choices
from ..logic.gallery import Gallery
from ..logic.guide import next_words
from ..model import Daemon
from ..qt import QShortcut, Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .advanced import Advanced
from .controls import Controls
from .daemon import DaemonPane
from .gallery import GalleryPane
from .jobs import JobsPane
from .mix import Mix
from .parts import Sentence, fold_button
from .places import Places
from .preview import PreviewPane

_LEFT = 330
_SIZE = QtCore.QSize(800, 720)
"""At first, where the screen has room for it."""
_UNFOLDED = 180
"""So much taller for the advanced section, the rest of which scrolls."""


class StyleDialog(QtWidgets.QDialog):
    """Style Transfer: choose, look, apply, watch. It never blocks Krita."""

    apply_pressed = QtCore.pyqtSignal()
    changed = QtCore.pyqtSignal()
    """The choices are others now."""
    shown = QtCore.pyqtSignal(bool)
    files_dropped = QtCore.pyqtSignal(list)
    image_dropped = QtCore.pyqtSignal(object)
    """A picture that is no file came by mouse or clipboard: a QImage."""

    def __init__(self, parent: Any, address: str, artist: str) -> None:
        super().__init__(parent)
        self.setObjectName("gramarye_dialog")
        self.setWindowTitle(tr("Style Transfer"))
        self.setAcceptDrops(True)
        self._ready = False
        self._open = True
        self._filling = False
        self._sentence = ""
        self.gallery, self.mix, self.controls = GalleryPane(), Mix(), Controls()
        self.advanced = Advanced()
        self.advanced_fold = fold_button(
            "advanced",
            tr("Advanced"),
            self.advanced,
            tr("For those who know the method: everything else that can be set"),
        )
        self.preview, self.places, self.jobs = PreviewPane(), Places(), JobsPane()
        self.daemon = DaemonPane(address, artist)
        self._build_foot()
        self._lay_out()
        self._connect()
        self.resize(_SIZE.boundedTo(self._room()))

    # --- the choices

    def choices(self) -> Choices:
        """What the widgets say now."""
        choices = Choices(
            styles=self.mix.styles(), advanced=self.advanced.values(), regions=self.mix.regions()
        )
        return self.places.put_into(self.controls.put_into(choices))

    def show_choices(self, choices: Choices) -> None:
        """Show these; one ``changed`` follows."""
        self._filling = True
        self.controls.show_choices(choices)
        self.places.show_choices(choices)
        self.advanced.show_values(choices.advanced)
        if choices.advanced:
            self.advanced_fold.setChecked(True)
        self.mix.show_styles(choices.styles)
        self.gallery.choose([style.path for style in choices.styles])
        self._filling = False
        self._tell()

    def choose_styles(self, paths: list[str]) -> None:
        """Make these files the styles."""
        self.gallery.choose(paths)
        self._chosen(paths)

    def show_gallery(self, gallery: Gallery) -> None:
        """Show these styles."""
        self.gallery.show_gallery(gallery)

    # --- what happens

    def show_daemon(self, daemon: Daemon) -> None:
        """Say who computes."""
        self._ready = daemon.ready
        self.daemon.show_daemon(daemon)
        self.advanced.allow_features(daemon.available)
        self._enable()

    def show_open(self, opened: bool) -> None:
        """Whether there is a picture to paint."""
        if opened != self._open:
            self._open = opened
            self._enable()

    def show_batches(self, batches: Sequence[Batch]) -> None:
        """How far the jobs are."""
        self.jobs.show_batches(batches)

    def show_estimate(self, words: str) -> None:
        """What applying would take; empty where nobody knows."""
        self.estimate.setText(words)

    def say(self, sentence: str, trouble: bool = False) -> None:
        """A line about what happened, with a sign where it is trouble; empty: what to do next."""
        self._sentence = sentence
        self.trouble_icon.setVisible(trouble and bool(sentence))
        self._show_sentence()

    def said(self) -> str:
        """The line that stands there."""
        return self.message.text()

    # --- Qt's own

    def showEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Tell that there is somebody to see a preview."""
        super().showEvent(event)
        self.shown.emit(True)

    def hideEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Tell that nobody sees a preview."""
        super().hideEvent(event)
        self.shown.emit(False)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Return in a field of text or a number ends the typing there, and does not apply."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        typing = (QtWidgets.QLineEdit, QtWidgets.QAbstractSpinBox)
        if enter and isinstance(self.focusWidget(), typing):
            event.accept()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Take pictures, as files or as pixels."""
        if _files(event.mimeData()) or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Hand them on."""
        event.acceptProposedAction()
        self._take(event.mimeData())

    def paste(self) -> None:
        """Take what the clipboard holds as a style, or say that it is no picture."""
        if not self._take(QtWidgets.QApplication.clipboard().mimeData()):
            self.say(tr("The clipboard holds no picture. Copy one, and paste again."), trouble=True)

    # --- building

    def _build_foot(self) -> None:
        self.estimate = QtWidgets.QLabel()
        self.estimate.setObjectName("gramarye_estimate")
        self.message = Sentence("message")
        self.trouble_icon = QtWidgets.QLabel()
        sign = self.style().standardIcon(QtWidgets.QStyle.StandardPixmap.SP_MessageBoxWarning)
        self.trouble_icon.setPixmap(sign.pixmap(16, 16))
        self.trouble_icon.hide()
        self.apply_button = QtWidgets.QPushButton(tr("Appl&y"))
        self.apply_button.setObjectName("gramarye_apply")
        self.apply_button.setDefault(True)
        self.close_button = QtWidgets.QPushButton(tr("Close"))
        self.close_button.setObjectName("gramarye_close")
        self.close_button.setToolTip(tr("Running jobs go on, and you can paint meanwhile"))
        self.close_button.setAutoDefault(False)

    def _lay_out(self) -> None:
        body = QtWidgets.QHBoxLayout()
        body.setSpacing(12)
        body.addLayout(self._left(), 1)
        body.addLayout(self._right(), 1)
        message = QtWidgets.QHBoxLayout()
        message.addWidget(self.trouble_icon, 0, Qt.AlignmentFlag.AlignTop)
        message.addWidget(self.message, 1)
        foot = QtWidgets.QHBoxLayout()
        foot.addWidget(self.estimate, 1)
        foot.addWidget(self.apply_button)
        foot.addWidget(self.close_button)
        column = QtWidgets.QVBoxLayout(self)
        column.addLayout(body, 1)
        column.addWidget(self.jobs)
        column.addWidget(self.daemon)
        column.addLayout(message)
        column.addLayout(foot)

    def _left(self) -> Any:
        inside = QtWidgets.QWidget()
        stack = QtWidgets.QVBoxLayout(inside)
        stack.setContentsMargins(0, 0, 4, 0)
        for part in (self.mix, self.controls):
            stack.addWidget(part)
        stack.addWidget(self.advanced_fold, 0, Qt.AlignmentFlag.AlignLeft)
        stack.addWidget(self.advanced)
        stack.addStretch(1)
        self.scroll = QtWidgets.QScrollArea()
        self.scroll.setObjectName("gramarye_scroll")
        self.scroll.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.scroll.setWidgetResizable(True)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setWidget(inside)
        bar = self.style().pixelMetric(QtWidgets.QStyle.PixelMetric.PM_ScrollBarExtent)
        widest = max(_LEFT, self.advanced.minimumSizeHint().width())
        self.scroll.setMinimumWidth(widest + bar + 8)
        self.scroll.setMinimumHeight(self.controls.sizeHint().height() // 2)
        column = QtWidgets.QVBoxLayout()
        column.addWidget(self.gallery, 1)
        column.addWidget(self.scroll, 1)
        return column

    def _right(self) -> Any:
        column = QtWidgets.QVBoxLayout()
        column.addWidget(self.preview, 1)
        column.addWidget(self.places)
        return column

    def _connect(self) -> None:
        self.advanced_fold.toggled.connect(self._make_room)
        self.gallery.chosen.connect(self._chosen)
        self.gallery.paste_wanted.connect(self.paste)
        for part in (self.mix, self.controls, self.advanced, self.places):
            part.changed.connect(self._tell)
        self.apply_button.clicked.connect(lambda *_: self.apply_pressed.emit())
        self.close_button.clicked.connect(self.reject)
        QShortcut(QtGui.QKeySequence(QtGui.QKeySequence.StandardKey.Paste), self, self.paste)

    # --- small parts

    def _make_room(self, unfolded: bool) -> None:
        """A window that grows when a part of it unfolds, as far as the screen goes."""
        if unfolded:
            wanted = self.size() + QtCore.QSize(0, _UNFOLDED)
            self.resize(wanted.boundedTo(self._room()))

    def _room(self) -> Any:
        """What the screen has to spare."""
        return QtWidgets.QApplication.primaryScreen().availableSize() * 0.95

    def _chosen(self, paths: list[str]) -> None:
        self.mix.show_paths(paths)
        self._tell()

    def _tell(self) -> None:
        if not self._filling:
            self.say("")
            self.changed.emit()

    def _enable(self) -> None:
        self.apply_button.setEnabled(self._ready and self._open)
        why_not = next_words(self._open, True, self._ready)
        self.apply_button.setToolTip(why_not or tr("Paint it; you can go on painting meanwhile"))
        self._show_sentence()

    def _show_sentence(self) -> None:
        styled = bool(self.mix.styles())
        self.message.setText(self._sentence or next_words(self._open, styled, self._ready))

    def _take(self, mime: Any) -> bool:
        """Hand pictures on; whether there were any."""
        files = _files(mime)
        if files:
            self.files_dropped.emit(files)
        elif mime.hasImage():
            self.image_dropped.emit(QtGui.QImage(mime.imageData()))
        return bool(files) or mime.hasImage()


def _files(mime: Any) -> list[str]:
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
