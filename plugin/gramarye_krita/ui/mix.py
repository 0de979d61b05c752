"""How much of each style, and where it goes, where several were chosen."""

from __future__ import annotations

from typing import Any

from ..logic.choices import FULL_SHARE, MOST_STYLES, Style
from ..logic.gallery import name_of
from ..qt import Qt, QtCore, QtGui, QtWidgets
from ..translate import tr
from .parts import Amount
from .regions import RegionButton


class Mix(QtWidgets.QGroupBox):
    """A slider and a region for each style; hidden while there is one style or none."""

    changed = QtCore.pyqtSignal()
    region_wanted = QtCore.pyqtSignal(str, str)
    """A style's path, and where it shall go: see :class:`.regions.RegionButton`."""

    def __init__(self) -> None:
        super().__init__(tr("Mix"))
        self.setObjectName("gramarye_mix")
        self._shares: dict[str, int] = {}
        self._paths: tuple[str, ...] = ()
        self._regions: dict[str, tuple[Any, Any]] = {}
        self.amounts: list[Amount] = []
        self.buttons: list[RegionButton] = []
        self._grid = QtWidgets.QGridLayout(self)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_styles(self, styles: tuple[Style, ...]) -> None:
        """These styles with their shares."""
        self._shares.update({style.path: style.share for style in styles})
        self.show_paths([style.path for style in styles])

    def show_paths(self, paths: list[str]) -> None:
        """These styles; each keeps the share that it had."""
        self._paths = tuple(paths[:MOST_STYLES])
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            widget.setParent(None)
            widget.deleteLater()
        self.amounts, self.buttons = [], []
        if len(self._paths) > 1:
            for row, path in enumerate(self._paths):
                self._add_row(2 * row, path)
        self._tell_places()
        self.setVisible(len(self._paths) > 1)

    def styles(self) -> tuple[Style, ...]:
        """The styles with their shares."""
        return tuple(Style(path, self._shares.get(path, FULL_SHARE)) for path in self._paths)

    def regions(self) -> dict[str, Any]:
        """Where styles go, by their paths; those that go everywhere are not in it."""
        if len(self._paths) < 2:
            return {}
        return {path: self._regions[path][0] for path in self._paths if path in self._regions}

    def set_region(self, path: str, region: Any, image: Any = None) -> None:
        """A style goes there, which looks like this; ``None``: everywhere."""
        self._regions.pop(path, None)
        if region is not None:
            self._regions[path] = region, image
        self._tell_places()
        self.changed.emit()

    def _add_row(self, row: int, path: str) -> None:
        label = QtWidgets.QLabel()
        name = name_of(path)
        metrics = label.fontMetrics()
        width = 12 * metrics.averageCharWidth()
        label.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, width))
        label.setToolTip(path)
        amount = Amount("share", 1, FULL_SHARE, tr("How much of “{name}”", name=name))
        amount.set_value(self._shares.get(path, FULL_SHARE))
        amount.changed.connect(lambda: self._share(path, amount.value()))
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(amount, row, 1)
        self.amounts.append(amount)
        button = RegionButton(name)
        button.wanted.connect(lambda kind: self.region_wanted.emit(path, kind))
        self._grid.addWidget(button, row + 1, 1)
        self.buttons.append(button)

    def _tell_places(self) -> None:
        """A share is among styles that go to the same place, so a region's own has none."""
        used = self.regions()
        for path, amount, button in zip(self._paths, self.amounts, self.buttons, strict=False):
            amount.setEnabled(path not in used)
            if path in used:
                region, image = self._regions[path]
                button.show_place(tr("Goes {where}", where=region.words), image)
            else:
                words = tr("Goes everywhere else") if used else tr("Goes everywhere")
                button.show_place(words, QtGui.QImage())

    def _share(self, path: str, share: int) -> None:
        self._shares[path] = share
        self.changed.emit()
