"""The dialog's small widgets of its own."""

from __future__ import annotations

from typing import Any

from .qt import Qt, QtCore, QtGui, QtWidgets

SIDE = 200


class Well(QtWidgets.QLabel):
    """A sunken square that shows a picture, or a hint while there is none."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self._hint = hint
        self.setFixedSize(SIDE, SIDE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.setFrameShadow(QtWidgets.QFrame.Shadow.Sunken)
        self.setWordWrap(True)
        self.setMargin(6)

    def show_image(self, image: Any) -> None:
        """Show an image, scaled to fit; a null one brings the hint back."""
        if image.isNull():
            self.setText(self._hint)
            return
        side = self.contentsRect().width() - 2 * self.margin()
        pixmap = QtGui.QPixmap.fromImage(image).scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self.setPixmap(pixmap)


class StyleWell(Well):
    """A well that takes a picture file dropped on it, or asks for one when clicked."""

    dropped = QtCore.pyqtSignal(str)
    clicked = QtCore.pyqtSignal()

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.setAcceptDrops(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Take one local file."""
        if _local_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Hand its path on."""
        event.acceptProposedAction()
        self.dropped.emit(_local_file(event.mimeData()))

    def mouseReleaseEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """A click asks for a file."""
        if self.rect().contains(event.pos()):
            self.clicked.emit()


class Sentence(QtWidgets.QLabel):
    """Text of a fixed width that is as tall as it needs. Qt's wrapping labels guess."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setFixedWidth(width)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def say(self, text: str) -> None:
        """Show this text, whole."""
        self.setText(text)
        self.setFixedHeight(max(self.heightForWidth(self.width()), 2 * self.fontMetrics().height()))


def _local_file(mime: Any) -> str:
    urls = mime.urls()
    return urls[0].toLocalFile() if len(urls) == 1 else ""
