"""The preview: a part of the picture before and after, with a line between to drag."""

from __future__ import annotations

from typing import Any

from ..qt import Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .parts import Sentence, draw_hint, scaled

SIDE = 300
_OVERVIEW = 84
_NUDGE = 0.05


class PreviewPane(QtWidgets.QWidget):
    """Before and after, where in the picture that is, and whether it follows by itself."""

    moved = QtCore.pyqtSignal()
    """Another part of the picture is wanted."""
    switched = QtCore.pyqtSignal(bool)
    refresh_wanted = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.split = Split()
        self.overview = Overview()
        self.overview.moved.connect(self.moved)
        self.follow = QtWidgets.QCheckBox(tr("Pre&view"))
        self.follow.setObjectName("gramarye_follow")
        self.follow.setToolTip(tr("Paint a part of the picture anew whenever something changes"))
        self.follow.toggled.connect(self.switched)
        self.refresh_button = QtWidgets.QPushButton(tr("Refres&h"))
        self.refresh_button.setObjectName("gramarye_refresh")
        self.refresh_button.setToolTip(tr("Paint the preview anew, after the picture was changed"))
        self.refresh_button.setAutoDefault(False)
        self.refresh_button.clicked.connect(lambda *_: self.refresh_wanted.emit())
        self.words = Sentence("preview_words")
        head = QtWidgets.QHBoxLayout()
        head.addWidget(self.follow)
        head.addStretch(1)
        head.addWidget(self.refresh_button)
        beside = QtWidgets.QVBoxLayout()
        beside.addLayout(head)
        beside.addWidget(self.words, 1)
        below = QtWidgets.QHBoxLayout()
        below.addWidget(self.overview)
        below.addLayout(beside, 1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.split, 1)
        column.addLayout(below)

    def say(self, words: str) -> None:
        """How the preview stands."""
        self.words.setText(words)


