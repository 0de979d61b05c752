"""What was asked for at once: one task for each layer, how far each is, and how far all are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..translate import tr, trn


class State(Enum):
    """Where a task stands. The last four are ends."""

    WAITING = "waiting"
    """Its pixels are still Krita's: it has not been sent."""
    SENT = "sent"
    RUNNING = "running"
    DONE = "done"
    KEPT = "kept"
    """Stopped early, and the picture as it stood was kept."""
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = (State.DONE, State.KEPT, State.FAILED, State.CANCELLED)
_GOING = (State.SENT, State.RUNNING)


@dataclass
class Task:
    """One layer's transfer, under an id that no other client has.

    ``target`` says which layer, and ``place`` where its result goes once it was read; both are the
    canvas' and only carried here.
    """

    name: str
    target: Any = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: State = State.WAITING
    words: str = ""
    step: int = 0
    steps: int = 0
    place: Any = None
    preview: Any = None
    frame: int | None = None
    """The keyframe that is painted; ``None``: what is seen now."""
    keeping: bool = False
    """It was stopped, and the picture as it stands is on its way."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in _ENDS

    @property
    def going(self) -> bool:
        """Whether the daemon has it."""
        return self.state in _GOING

    @property
    def progress(self) -> float:
        """How far it is, from 0 to 1."""
        if self.ended:
            return 1.0
        return min(1.0, self.step / self.steps) if self.steps else 0.0

    def end(self, state: State, words: str) -> None:
        """It is over; the preview's pixels are let go."""
        self.state, self.words, self.preview = state, words, None


@dataclass
class Batch:
    """Tasks that were asked for together, in the order in which they run.

    Two are with the daemon at a time, one that it works on and one that is next, so that the pixels
    of the others stay Krita's. Frames go one by one (``at_once`` 1), as each starts from the one
    before. ``note`` is a sentence about all of them.
    """

    tasks: Sequence[Task]
    style_name: str = ""
    at_once: int = 2
    note: str = ""

    @property
    def ended(self) -> bool:
        """Whether every task is over."""
        return all(task.ended for task in self.tasks)

    @property
    def progress(self) -> float:
        """How far all of it is, from 0 to 1."""
        return sum(task.progress for task in self.tasks) / max(1, len(self.tasks))

    def due(self) -> list[Task]:
        """The tasks to send now."""
        room = self.at_once - sum(task.going for task in self.tasks)
        waiting = [task for task in self.tasks if task.state is State.WAITING]
        return waiting[: max(0, room)]

    def going(self) -> list[Task]:
        """The tasks that the daemon has."""
        return [task for task in self.tasks if task.going]

    def left(self) -> list[Task]:
        """The tasks that are not over."""
        return [task for task in self.tasks if not task.ended]

    def find(self, job: str | None) -> Task | None:
        """The task with this id that is still going."""
        return next((task for task in self.tasks if task.id == job and task.going), None)


def overall(batches: Iterable[Batch]) -> float:
    """How far all batches are together, from 0 to 1; every layer counts alike."""
    tasks = [task for batch in batches for task in batch.tasks]
    return sum(task.progress for task in tasks) / max(1, len(tasks))


def ending_words(batch: Batch) -> str:
    """What came of a batch, in a line; of a single task its own words."""
    if len(batch.tasks) == 1:
        return f"{batch.tasks[0].words} {batch.note}".strip()
    counts = {state: sum(task.state is state for task in batch.tasks) for state in _ENDS}
    parts = []
    if counts[State.DONE] and batch.tasks[0].frame is not None:
        parts.append(trn("1 frame is done", "{number} frames are done", counts[State.DONE]))
    elif counts[State.DONE]:
        parts.append(trn("1 layer is done", "{number} layers are done", counts[State.DONE]))
    if counts[State.KEPT]:
        parts.append(
            trn("1 was kept as it stood", "{number} were kept as they stood", counts[State.KEPT])
        )
    if counts[State.FAILED]:
        parts.append(trn("1 failed", "{number} failed", counts[State.FAILED]))
    if counts[State.CANCELLED]:
        parts.append(trn("1 was cancelled", "{number} were cancelled", counts[State.CANCELLED]))
    line = tr("{list}.", list=", ".join(parts))
    return f"{line} {batch.note}".strip()
