"""The worker's half of its conversation with the broker: which job it works on, and until when."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gramarye_protocol import GarbageError

from ..engine.errors import MemoryShortError, RoomError
from .explain import explain
from .inside import (
    Alive,
    Appraise,
    Appraised,
    Done,
    Drop,
    Enough,
    Errand,
    GiveBack,
    GivenBack,
    Lend,
    LookAgain,
    Ready,
    Returned,
    ToWorker,
    Work,
    to_worker,
)
from .pace import Pace
from .store.blobs import Part
from .store.errors import DiskError, DiskFullError
from .task import StudioLike, Task

ALIVE_SECONDS = 1.0
"""Between two signs of life while a job is at hand."""
DISK_SECONDS = 1.0
"""Between two attempts to write a result that the disk refuses."""

_log = logging.getLogger(__name__)


class Desk:
    """Holds the broker's jobs and works on the one that it is told to.

    ``say`` sends a message to the broker; ``ask(seconds)`` returns the frames of the next message
    from it, waiting so long for it (``None``: for ever), or ``None`` if there is none. Results and
    checkpoints are written to the folder ``incoming``.
    """

    def __init__(
        self,
        studio: StudioLike,
        incoming: Path,
        say: Callable[[Any, Any], None],
        ask: Callable[[float | None], list[bytes] | None],
    ) -> None:
        self._studio = studio
        self._incoming = incoming
        self._say = say
        self._ask = ask
        self._tasks: dict[str, Task] = {}
        self._at_hand: Task | None = None
        self._wanted_back: GiveBack | None = None
        self._returning = False
        self._alive = Pace(ALIVE_SECONDS)

    def run(self) -> None:
        """Work until the process ends."""
        self._ready()
        self._studio.rehearse()
        while True:
            self._listen(None)
            while (task := self._at_hand) is not None:
                self._work_on(task)

    def _listen(self, seconds: float | None) -> None:
        """Take everything that the broker has to say, waiting so long for the first of it."""
        frames = self._ask(seconds)
        while frames is not None:
            self._take(to_worker(frames))
            frames = self._ask(0)

    def _ready(self) -> None:
        studio = self._studio
        self._say(
            Ready(
                studio.device_name,
                studio.features,
                studio.available,
                studio.notice,
                studio.memory,
            ),
            None,
        )

    def _take(self, message: ToWorker) -> None:
        if isinstance(message, Appraise):
            self._appraise(message)
        elif isinstance(message, Lend):
            self._studio.lend(message.devices)
            self._returning = not message.devices
            self._return()
        elif isinstance(message, LookAgain):
            self._studio.look_again()
            self._ready()
        elif isinstance(message, Work):
            self._begin(message)
        elif (task := self._tasks.get(message.job)) is None:
            _log.debug("late %s for %s", message.TYPE, message.job)
        elif isinstance(message, Enough):
            task.keep()
        elif isinstance(message, Drop):
            self._drop(task)
            self._say(GivenBack(task.key, task.account(), warm=False), None)
        elif task is self._at_hand:
            self._wanted_back = message
        elif not message.warm:
            self._put_away(task)

    def _appraise(self, message: Appraise) -> None:
        try:
            quote = self._studio.quote(message.settings, message.planes)
        except Exception as error:  # noqa: BLE001 - the job itself will say it, or do without
            _log.info("job %s cannot be appraised: %s", message.job, error)
            self._say(Appraised(message.job), None)
            return
        told = Appraised(message.job, quote.seconds, quote.memory, quote.tiles, quote.tile_memory)
        self._say(told, None)

    def _begin(self, message: Work) -> None:
        task = self._tasks.get(message.job)
        if task is None:
            if message.errand is None:
                raise GarbageError(f"job {message.job} is not here")
            task = self._task(message.job, message.errand)
        self._at_hand, self._wanted_back = task, None

    def _task(self, key: str, errand: Errand) -> Task:
        task = Task(key, errand, self._studio, self._incoming, self._say)
        self._tasks[key] = task
        return task

    def _work_on(self, task: Task) -> None:
        """Work on a job until it is done, wanted back, or dropped."""
        others = [one for one in self._tasks.values() if one.warm and one is not task]
        for one in (task, *others):
            one.alone = one.alone and not others
        try:
            with task.clock:
                for may_rest in task.parts:
                    self._show_life()
                    self._return()
                    self._listen(0)
                    if self._at_hand is not task:
                        return
                    if may_rest and self._wanted_back is not None:
                        break
        except Exception as error:  # one job's surprise is not the next one's
            if self._studio.is_lost(error):
                raise
            self._stumbled(task, error, beside_others=bool(others))
            return
        if task.result is not None:
            self._deliver(task)
        elif self._wanted_back is not None and not self._wanted_back.warm:
            self._put_away(task)
        else:
            self._at_hand = None
            self._say(GivenBack(task.key, task.account()), None)

    def _stumbled(self, task: Task, error: Exception, beside_others: bool) -> None:
        self._drop(task)
        if beside_others and isinstance(error, RoomError | MemoryShortError):
            _log.info("job %s has to wait until it has the device to itself", task.key)
            self._say(GivenBack(task.key, task.account(), warm=False, alone=True), None)
        else:
            self._say(explain(error, task.key), None)

    def _deliver(self, task: Task) -> None:
        """Write the result; a disk that is full is waited for, as long as the job is wanted."""
        assert task.result is not None
        result, pixels = task.result
        part = Part(self._incoming / f"{task.key}-result.part")
        while True:
            try:
                part.drop()
                part.append(0, pixels)
                part.settle(result.plane.sha256)
                break
            except (DiskFullError, DiskError) as error:
                _log.warning("job %s is done and waits for the disk: %s", task.key, error)
            self._show_life()
            self._listen(DISK_SECONDS)
            if self._at_hand is not task:
                return
        self._say(Done(task.key, result, part.path.name, task.account()), None)
        self._drop(task)

    def _put_away(self, task: Task) -> None:
        """Save a job, as far as it can be, and forget it."""
        task.save()
        self._drop(task)
        self._say(GivenBack(task.key, task.account(), warm=False), None)

    def _drop(self, task: Task) -> None:
        """Forget a job and all that it computed."""
        self._tasks.pop(task.key, None)
        if task is self._at_hand:
            self._at_hand = None
        task.close()

    def _return(self) -> None:
        """Say so once the devices that were lent are free again."""
        if self._returning and not self._studio.borrowing:
            self._returning = False
            self._say(Returned(), None)

    def _show_life(self) -> None:
        if self._alive.due(time.monotonic()):
            self._say(Alive(), None)
