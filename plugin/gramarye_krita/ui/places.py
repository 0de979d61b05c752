"""What is painted, and where the result goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..logic.choices import Choices
from ..qt import QtCore, QtWidgets
from ..translate import tr
from .frames import Frames
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
        self.frames = Frames()
        form = new_form()
        labelled(form, tr("&Paint:"), self.input)
        self._frames_label = labelled(form, tr("&Frames:"), self.frames)
        labelled(form, tr("Res&ult:"), self.output)
        for field in (self.input, self.frames, self.output):
            field.changed.connect(self._tell)
        form.addRow("", self.selection_only)
        self.setLayout(form)
        self._fit_frames()

    def offer_frames(self, keys: Sequence[int]) -> None:
        """The active layer has these keyframes; without any, nothing is said of frames."""
        self.frames.offer(keys)
        self._fit_frames()

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
            frames=self._range(),
        )

    def _range(self) -> tuple[int, int] | None:
        return self.frames.value() if self.input.value() == "active" else None

    def _tell(self) -> None:
        self._fit_frames()
        self.changed.emit()

    def _fit_frames(self) -> None:
        """Frames are the active layer's, and their result is a new layer above it."""
        shown = self.frames.offered and self.input.value() == "active"
        for part in (self._frames_label, self.frames):
            part.setVisible(shown)
        self.output.setEnabled(self._range() is None)