class Split(QtWidgets.QFrame):
    """Two pictures of the same place in one frame: before on the left, after on the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gramarye_split")
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.setFrameShadow(QtWidgets.QFrame.Shadow.Sunken)
        self.setMinimumSize(SIDE, SIDE * 2 // 3)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setToolTip(tr("Drag the line, or press the arrow keys: the picture before and after"))
        self.setAccessibleName(tr("Preview"))
        self.before = QtGui.QImage()
        self.after = QtGui.QImage()
        self.position = 0.5
        self.hint = tr("Choose a style to see a part of the picture painted in it")

    def sizeHint(self) -> Any:  # noqa: N802 - Qt's name
        """A square."""
        return QtCore.QSize(SIDE, SIDE)

    def show_before(self, image: Any) -> None:
        """The picture as it is; what was painted of another place goes."""
        self.before, self.after = image, QtGui.QImage()
        self.update()

    def show_after(self, image: Any) -> None:
        """The picture as it will be."""
        self.after = image
        self.update()

    def move_line(self, position: float) -> None:
        """Put the line at a place from 0 (all after) to 1 (all before)."""
        self.position = min(1.0, max(0.0, position))
        self.update()

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """The line jumps to the pointer."""
        self._follow(event)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """The line follows the pointer."""
        self._follow(event)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Arrow keys move the line, Home and End take it to the edges."""
        goals = {
            Qt.Key.Key_Left: self.position - _NUDGE,
            Qt.Key.Key_Right: self.position + _NUDGE,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }
        if event.key() in goals:
            self.move_line(goals[event.key()])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Both pictures, each up to the line, or the hint."""
        super().paintEvent(event)
        painter = QtGui.QPainter(self)
        if self.before.isNull():
            painter.setPen(self.palette().color(QtGui.QPalette.ColorRole.PlaceholderText))
            draw_hint(painter, self.contentsRect(), self.hint)
        else:
            self._paint(painter)
        if self.hasFocus():
            option = QtWidgets.QStyleOptionFocusRect()
            option.initFrom(self)
            option.rect = self.contentsRect()
            element = QtWidgets.QStyle.PrimitiveElement.PE_FrameFocusRect
            self.style().drawPrimitive(element, option, painter, self)
        painter.end()

    def _paint(self, painter: Any) -> None:
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        area = self._area()
        painter.drawImage(area, self.before)
        if self.after.isNull():
            return
        x = area.left() + area.width() * self.position
        painter.save()
        painter.setClipRect(QtCore.QRectF(x, area.top(), area.right() - x, area.height()))
        painter.drawImage(area, self.after)
        painter.restore()
        top, height = area.top(), area.height()
        painter.fillRect(QtCore.QRectF(x - 1, top, 3, height), QtGui.QColor(0, 0, 0, 90))
        painter.fillRect(QtCore.QRectF(x, top, 1, height), QtGui.QColor(255, 255, 255))
        self._label(painter, area, tr("before"), left=True)
        self._label(painter, area, tr("after"), left=False)

    def _label(self, painter: Any, area: Any, words: str, left: bool) -> None:
        """A word in a lower corner, where its side of the line is wide enough for it."""
        metrics = self.fontMetrics()
        width, height = metrics.horizontalAdvance(words) + 10, metrics.height() + 2
        room = area.width() * (self.position if left else 1 - self.position)
        if room < width + 6:
            return
        x = area.left() + 3 if left else area.right() - width - 3
        box = QtCore.QRectF(x, area.bottom() - height - 3, width, height)
        painter.fillRect(box, QtGui.QColor(0, 0, 0, 130))
        painter.setPen(QtGui.QColor(255, 255, 255))
        painter.drawText(box, words, QtGui.QTextOption(Qt.AlignmentFlag.AlignCenter))

    def _area(self) -> Any:
        """Where the picture lies: in the middle, as large as it fits."""
        inside = QtCore.QRectF(self.contentsRect())
        size = QtCore.QSizeF(self.before.size())
        size.scale(inside.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QtCore.QRectF(QtCore.QPointF(0, 0), size)
        area.moveCenter(inside.center())
        return area

    def _follow(self, event: Any) -> None:
        if not self.before.isNull():
            area = self._area()
            self.move_line((event.pos().x() - area.left()) / max(1.0, area.width()))


class Overview(QtWidgets.QFrame):
    """The whole picture, small, with a frame around the part that the preview shows."""

    moved = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gramarye_overview")
        self.setFrameShape(QtWidgets.QFrame.Shape.StyledPanel)
        self.setFrameShadow(QtWidgets.QFrame.Shadow.Sunken)
        self.setFixedSize(_OVERVIEW, _OVERVIEW)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(tr("Click, or press the arrow keys, to preview another part"))
        self.setAccessibleName(tr("Part of the picture"))
        self.centre = (0.5, 0.5)
        """The middle of the part, each from 0 to 1."""
        self._image = QtGui.QImage()
        self._part = QtCore.QRectF(0, 0, 1, 1)

    def show_image(self, image: Any) -> None:
        """The whole picture; a null image empties it."""
        self._image = image
        self.update()

    def show_part(self, x: float, y: float, width: float, height: float) -> None:
        """The part, as shares of the whole."""
        self._part = QtCore.QRectF(x, y, width, height)
        self.update()

    def move_to(self, x: float, y: float) -> None:
        """Put the part's middle there."""
        centre = min(1.0, max(0.0, x)), min(1.0, max(0.0, y))
        if centre != self.centre:
            self.centre = centre
            self.moved.emit()

    def mousePressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """The part jumps to the pointer."""
        self._follow(event)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """The part follows the pointer."""
        self._follow(event)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Arrow keys move the part."""
        moves = {
            Qt.Key.Key_Left: (-_NUDGE, 0.0),
            Qt.Key.Key_Right: (_NUDGE, 0.0),
            Qt.Key.Key_Up: (0.0, -_NUDGE),
            Qt.Key.Key_Down: (0.0, _NUDGE),
        }
        if event.key() in moves:
            across, down = moves[event.key()]
            self.move_to(self.centre[0] + across, self.centre[1] + down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """The picture, dimmed but for the part."""
        super().paintEvent(event)
        if self._image.isNull():
            return
        painter = QtGui.QPainter(self)
        area = self._area()
        side = max(area.width(), area.height())
        painter.drawPixmap(
            area.topLeft(), scaled(self._image, round(side), self.devicePixelRatioF())
        )
        part = QtCore.QRectF(
            area.left() + self._part.x() * area.width(),
            area.top() + self._part.y() * area.height(),
            self._part.width() * area.width(),
            self._part.height() * area.height(),
        )
        outside = QtGui.QPainterPath()
        outside.addRect(area)
        inside = QtGui.QPainterPath()
        inside.addRect(part)
        painter.fillPath(outside.subtracted(inside), QtGui.QColor(0, 0, 0, 110))
        role = QtGui.QPalette.ColorRole.Highlight
        colour = self.palette().color(role) if self.hasFocus() else QtGui.QColor(255, 255, 255)
        painter.setPen(QtGui.QPen(colour, 1))
        painter.drawRect(part.adjusted(0, 0, -1, -1))
        painter.end()

    def _area(self) -> Any:
        inside = QtCore.QRectF(self.contentsRect())
        size = QtCore.QSizeF(self._image.size())
        size.scale(inside.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QtCore.QRectF(QtCore.QPointF(0, 0), size)
        area.moveCenter(inside.center())
        return area

    def _follow(self, event: Any) -> None:
        if self._image.isNull():
            return
        area = self._area()
        place = event.pos()
        self.move_to(
            (place.x() - area.left()) / max(1.0, area.width()),
            (place.y() - area.top()) / max(1.0, area.height()),
        )
