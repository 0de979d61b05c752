"""How much of each style, where several were chosen."""

from __future__ import annotations

from ..logic.choices import FULL_SHARE, MOST_STYLES, Style
from ..logic.gallery import name_of
from ..qt import Qt, QtCore, QtWidgets
from ..translate import tr
from .parts import Amount


class Mix(QtWidgets.QGroupBox):
    """A slider for each style; hidden while there is one style or none."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__(tr("Mix"))
        self.setObjectName("gramarye_mix")
        self._shares: dict[str, int] = {}
        self._paths: tuple[str, ...] = ()
        self.amounts: list[Amount] = []
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
        self.amounts = []
        if len(self._paths) > 1:
            for row, path in enumerate(self._paths):
                self._add_row(row, path)
        self.setVisible(len(self._paths) > 1)

    def styles(self) -> tuple[Style, ...]:
        """The styles with their shares."""
        return tuple(Style(path, self._shares.get(path, FULL_SHARE)) for path in self._paths)

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

    def _share(self, path: str, share: int) -> None:
        self._shares[path] = share
        self.changed.emit()
