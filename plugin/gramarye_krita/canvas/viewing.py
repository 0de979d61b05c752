"""Where the pixels of a document are on the screen.

Krita tells plugins a canvas' zoom, rotation and mirroring. Where it is scrolled to is read from its
scroll bars: they hold the corner of the box around the picture as it lies on the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..host import application
from ..qt import QtCore, QtGui, QtWidgets

_CANVAS = "KisCanvasController"


@dataclass(frozen=True)
class Pose:
    """How a picture of this size lies on a canvas; equal poses look the same."""

    size: tuple[int, int]
    zoom: float
    rotation: float
    mirrored: bool
    scrolled: tuple[int, int]

    def transform(self) -> Any:
        """From pixels of the picture to those of the canvas."""
        turned = self._turned().scale(self.zoom, self.zoom)
        box = turned.mapRect(QtCore.QRectF(0, 0, *self.size))
        moved = QtGui.QTransform.fromTranslate(
            -self.scrolled[0] - box.x(), -self.scrolled[1] - box.y()
        )
        return turned * moved

    def _turned(self) -> Any:
        """Mirrored first and rotated then, as Krita does."""
        mirror = QtGui.QTransform.fromScale(-1 if self.mirrored else 1, 1)
        return mirror * QtGui.QTransform().rotate(self.rotation)

    @staticmethod
    def of(document: Any, canvas: Any, area: Any) -> Pose:
        """How the document lies on the canvas that is seen through this scroll area."""
        pose = Pose(
            (document.width(), document.height()),
            1.0,
            canvas.rotation(),
            canvas.mirror(),
            (area.horizontalScrollBar().value(), area.verticalScrollBar().value()),
        )
        return Pose(pose.size, pose._zoom(document, canvas, area), *pose._rest())

    def _rest(self) -> tuple[float, bool, tuple[int, int]]:
        return self.rotation, self.mirrored, self.scrolled

    def _zoom(self, document: Any, canvas: Any, area: Any) -> float:
        """The zoom as Krita says it, with or without the picture's resolution in it.

        Versions differ in that, so what the scroll bars' range says decides: it is the width of the
        box around the picture, with a margin at each end.
        """
        bar = area.horizontalScrollBar()
        width = bar.maximum() + bar.minimum() + area.viewport().width()
        unit = self._turned().mapRect(QtCore.QRectF(0, 0, *self.size)).width()
        said = canvas.zoomLevel()
        resolution = document.xRes() or 72.0
        return min((said, said * 72.0 / resolution), key=lambda zoom: abs(zoom * unit - width))


def active_canvas(document: Any) -> tuple[Any, Any] | None:
    """The libkis canvas and the scroll area that show this document in the active window.

    ``None`` where another document is shown.
    """
    window = application().activeWindow()
    if window is None:
        return None
    view = window.activeView()
    if view is None or not _same(view.document(), document):
        return None
    shown = window.qwindow().findChild(QtWidgets.QMdiArea).activeSubWindow()
    if shown is None:
        return None
    for area in shown.findChildren(QtWidgets.QAbstractScrollArea):
        if area.metaObject().className() == _CANVAS:
            return view.canvas(), area
    return None


def _same(one: Any, other: Any) -> bool:
    """Whether two of Krita's handles mean one document."""
    if one is None or other is None or not one.width() or not other.width():
        return False
    return one.rootNode().uniqueId() == other.rootNode().uniqueId()
