"""The folded section: what only those change who know the method. Each row is one setting."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from ..qt import Qt, QtCore, QtWidgets
from ..translate import tr
from .parts import Choice, Number, labelled, new_form

GIGABYTE = 1_000_000_000
LONGEST_SEED = (1 << 31) - 1
LEAST_TILE = 15
"""Stands for no tiles at all: the protocol's smallest is larger."""
_LARGEST_WEIGHT = 1e6


class Advanced(QtWidgets.QWidget):
    """A field for each setting; untouched, each leaves its setting to the recipe."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        form = new_form()
        self.fields: dict[str, Any] = {}
        for name, label, field in _rows():
            labelled(form, label, field)
            self.fields[name] = field
            field.changed.connect(self._tell)
        self.reset_button = QtWidgets.QPushButton(tr("Leave All to the Recipe"))
        self.reset_button.setToolTip(tr("Undo everything that was changed in this section"))
        self.reset_button.setAutoDefault(False)
        self.reset_button.clicked.connect(lambda *_: self.show_values({}))
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.reset_button, 0, Qt.AlignmentFlag.AlignRight)
        self._quiet = False

    def values(self) -> dict[str, Any]:
        """Settings by name; only those that were changed."""
        told = {name: field.value() for name, field in self.fields.items()}
        return {name: value for name, value in told.items() if value not in (None, ())}

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show these settings, and the recipe's own for all others."""
        self._quiet = True
        for name, field in self.fields.items():
            field.set_value(values.get(name))
        self._quiet = False
        self.changed.emit()

    def allow_features(self, available: tuple[str, ...]) -> None:
        """Grey out the networks that the daemon does not have; empty: it has not said."""
        for kind in ("vgg19", "vgg16"):
            self.fields["features"].allow(
                kind,
                not available or kind in available,
                tr("The daemon has no weights for it: gramarye weights fetch {kind}", kind=kind),
            )

    def _tell(self) -> None:
        if not self._quiet:
            self.changed.emit()


class Optional(QtWidgets.QDoubleSpinBox):
    """A number whose lowest notch stands for "the recipe's own"."""

    changed = QtCore.pyqtSignal()

    def __init__(self, name: str, most: float, step: float, digits: int, tip: str) -> None:
        super().__init__()
        self.setObjectName(f"gramarye_{name}")
        self.setDecimals(digits)
        self.setSingleStep(step)
        self.setRange(-step, most)
        self.setSpecialValueText(own())
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setValue(self.minimum())
        self.valueChanged.connect(lambda *_: self.changed.emit())

    def value(self) -> float | None:
        """``None`` for the recipe's own."""
        number = super().value()
        return None if number < 0 else number

    def set_value(self, value: float | None) -> None:
        """``None`` for the recipe's own."""
        self.setValue(self.minimum() if value is None else value)

    def wheelEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Only in focus: otherwise scrolling past would change it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Count(Number):
    """A whole number from ``least``; the notch below it stands for "the recipe's own"."""

    changed = QtCore.pyqtSignal()

    def __init__(self, name: str, least: int, most: int, tip: str, special: str = "") -> None:
        super().__init__(name, least - 1, most)
        self._least = least
        self.setSpecialValueText(special or own())
        self.setToolTip(tip)
        self.set_value(None)
        self.valueChanged.connect(lambda *_: self.changed.emit())

    def value(self) -> Any:
        """A whole number; ``None`` for the recipe's own."""
        number = super().value()
        return None if number < self._least else number

    def set_value(self, value: Any) -> None:
        """``None`` for the recipe's own."""
        self.setValue(self._least - 1 if value is None else value)


class Seed(QtWidgets.QWidget):
    """A seed, and a button that throws another."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        tip = tr("Another number gives another result of the same kind; the same one the same")
        self.box = Count("seed", 0, LONGEST_SEED, tip)
        self.button = QtWidgets.QPushButton(tr("Another"))
        self.button.setToolTip(tr("Throw another seed"))
        self.button.setAutoDefault(False)
        self.box.changed.connect(self.changed)
        self.button.clicked.connect(lambda *_: self.box.setValue(random.randint(0, 99_999)))
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.box)
        self.value, self.set_value = self.box.value, self.box.set_value


class Memory(Count):
    """Whole gigabytes as bytes."""

    def __init__(self) -> None:
        tip = tr("The most memory that a job may take; it is cut into tiles to keep to it")
        super().__init__("max_memory", 1, 4096, tip, tr("No limit of its own"))
        self.setSuffix(tr(" GB"))

    def value(self) -> int | None:
        """In bytes."""
        gigabytes = super().value()
        return None if gigabytes is None else gigabytes * GIGABYTE

    def set_value(self, value: int | None) -> None:
        """In bytes."""
        super().set_value(None if value is None else max(1, value // GIGABYTE))


class Tile(Count):
    """The side of a tile."""

    def __init__(self) -> None:
        tip = tr("Work in tiles of so many pixels. Automatic does where memory asks for it.")
        super().__init__("tile", LEAST_TILE, 16_384, tip, tr("Automatic"))

    def value(self) -> Any:
        """``off`` for none."""
        side = super().value()
        return "off" if side == LEAST_TILE else side

    def set_value(self, value: Any) -> None:
        """``off`` for none."""
        super().set_value(LEAST_TILE if value == "off" else value)

    def textFromValue(self, value: int) -> str:  # noqa: N802 - Qt's name
        """The lowest number in a word."""
        if value == LEAST_TILE:
            return tr("Whole picture at once")
        return super().textFromValue(value)


class Layers(QtWidgets.QLineEdit):
    """Names of layers, with commas between."""

    changed = QtCore.pyqtSignal()

    def __init__(self, name: str, example: str, tip: str) -> None:
        super().__init__()
        self.setObjectName(f"gramarye_{name}")
        self.setPlaceholderText(tr("{own} – such as {example}", own=own(), example=example))
        self.setToolTip(tip)
        self.setMaxLength(512)
        self.editingFinished.connect(self.changed)

    def value(self) -> tuple[str, ...]:
        """Empty for the recipe's own."""
        return tuple(name.strip()[:32] for name in self.text().split(",") if name.strip())[:32]

    def set_value(self, value: tuple[str, ...] | None) -> None:
        """Empty for the recipe's own."""
        self.setText(", ".join(value or ()))


