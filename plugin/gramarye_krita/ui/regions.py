"""Where each style of a mix goes: a button for each, and the window to choose a layer in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..qt import QAction, Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .parts import Choice, scaled
from .picker import LayerPicker, Offer

SIDE = 24
"""Of the picture on a button, in points."""
EVERYWHERE, SELECTION, LAYER = "everywhere", "selection", "layer"


class RegionButton(QtWidgets.QToolButton):
    """Says where a style goes, with a picture of it, and asks for another place."""

    wanted = QtCore.pyqtSignal(str)
    """``everywhere``, ``selection`` or ``layer``."""

    def __init__(self, style: str) -> None:
        super().__init__()
        self.setObjectName("gramarye_region")
        self.setAccessibleName(tr("Where “{name}” goes", name=style))
        self.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setIconSize(QtCore.QSize(SIDE, SIDE))
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Fixed)
        self._words = ""
        menu = QtWidgets.QMenu(self)
        menu.setToolTipsVisible(True)
        for kind, words, tip in (
            (EVERYWHERE, tr("Everywhere"), tr("Where no other style has a region")),
            (
                SELECTION,
                tr("Where It Is Selected Now"),
                tr("The selection is kept for this style; select something else for another one"),
            ),
            (
                LAYER,
                tr("From a Mask or Layer…"),
                tr("A transparency mask, or what a layer covers, says where the style goes"),
            ),
        ):
            action = QAction(words, menu)
            action.setToolTip(tip)
            action.triggered.connect(lambda *_, kind=kind: self.wanted.emit(kind))
            menu.addAction(action)
        self.setMenu(menu)

    def show_place(self, words: str, image: Any) -> None:
        """Say where the style goes; the image may be null."""
        self._words = words
        self.setToolTip(words)
        pixmap = (
            QtGui.QPixmap() if image.isNull() else scaled(image, SIDE, self.devicePixelRatioF())
        )
        self.setIcon(QtGui.QIcon(pixmap))
        self._fit()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Another width has room for other words."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - SIDE - 32
        self.setText(
            self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, max(room, 40))
        )


class RegionPicker(LayerPicker):
    """A tree of a picture's layers and masks, and what of one says where the style goes."""

    chosen = QtCore.pyqtSignal(int, str, bool)
    """The place among the offers, by what (``alpha`` or ``lightness``), and whether inverted."""

    def __init__(self, parent: Any, style: str, offers: Sequence[Offer]) -> None:
        super().__init__(parent, offers)
        self.setObjectName("gramarye_region_picker")
        self.setWindowTitle(tr("Where “{name}” Goes", name=style))
        self.label.setText(tr("&Mask or layer that says where the style goes:"))
        self.use_button.setText(tr("&Use as Region"))
        self.by = Choice(
            "region_by",
            [(tr("Where it is painted"), "alpha"), (tr("Where it is light"), "lightness")],
            tr("What of a layer counts; a mask counts as it shows its layer"),
        )
        self.inverted = QtWidgets.QCheckBox(tr("&The other way round"))
        self.inverted.setObjectName("gramarye_region_inverted")
        self.column.insertWidget(2, self.by)
        self.column.insertWidget(3, self.inverted)
        self.picked.connect(
            lambda place: self.chosen.emit(place, self.by.value(), self.inverted.isChecked())
        )
