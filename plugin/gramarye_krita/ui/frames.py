"""What of an animated layer is painted: the picture of now, or a range of its keyframes."""

from __future__ import annotations

from collections.abc import Sequence

from ..logic.framing import range_words
from ..qt import QtCore, QtWidgets
from ..translate import tr
from .parts import Choice, Number, Sentence

_LAST = 1_000_000


class Frames(QtWidgets.QWidget):
    """Hidden where the active layer has no keyframes."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[int, ...] = ()
        self.kind = Choice(
            "frames",
            [
                (tr("The picture of now, as a still layer"), False),
                (tr("A range of keyframes"), True),
            ],
            tr("A range becomes one layer with the same keyframes, painted one after the other"),
        )
        self.first, self.last = Number("first_frame", 0, _LAST), Number("last_frame", 0, _LAST)
        self.first.setAccessibleName(tr("First frame"))
        self.last.setAccessibleName(tr("Last frame"))
        self.line = Sentence("frames_line")
        self._range = QtWidgets.QWidget()
        row = QtWidgets.QHBoxLayout(self._range)
        row.setContentsMargins(0, 0, 0, 0)
        for words, box in ((tr("From"), self.first), (tr("to"), self.last)):
            row.addWidget(QtWidgets.QLabel(words))
            row.addWidget(box)
        row.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.kind, self._range, self.line):
            column.addWidget(part)
        self.setFocusProxy(self.kind)
        self.kind.changed.connect(self._show)
        for box in (self.first, self.last):
            box.valueChanged.connect(self._show)
        self._show()

    @property
    def offered(self) -> bool:
        """Whether there is a keyframe to choose."""
        return bool(self._keys)

    def offer(self, keys: Sequence[int]) -> None:
        """These are the active layer's keyframes. Where all were meant before, all still are."""
        if tuple(keys) == self._keys:
            return
        before, self._keys = self._keys, tuple(keys)
        everything = (*before[:1], *before[-1:]) in ((), (self.first.value(), self.last.value()))
        if keys and everything:
            for box, value in ((self.first, keys[0]), (self.last, keys[-1])):
                box.blockSignals(True)
                box.setValue(value)
                box.blockSignals(False)
        self._show()

    def value(self) -> tuple[int, int] | None:
        """The first and the last time of the range; ``None``: the picture of now."""
        if not (self._keys and self.kind.value()):
            return None
        first, last = self.first.value(), self.last.value()
        return min(first, last), max(first, last)

    def _show(self, *_: int) -> None:
        value = self.value()
        for part in (self._range, self.line):
            part.setVisible(value is not None)
        self.line.setText("" if value is None else range_words(self._keys, *value))
        self.changed.emit()
