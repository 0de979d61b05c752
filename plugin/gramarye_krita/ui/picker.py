"""Choosing a layer, or a whole open picture, as a style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..qt import Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .parts import scaled

_PLACE = Qt.ItemDataRole.UserRole
_SIDE = 40


@dataclass(frozen=True)
class Offer:
    """Something that can be a style: its name, the picture that it is in, and how it looks."""

    name: str
    document: str
    image: Any
    whole: bool
    """Whether it is the picture itself, and not a layer of it."""


class LayerPicker(QtWidgets.QDialog):
    """A tree of the open pictures and their layers. It blocks nothing."""

    picked = QtCore.pyqtSignal(int)
    """The place of what was picked among the offers."""

    def __init__(self, parent: Any, offers: Sequence[Offer]) -> None:
        super().__init__(parent)
        self.setObjectName("gramarye_picker")
        self.setWindowTitle(tr("Style from Layer"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.tree = QtWidgets.QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setIconSize(QtCore.QSize(_SIDE, _SIDE))
        self.tree.setAccessibleName(tr("Layers and open pictures"))
        self._fill(offers)
        self.tree.itemSelectionChanged.connect(self._enable)
        self.tree.itemActivated.connect(lambda *_: self.accept())
        buttons = QtWidgets.QDialogButtonBox()
        self.use_button = buttons.addButton(
            tr("&Use as Style"), QtWidgets.QDialogButtonBox.ButtonRole.AcceptRole
        )
        buttons.addButton(tr("Cancel"), QtWidgets.QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.label = QtWidgets.QLabel(tr("&Imitate this layer or picture:"))
        self.label.setBuddy(self.tree)
        self.column = QtWidgets.QVBoxLayout(self)
        for part in (self.label, self.tree, buttons):
            self.column.addWidget(part)
        self.resize(360, 420)
        self._enable()

    def accept(self) -> None:
        """Tell which one it is, and close."""
        place = self._place()
        if place is not None:
            self.picked.emit(place)
            super().accept()

    def _fill(self, offers: Sequence[Offer]) -> None:
        roots: dict[str, Any] = {}
        ratio = self.devicePixelRatioF()
        for place, offer in enumerate(offers):
            item = QtWidgets.QTreeWidgetItem([offer.name])
            item.setData(0, _PLACE, place)
            item.setIcon(0, QtGui.QIcon(scaled(offer.image, _SIDE, ratio)))
            if offer.whole or offer.document not in roots:
                self.tree.addTopLevelItem(item)
                roots[offer.document] = item
            else:
                roots[offer.document].addChild(item)
        self.tree.expandAll()
        if offers:
            self.tree.setCurrentItem(self.tree.topLevelItem(0))

    def _place(self) -> int | None:
        items = self.tree.selectedItems()
        return items[0].data(0, _PLACE) if items else None

    def _enable(self) -> None:
        self.use_button.setEnabled(self._place() is not None)
