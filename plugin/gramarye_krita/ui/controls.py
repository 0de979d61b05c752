"""How the style is to be painted: the choices that every artist makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..logic.choices import LEAST_STROKE, MOST_STROKE, Choices
from ..logic.sizes import LAYER_SIZE
from ..qt import QtCore, QtWidgets
from ..translate import tr
from .parts import Amount, Choice, labelled, new_form


class Controls(QtWidgets.QWidget):
    """Recipe, strength, strokes, colours, size and quality."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.recipe = Choice("recipe", recipes(), recipe_tip())
        self.strength = Amount(
            "strength", 0, 100, tr("0 keeps the layer almost as it is, 100 leaves little but style")
        )
        self.stroke = Amount(
            "stroke",
            LEAST_STROKE,
            MOST_STROKE,
            tr("How large the strokes are: at 200 % they are twice as large as in the style"),
            doubling=True,
        )
        self.colours = Choice("colours", _colours(), tr("Whose colours the result has"))
        self.size = Choice(
            "size",
            _sizes(),
            tr(
                "The long side to compute at. The result is scaled to the layer's size; twice the "
                "side takes about four times as long."
            ),
        )
        self.quality = Choice("quality", _qualities(), tr("How long to work on the picture"))
        form = new_form()
        for text, field in (
            (tr("&Recipe:"), self.recipe),
            (tr("S&trength:"), self.strength),
            (tr("Stro&ke size:"), self.stroke),
            (tr("Co&lours:"), self.colours),
            (tr("Si&ze:"), self.size),
            (tr("&Quality:"), self.quality),
        ):
            labelled(form, text, field)
            field.changed.connect(self.changed)
        self.setLayout(form)

    def show_choices(self, choices: Choices) -> None:
        """Show these."""
        for name in ("recipe", "strength", "stroke", "colours", "size", "quality"):
            getattr(self, name).set_value(getattr(choices, name))

    def put_into(self, choices: Choices) -> Choices:
        """The same choices with what stands here."""
        return replace(
            choices,
            recipe=self.recipe.value(),
            strength=self.strength.value(),
            stroke=self.stroke.value(),
            colours=self.colours.value(),
            size=self.size.value(),
            quality=self.quality.value(),
        )


def recipes() -> list[tuple[str, str]]:
    """The daemon's recipes with a line for the artist each."""
    return [
        (tr("Warm – the usual one"), "warm"),
        (tr("Crisp – the sharpest strokes"), "crisp"),
        (tr("Texture – the style alone"), "texture"),
        (tr("Gatys 2015 – from noise"), "article"),
        (tr("Gatys 2016 – the paper's own"), "gatys-2016"),
        (tr("Johnson – the classic tool's"), "johnson-implementation"),
    ]


def recipe_tip() -> str:
    """What a recipe is."""
    return tr(
        "A recipe sets everything that is not chosen here. Warm is the usual one; the papers' "
        "recipes have their own number of steps and take long."
    )


def _colours() -> list[tuple[str, Any]]:
    return [
        (tr("The style's colours"), "off"),
        (tr("Keep the picture's colours"), "luminance"),
        (tr("Style recoloured to the picture"), "match"),
    ]


def _sizes() -> list[tuple[str, int]]:
    return [
        (tr("Small – 256 pixels"), 256),
        (tr("Medium – 512 pixels"), 512),
        (tr("Large – 768 pixels"), 768),
        (tr("Very large – 1024 pixels"), 1024),
        (tr("Huge – 2048 pixels"), 2048),
        (tr("The layer's own size"), LAYER_SIZE),
    ]


def _qualities() -> list[tuple[str, str]]:
    return [
        (tr("Draft – a quick look"), "draft"),
        (tr("Good"), "good"),
        (tr("Best – takes its time"), "best"),
    ]