def own() -> str:
    """What stands where nothing was chosen."""
    return tr("Recipe's own")


def _rows() -> list[tuple[str, str, Any]]:
    """Setting, label, field."""
    return [*_network_rows(), *_search_rows(), *_weight_rows(), *_machine_rows()]


def _box(name: str, tip: str, *options: tuple[str, Any], first: str = "") -> Choice:
    return Choice(name, [(first or own(), None), *options], tip)


def _yes_no(name: str, tip: str) -> Choice:
    return _box(name, tip, (tr("Yes"), True), (tr("No"), False))


def _network_rows() -> list[tuple[str, str, Any]]:
    layers = tr("Which of the network's layers are compared, with commas between")
    return [
        (
            "features",
            tr("Style is seen by:"),
            _box(
                "features",
                tr("The network that compares the pictures; VGG-19 sees strokes best"),
                ("VGG-19", "vgg19"),
                ("VGG-16", "vgg16"),
                (tr("Built-in features"), "builtin"),
                first=tr("The best there is"),
            ),
        ),
        (
            "style_statistic",
            tr("Style statistic:"),
            _box(
                "style_statistic",
                tr("What of the style is compared"),
                (tr("Gram matrix"), "gram"),
                (tr("Mean and covariance"), "moments"),
                (tr("Mean and variance"), "mean-variance"),
                (tr("Wasserstein distance"), "wasserstein"),
            ),
        ),
        ("style_layers", tr("Style layers:"), Layers("style_layers", "relu1_1, relu2_1", layers)),
        ("content_layers", tr("Content layers:"), Layers("content_layers", "relu4_2", layers)),
        ("style_distance", tr("Style distance:"), _distance("style_distance")),
        ("content_distance", tr("Content distance:"), _distance("content_distance")),
        (
            "augment",
            tr("Every direction:"),
            _yes_no("augment", tr("Also use the style turned and mirrored")),
        ),
        (
            "match_histogram",
            tr("Exact colours:"),
            _yes_no("match_histogram", tr("Give each channel the style's own histogram")),
        ),
    ]


def _distance(name: str) -> Choice:
    tip = tr("How a difference is counted")
    mean, root = tr("Mean of squares"), tr("Root of the mean of squares")
    return _box(name, tip, (mean, "mse"), (root, "rmse"))


def _search_rows() -> list[tuple[str, str, Any]]:
    return [
        (
            "init",
            tr("Start from:"),
            _box(
                "init",
                tr("What the painting grows from"),
                (tr("The picture in the style's colours"), "palette"),
                (tr("The picture"), "content"),
                (tr("Noise"), "noise"),
            ),
        ),
        (
            "steps",
            tr("Steps:"),
            Count("steps", 1, 100_000, tr("Steps at the full size, whatever the quality says")),
        ),
        (
            "optimiser",
            tr("Optimiser:"),
            _box(
                "optimiser",
                tr("How the picture is searched for"),
                ("L-BFGS", "lbfgs"),
                ("Adam", "adam"),
            ),
        ),
        (
            "averaging",
            tr("Averaging:"),
            Optional("averaging", 0.9999, 0.01, 4, tr("How slowly Adam is followed")),
        ),
        ("seed", tr("Seed:"), Seed()),
    ]


def _weight_rows() -> list[tuple[str, str, Any]]:
    return [
        (
            "content_weight",
            tr("Content weight α:"),
            Optional(
                "content_weight",
                _LARGEST_WEIGHT,
                0.01,
                4,
                tr("In place of the strength's"),
            ),
        ),
        (
            "style_weight",
            tr("Style weight β:"),
            Optional("style_weight", _LARGEST_WEIGHT, 0.1, 4, tr("In place of the recipe's")),
        ),
        (
            "total_variation",
            tr("Smoothness:"),
            Optional("total_variation", _LARGEST_WEIGHT, 0.1, 3, tr("Against noise; 0 is none")),
        ),
    ]


def _machine_rows() -> list[tuple[str, str, Any]]:
    return [
        (
            "dtype",
            tr("Compute in:"),
            _box(
                "dtype",
                tr("Number format of the features"),
                (tr("32 bits"), "float32"),
                (tr("16 bits – bfloat16"), "bfloat16"),
                (tr("64 bits – slow"), "float64"),
                first=tr("What is quickest"),
            ),
        ),
        ("tile", tr("Tiles:"), Tile()),
        ("max_memory", tr("Memory limit:"), Memory()),
    ]
