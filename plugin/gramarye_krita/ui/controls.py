"""How the style is to be painted: the choices that every artist makes."""

from __future__ import annotations

from dataclasses import replace

from ..logic.choices import LEAST_STROKE, MOST_STROKE, Choices
from ..logic.offered import colours, qualities, recipes, sizes
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
        self.colours = Choice("colours", colours(), tr("Whose colours the result has"))
        self.size = Choice(
            "size",
            sizes(),
            tr(
                "The long side to compute at. The result is scaled to the layer's size; twice the "
                "side takes about four times as long."
            ),
        )
        self.quality = Choice("quality", qualities(), tr("How long to work on the picture"))
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


def recipe_tip() -> str:
    """What a recipe is."""
    return tr(
        "A recipe sets everything that is not chosen here. Warm is the usual one; the papers' "
        "recipes have their own number of steps and take long."
    )
