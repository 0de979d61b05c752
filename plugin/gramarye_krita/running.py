"""Batches on their way: pixels out of Krita, jobs to the daemon, results back as layers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gramarye_protocol import (
    Accepted,
    Event,
    Failure,
    Finished,
    Plane,
    Progressed,
    Sent,
    Settings,
    Standing,
    job_of,
)

from .canvas import reading, recipes, targets, writing
from .canvas.emerging import Emerging
from .canvas.images import preview_image
from .connection import Connection
from .diarist import SIDE, diarist, entry_of
from .errors import Refusal
from .keyframes import Keyframes
from .logic import telling
from .logic.asking import settings_for, style_side
from .logic.batch import Batch, State, Task
from .logic.choices import Choices, to_json
from .logic.gallery import name_of
from .qt import QtCore
from .shown import thumbnail_of
from .staying import Staying
from .styles import style_planes, with_regions
from .translate import tr

Planes = list[tuple[Plane, Any]]


@dataclass
class Run:
    """A batch with what it was asked with, and the results that wait for the others."""

    batch: Batch
    choices: Choices
    keyframes: Keyframes | None = None
    made_with: dict[str, Any] = field(default_factory=dict)
    """Of the latest result."""
    gathered: list[tuple[Task, writing.Painting]] = field(default_factory=list)


class Runner(QtCore.QObject):
    """What one window has asked for. Several batches may run at once."""

    changed = QtCore.pyqtSignal()
    ended = QtCore.pyqtSignal(object)
    """A batch is over: a :class:`~.logic.batch.Batch`."""
    _prepared = QtCore.pyqtSignal(object, object, object)

    def __init__(self, connection: Connection, parent: Any) -> None:
        super().__init__(parent)
        self._connection = connection
        self._runs: list[Run] = []
        self._shown: dict[str, Emerging] = {}
        self._preparing: Task | None = None
        self._thread: threading.Thread | None = None
        self._prepared.connect(self._submit)
        self._diarist = diarist()
        self._recipes: dict[str, dict[str, Any]] = {}
        self._waiting: set[str] = set()
        """Jobs whose results could not be added, and stay at the daemon."""

    @property
    def batches(self) -> list[Batch]:
        """All batches since the last that began while nothing ran."""
        return [run.batch for run in self._runs]

    @property
    def busy(self) -> bool:
        """Whether anything is left to do."""
        return any(not run.batch.ended for run in self._runs)

    def start(
        self,
        choices: Choices,
        document: Any,
        view: Any,
        found: Sequence[targets.Target] | None = None,
    ) -> Batch:
        """Begin with these targets, or with what the choices mean in this document.

        Raises:
            Refusal: there is nothing to paint, or no style was chosen.
        """
        if found is None:
            found = targets.targets(targets.Input(choices.input), document, view)
        settings_for(choices, 1 << 12, 1 << 12)  # refuses what no layer could mend
        style = " + ".join(name_of(one.path) for one in choices.styles)
        keyframes = Keyframes(found[0], *choices.frames) if choices.frames else None
        if keyframes is None:
            batch = Batch([Task(one.name, one) for one in found], style)
        else:
            batch = Batch(keyframes.tasks(), style, at_once=1)
        for task in batch.tasks:
            task.words = tr("Waiting…")
        if not self.busy:
            self._runs = []
        self._runs.append(Run(batch, choices, keyframes))
        self._pump()
        self.changed.emit()
        return batch

    def cancel(self, names: Iterable[str]) -> None:
        """Stop these tasks and add nothing for them."""
        for run, task in self._named(names):
            going = task.going
            self._end(run, task, State.CANCELLED, telling.cancelled_words(task.frame))
            if going:  # after its end here: the daemon answers that it was cancelled
                self._connection.cancel(task.id)
        self._pump()

    def keep(self, names: Iterable[str]) -> None:
        """Stop these tasks, and keep the pictures as they stand, which the daemon then sends. What
        nothing can be seen of yet is cancelled, and so is a frame: among others it would flicker.

        Raises:
            Refusal: the daemon is too old.
        """
        for run, task in self._named(names):
            if task.preview is None or run.keyframes is not None:
                self.cancel([task.id])
                continue
            self._connection.keep(task.id)
            task.keeping = True
            task.words = telling.keeping_words()
        self.changed.emit()

    def take(self, event: Event) -> bool:
        """Act on an event of the protocol; whether it was about one of these tasks."""
        run, task = self._find(job_of(event))
        if run is None or task is None:
            return False
        if isinstance(event, Failure):
            elsewhere = event.code == "cancelled"  # in the docker, or by the command line
            state = State.CANCELLED if elsewhere else State.FAILED
            self._end(run, task, state, telling.failure_words(event))
        elif isinstance(event, Finished):
            self._finish(run, task, event)
        else:
            self._progress(task, event)
        self._pump()
        self.changed.emit()
        return True

    def wait(self, sentence: str) -> None:
        """The daemon is away: say so for each task that it has."""
        for run in self._runs:
            for task in run.batch.going():
                task.words = sentence
        self.changed.emit()

    def lose(self, sentence: str) -> None:
        """The daemon will not have these tasks."""
        for run in self._runs:
            for task in run.batch.left():
                self._end(run, task, State.FAILED, sentence)

    def close(self) -> None:
        """Krita ends: let go of everything. The daemon goes on, and the diary knows of it."""
        for run in self._runs:
            for task in run.batch.left():
                self._diarist.leave(task.id)
        for emerging in self._shown.values():
            emerging.end()
        self._shown.clear()
        self._runs = []
        if self._thread is not None:
            self._thread.join()

    # --- out

    def _pump(self) -> None:
        """Read the next layer that is due; one at a time, with Krita's turn between two."""
        if self._preparing is not None:
            return
        for run in self._runs:
            for task in run.batch.due():
                self._preparing = task
                task.words = tr("Reading the layer…")
                QtCore.QTimer.singleShot(0, lambda run=run, task=task: self._read(run, task))
                return

    def _read(self, run: Run, task: Task) -> None:
        if task.ended:  # cancelled meanwhile
            self._next()
            return
        choices, keyframes = run.choices, run.keyframes
        try:
            if keyframes is not None and keyframes.survey():
                QtCore.QTimer.singleShot(0, lambda: self._read(run, task))
                return
            source = reading.read(
                task.target,
                selection_only=choices.selection_only,
                box=keyframes.box if keyframes else None,
                frame=task.frame,
            )
            settings = settings_for(choices, source.width, source.height)
            styles = style_planes(choices, style_side(choices, settings), source.profile)
            settings, others = with_regions(choices, settings, source.place)
            if keyframes is not None:
                settings, start = keyframes.begun_from(settings)
                others += start
        except Refusal as refusal:
            self._end(run, task, State.FAILED, refusal.sentence)
            self._next()
            return
        task.place = source.place
        # The hash of a large layer takes a while, and touches nothing of Krita's.
        self._thread = threading.Thread(
            target=lambda: self._prepared.emit(task, settings, [source.plane(), *styles, *others])
        )
        self._thread.start()

    def _submit(self, task: Task, settings: Settings, planes: Planes) -> None:
        if not task.ended:
            task.state = State.SENT
            task.words = telling.sending_words(0, 1)
            self._note(task)
            self._connection.submit(task.id, settings, planes)
        self._next()

    def _next(self) -> None:
        self._preparing = None
        self._pump()
        self.changed.emit()

    # --- back

    def _progress(self, task: Task, event: Event) -> None:
        if isinstance(event, Sent):
            task.words = telling.sending_words(event.sent, event.size)
        elif isinstance(event, Accepted):
            task.words = telling.waiting_words(event.position)
        elif isinstance(event, Standing):
            task.keeping = event.report.keeping
            task.words = telling.standing_words(event.report, task.words)
        elif isinstance(event, Progressed):
            task.state = State.RUNNING
            if not task.keeping:
                task.words = telling.progress_words(event.progress)
            task.step, task.steps = event.progress.step, event.progress.steps
            if event.progress.preview is not None:
                task.preview = event.progress.preview, bytes(event.preview)
                self._show(task)

    def _show(self, task: Task) -> None:
        """The picture as it stands, over the canvas; a frame's only where the artist sees it."""
        run, _ = self._find(task.id)
        if run is None or (run.keyframes and not run.keyframes.is_shown(task.frame)):
            self._hide(task)
            return
        if task.id not in self._shown:
            self._shown[task.id] = Emerging(task.place, self)
        self._shown[task.id].show_image(preview_image(*task.preview))

    def _finish(self, run: Run, task: Task, event: Finished) -> None:
        result, run.made_with = event.result, json.loads(event.result.made_with)
        if run.keyframes is not None:
            run.keyframes.came(result.plane, event.pixels)
        painting = writing.Painting(task.place, _layer_name(run, task), result.plane, event.pixels)
        state = State.KEPT if "stopped" in run.made_with else State.DONE
        words = telling.done_words(result.seconds, run.made_with)
        if result.notice != self._connection.daemon.notice:  # that one stands there already
            words = f"{words} {telling.notice_words(result.notice)}".strip()
        self._write(run, task, painting, state, words)

    def _write(
        self, run: Run, task: Task, painting: writing.Painting, state: State, words: str
    ) -> None:
        """A result becomes a layer: now, or with the others of its batch."""
        together = run.choices.output == "group" and len(run.batch.tasks) > 1
        if together or run.keyframes is not None:
            run.gathered.append((task, painting))
            self._end(run, task, state, words)
            return
        self._recipes[task.id] = run.made_with
        output = "above" if run.choices.output == "group" else run.choices.output
        staying = Staying(painting.place.document)
        try:
            written = writing.write(painting, writing.Output(output))
            recipes.remember(written.document, written.node_id, run.made_with)
        except Refusal as refusal:
            self._waiting.add(task.id)
            self._end(run, task, State.FAILED, refusal.sentence)
            return
        staying.keep(written.node_id)
        self._connection.received(task.id)
        self._end(run, task, state, f"{words} {written.note}".strip())

    def _end(self, run: Run, task: Task, state: State, words: str) -> None:
        if task.ended:
            return
        self._hide(task)
        if task.preview is not None:
            self._diarist.show(task.id, preview_image(*task.preview))
        task.end(state, words)
        self._record(task)
        if run.batch.ended:
            self._write_group(run)
            self.ended.emit(run.batch)
        self.changed.emit()

    def _hide(self, task: Task) -> None:
        emerging = self._shown.pop(task.id, None)
        if emerging is not None:
            emerging.end()

    def _write_group(self, run: Run) -> None:
        """What was gathered, as one group or as keyframes, and one undo step."""
        paintings = [painting for _, painting in run.gathered]
        tasks = [task for task, _ in run.gathered]
        run.gathered = []
        if not paintings:
            return
        staying = Staying(paintings[0].place.document)
        try:
            if run.keyframes is None:
                written = writing.write_together(paintings, run.batch.style_name)
            else:
                written = [run.keyframes.write(paintings, run.batch.style_name)]
                run.batch.note = written[0].note
                recipes.remember(written[0].document, written[0].node_id, run.made_with)
            for one in written:
                staying.keep(one.node_id)
            for task in tasks:
                self._connection.received(task.id)
        except Refusal as refusal:
            for task in tasks:
                task.end(State.FAILED, refusal.sentence)
                self._diarist.leave(task.id)

    # --- the diary

    def _note(self, task: Task) -> None:
        """The task is about to be sent."""
        run = next(run for run in self._runs if task in run.batch.tasks)
        connection = self._connection
        entry = entry_of(
            task,
            to_json(run.choices),
            run.batch.style_name,
            run.choices.output,
            connection.daemon.address,
            connection.artist,
        )
        self._diarist.begin(entry, thumbnail_of(task.target, SIDE))

    def _record(self, task: Task) -> None:
        """It has ended here. One whose result could not be added waits at the daemon."""
        if task.id in self._waiting:
            self._diarist.leave(task.id)
        else:
            recipe = self._recipes.pop(task.id, {})
            self._diarist.end(task.id, task.state.value, task.words, recipe=recipe)

    # --- small parts

    def _find(self, job: str | None) -> tuple[Run | None, Task | None]:
        for run in self._runs:
            task = run.batch.find(job)
            if task is not None:
                return run, task
        return None, None

    def _named(self, names: Iterable[str]) -> Sequence[tuple[Run, Task]]:
        wanted = set(names)
        return [(run, task) for run in self._runs for task in run.batch.left() if task.id in wanted]


def _layer_name(run: Run, task: Task) -> str:
    return f"{task.name} – {run.batch.style_name}"
