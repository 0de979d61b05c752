"""The keyframes of one layer, painted one after the other, each from the result before it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gramarye_protocol import Plane, Settings

from .canvas.adding import Written
from .canvas.animation import write_frames
from .canvas.building import Painting
from .canvas.frames import frames
from .canvas.samples import together
from .canvas.scratch import Box
from .canvas.surveying import drawn
from .canvas.targets import Target
from .errors import Refusal
from .logic.batch import Task
from .translate import tr


class Keyframes:
    """A layer's keyframes within a range of times.

    All of them are read in one box, around what is painted at any of them, so that a result lies
    where the next frame's start is wanted.

    Raises:
        Refusal: the layer has no keyframe in the range, or is gone.
    """

    def __init__(self, target: Target, first: int, last: int) -> None:
        self.target = target
        self.keys = frames(target)
        self.chosen = [key for key in self.keys if first <= key <= last]
        if not self.chosen:
            raise Refusal(
                tr(
                    "“{name}” has no keyframe from {first} to {last}. Choose other frames, or "
                    "paint the picture of now.",
                    name=target.name,
                    first=first,
                    last=last,
                )
            )
        self.box: Box | None = None
        self._unseen = list(self.chosen)
        self._latest: tuple[Plane, Any] | None = None

    def tasks(self) -> list[Task]:
        """A task for each keyframe, in their order."""
        return [
            Task(
                tr("{name}, frame {frame}", name=self.target.name, frame=key),
                self.target,
                frame=key,
            )
            for key in self.chosen
        ]

    def survey(self) -> bool:
        """Look at one more keyframe for the box; whether any are left to look at.

        Raises:
            Refusal: see :func:`.canvas.surveying.drawn`.
        """
        if self._unseen:
            self.box = together(self.box, drawn(self.target, self._unseen.pop(0)))
        return bool(self._unseen)

    def begun_from(self, settings: Settings) -> tuple[Settings, list[tuple[Plane, Any]]]:
        """The settings of the next frame, and the picture that it starts from: the result before
        it, or what the settings say as long as there is none."""
        if self._latest is None:
            return settings, []
        plane, pixels = self._latest
        return replace(settings, init="image"), [(replace(plane, role="init", memo=""), pixels)]

    def came(self, plane: Plane, pixels: Any) -> None:
        """A frame's result is here."""
        self._latest = plane, pixels

    def is_shown(self, frame: int | None) -> bool:
        """Whether the artist looks at this keyframe now."""
        time = self.target.document.currentTime()
        return frame == max((key for key in self.keys if key <= time), default=None)

    def write(self, paintings: list[Painting], style: str) -> Written:
        """The results as keyframes, in one undo step.

        Raises:
            DocumentClosed, Refusal: see :func:`.canvas.animation.write_frames`.
        """
        return write_frames(paintings, f"{self.target.name} – {style}")
