"""Small pictures of the styles, read one at a time so that a slow disk holds nothing up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..qt import Qt, QtCore, QtGui

SIDE = 72
"""In points; the icon's own pixels follow the screen's density."""

_Key = tuple[str, float]


class Thumbnails(QtCore.QObject):
    """Square icons by path; ``arrived`` tells of each that had to be read first."""

    arrived = QtCore.pyqtSignal(str)

    def __init__(self, parent: Any, ratio: Callable[[], float]) -> None:
        super().__init__(parent)
        self._ratio = ratio
        self._icons: dict[_Key, Any] = {}
        self._wanted: deque[str] = deque()
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read_one)

    def icon(self, path: str) -> Any:
        """The icon; an empty square until it was read."""
        icon = self._icons.get(_key(path))
        if icon is None:
            self._wanted.append(path)
            self._timer.start()
            return _icon(_square(QtGui.QImage(), self._ratio()))
        return icon

    def _read_one(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        path = self._wanted.popleft()
        ratio = self._ratio()
        self._icons[_key(path)] = _icon(_square(_read(path, round(SIDE * ratio)), ratio))
        self.arrived.emit(path)


def _key(path: str) -> _Key:
    file = Path(path)
    return path, file.stat().st_mtime if file.is_file() else 0.0


def _icon(pixmap: Any) -> Any:
    """The same when selected: Qt would tint it, and the colours are what one looks at."""
    icon = QtGui.QIcon(pixmap)
    icon.addPixmap(pixmap, QtGui.QIcon.Mode.Selected)
    return icon


def _read(path: str, side: int) -> Any:
    """A picture scaled to cover a square; null if it cannot be read."""
    reader = QtGui.QImageReader(path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        around = QtCore.QSize(2 * side, 2 * side)
        reader.setScaledSize(size.scaled(around, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()


def _square(image: Any, ratio: float) -> Any:
    """The middle of an image as a square; grey where there is none."""
    side = round(SIDE * ratio)
    pixmap = QtGui.QPixmap(side, side)
    pixmap.fill(QtGui.QColor(128, 128, 128, 60))
    if not image.isNull():
        fitted = image.scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter = QtGui.QPainter(pixmap)
        painter.drawImage((side - fitted.width()) // 2, (side - fitted.height()) // 2, fitted)
        painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
