"""The small widgets of which the dialog is made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..qt import Qt, QtCore, QtGui, QtWidgets


class Choice(QtWidgets.QComboBox):
    """A box of words, each of which stands for a value."""

    changed = QtCore.pyqtSignal()

    def __init__(self, name: str, options: Iterable[tuple[str, Any]], tip: str) -> None:
        super().__init__()
        self.setObjectName(f"gramarye_{name}")
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.setMinimumContentsLength(12)
        for words, value in options:
            self.addItem(words, value)
        self.currentIndexChanged.connect(lambda *_: self.changed.emit())

    def value(self) -> Any:
        """What the present words stand for."""
        return self.currentData()

    def set_value(self, value: Any) -> None:
        """Show the words for this value, if there are some."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.setCurrentIndex(index)

    def allow(self, value: Any, allowed: bool, why_not: str = "") -> None:
        """Grey out one of the words, and say why."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.model().item(index).setEnabled(allowed)
                tip = "" if allowed else why_not
                self.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Only in focus: otherwise scrolling past would change it."""
        _unless_focused(self, event, super().wheelEvent)


class Amount(QtWidgets.QWidget):
    """A slider with its number in percent; the slider may be logarithmic."""

    changed = QtCore.pyqtSignal()
    _FINE = 20
    """Steps of a logarithmic slider for each doubling."""

    def __init__(self, name: str, least: int, most: int, tip: str, doubling: bool = False) -> None:
        super().__init__()
        self._doubling = doubling
        self.slider = QtWidgets.QSlider(Qt.Orientation.Horizontal)
        self.box = Number(name, least, most)
        self.box.setSuffix(" %")
        self.slider.setObjectName(f"gramarye_{name}_slider")
        self.slider.setRange(self._notch(least), self._notch(most))
        for widget in (self.slider, self.box):
            widget.setToolTip(tip)
        self.slider.valueChanged.connect(self._slid)
        self.box.valueChanged.connect(self._typed)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        self.setFocusProxy(self.slider)

    def value(self) -> int:
        """In percent."""
        return self.box.value()

    def set_value(self, value: int) -> None:
        """In percent."""
        self.box.setValue(value)

    def _notch(self, value: int) -> int:
        return round(self._FINE * math.log2(value / 100)) if self._doubling else value

    def _slid(self, notch: int) -> None:
        if notch != self._notch(self.box.value()):
            self.box.setValue(round(100 * 2 ** (notch / self._FINE)) if self._doubling else notch)

    def _typed(self, value: int) -> None:
        self.slider.setValue(self._notch(value))
        self.changed.emit()


class Number(QtWidgets.QSpinBox):
    """A whole number that the wheel changes only in focus."""

    def __init__(self, name: str, least: int, most: int) -> None:
        super().__init__()
        self.setObjectName(f"gramarye_{name}")
        self.setRange(least, most)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Only in focus: otherwise scrolling past would change it."""
        _unless_focused(self, event, super().wheelEvent)


class Sentence(QtWidgets.QLabel):
    """Text that wraps, can be selected, and is always as tall as it needs.

    Qt asks a wrapping label for its height only where nothing else needs the room, and would cut it
    off in a window that is small.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"gramarye_{name}")
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QtWidgets.QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show this text, whole."""
        super().setText(text)
        self._fit()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(max(self.heightForWidth(self.width()), self.fontMetrics().height()))


def fold_button(name: str, heading: str, content: Any, tip: str) -> Any:
    """A heading that shows and hides ``content``, which is hidden at first."""
    button = QtWidgets.QToolButton()
    button.setObjectName(f"gramarye_{name}_fold")
    button.setText(heading)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def show(shown: bool) -> None:
        button.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        content.setVisible(shown)

    button.toggled.connect(show)
    show(False)
    return button


def labelled(form: Any, text: str, field: Any) -> Any:
    """A row of a form whose label's key reaches its field; returns the label."""
    label = QtWidgets.QLabel(text)
    label.setBuddy(field.focusProxy() or field)
    form.addRow(label, field)
    return label


def new_form() -> Any:
    """A form whose fields use all the width there is."""
    form = QtWidgets.QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def scaled(image: Any, side: int, ratio: float) -> Any:
    """An image as a pixmap that fits into a square of ``side`` points, as sharp as the screen."""
    size = max(1, round(side * ratio))
    pixmap = QtGui.QPixmap.fromImage(image).scaled(
        size,
        size,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def draw_hint(painter: Any, area: Any, hint: str) -> None:
    """A sentence in the middle of an area."""
    option = QtGui.QTextOption(Qt.AlignmentFlag.AlignCenter)
    option.setWrapMode(QtGui.QTextOption.WrapMode.WordWrap)
    painter.drawText(QtCore.QRectF(area.adjusted(12, 12, -12, -12)), hint, option)


def _unless_focused(widget: Any, event: Any, scroll: Any) -> None:
    if widget.hasFocus():
        scroll(event)
    else:
        event.ignore()
