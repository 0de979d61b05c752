"""The painting as it stands, drawn over the canvas while the job runs.

It is drawn on a pane in front of the canvas, which lets mouse and stylus through. No layer is made
for it: adding one is an undo step, and so is taking it away again where the job is cancelled.
"""

from __future__ import annotations

from typing import Any

from ..qt import Qt, QtCore, QtGui, QtWidgets
from .samples import sampled
from .source import Place
from .targets import is_open
from .viewing import Pose, active_canvas

_POLL_MS = 60
"""How soon the pane follows a canvas that was turned or zoomed: Krita has no signal for it."""


class Emerging(QtCore.QObject):
    """Shows pictures at a place of a document, on whichever canvas shows the document now."""

    def __init__(self, place: Place, parent: Any = None) -> None:
        super().__init__(parent)
        self._place = place
        self._image: Any = None
        self._shares: dict[tuple[int, int], bytes | None] = {}
        self._pane: _Pane | None = None
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._follow)

    @property
    def pane(self) -> Any:
        """The widget in front of the canvas; ``None`` where the document is not seen."""
        return self._pane

    def show_image(self, image: Any) -> None:
        """Show this picture, stretched over the place and as see-through as it is there."""
        if image.isNull():
            return
        size = (image.width(), image.height())
        if size not in self._shares:
            self._shares[size] = _share(self._place, size)
        self._image = _cut_out(image, self._shares[size])
        self._follow()
        self._timer.start()

    def end(self) -> None:
        """Take the picture away, for good: the place's alpha is as large as the layer."""
        self._timer.stop()
        self._image = None
        self._drop()
        self.deleteLater()

    def _follow(self) -> None:
        document = self._place.document
        found = active_canvas(document) if is_open(document) else None
        if found is None:
            self._drop()
            return
        canvas, area = found
        host = area.viewport()
        if self._pane is None or self._pane.parent() is not host:
            self._drop()
            self._pane = _Pane(host)
            # A closed view takes its widgets with it.
            self._pane.destroyed.connect(self._forget)
        self._pane.show_at(Pose.of(document, canvas, area), self._place.box, self._image)

    def _drop(self) -> None:
        pane, self._pane = self._pane, None
        if pane is not None:
            pane.destroyed.disconnect(self._forget)
            pane.hide()
            pane.deleteLater()

    def _forget(self, *_: Any) -> None:
        self._pane = None


class _Pane(QtWidgets.QWidget):
    """In front of a canvas; everything but the picture is see-through."""

    def __init__(self, host: Any) -> None:
        super().__init__(host)
        self.setObjectName("gramarye_emerging")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._shown: tuple[Any, ...] = ()

    def show_at(self, pose: Pose, box: tuple[int, int, int, int], image: Any) -> None:
        """Draw this image over this box of the picture."""
        area = self.parentWidget().rect()
        if area != self.geometry():
            self.setGeometry(area)
        if self._shown != (pose, box, image):
            self._shown = (pose, box, image)
            self.update()
        if not self.isVisible():
            self.show()
        self.raise_()

    def paintEvent(self, _: Any) -> None:  # noqa: N802 - Qt's name
        """Called by Qt."""
        if not self._shown:
            return
        pose, box, image = self._shown
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(pose.transform())
        painter.drawImage(QtCore.QRectF(*box), image)
        painter.end()


def _share(place: Place, size: tuple[int, int]) -> bytes | None:
    """How much of the place there is at each pixel of a picture: its alpha times its selection."""
    planes = []
    if place.alpha is not None:
        planes.append(sampled(place.alpha, place.travel.depth, place.size, size))
    if place.selection is not None:
        planes.append(sampled(place.selection, "U8", place.size, size))
    if len(planes) < 2:
        return planes[0] if planes else None
    return bytes(one * other // 255 for one, other in zip(*planes, strict=True))


def _cut_out(image: Any, share: bytes | None) -> Any:
    """The image, as see-through as its share."""
    if share is None:
        return image
    size = (image.width(), image.height())
    grey = QtGui.QImage(share, *size, size[0], QtGui.QImage.Format.Format_Grayscale8)
    cut = image.convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    cut.setAlphaChannel(grey)
    return cut
