"""What is painted, and where the result goes."""

from __future__ import annotations

from dataclasses import replace

from ..logic.choices import Choices
from ..qt import QtCore, QtWidgets
from ..translate import tr
from .parts import Choice, labelled, new_form


class Places(QtWidgets.QWidget):
    """Input, output, and whether the selection bounds them."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.input = Choice(
            "input",
            [
                (tr("Active layer"), "active"),
                (tr("Each selected layer"), "selected"),
                (tr("Group, merged"), "group"),
                (tr("What is visible, merged"), "visible"),
            ],
            tr("What to paint. Select several layers in the Layers docker to paint each of them."),
        )
        self.output = Choice(
            "output",
            [
                (tr("New layer above"), "above"),
                (tr("New layer, old one hidden"), "in-place"),
                (tr("One new group for all layers"), "group"),
                (tr("New document"), "document"),
            ],
            tr("Where the result goes. Each new layer is one undo step, and so is a whole group."),
        )
        self.selection_only = QtWidgets.QCheckBox(tr("&Inside the selection only"))
        self.selection_only.setObjectName("gramarye_selection_only")
        self.selection_only.setToolTip(
            tr("Where there is a selection, paint only what is selected, with its soft edge")
        )
        self.selection_only.toggled.connect(lambda *_: self.changed.emit())
        form = new_form()
        for text, field in ((tr("&Paint:"), self.input), (tr("Res&ult:"), self.output)):
            labelled(form, text, field)
            field.changed.connect(self.changed)
        form.addRow("", self.selection_only)
        self.setLayout(form)

    def show_choices(self, choices: Choices) -> None:
        """Show these."""
        self.input.set_value(choices.input)
        self.output.set_value(choices.output)
        self.selection_only.setChecked(choices.selection_only)

    def put_into(self, choices: Choices) -> Choices:
        """The same choices with what stands here."""
        return replace(
            choices,
            input=self.input.value(),
            output=self.output.value(),
            selection_only=self.selection_only.isChecked(),
        )
