"""The worker's half of its conversation with the broker: which job it works on, and until when."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from gramarye_protocol import (
    PROTOCOL_VERSION,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Failure,
    GarbageError,
    GiveBack,
    GivenBack,
    Message,
    Received,
    Submit,
    Welcome,
    Work,
    __version__,
    decode,
)

from ..engine.errors import MemoryShortError, RoomError
from .explain import explain
from .jobs import Job, State
from .task import StudioLike, Task

_log = logging.getLogger(__name__)


class Desk:
    """Holds the broker's jobs and works on the one that it is told to.

    ``say`` sends a message to the broker; ``ask(wait)`` returns the frames of the next message
    from it, or ``None`` if there is none yet and ``wait`` is false.
    """

    def __init__(
        self,
        studio: StudioLike,
        say: Callable[[Message, Any], None],
        ask: Callable[[bool], list[bytes] | None],
    ) -> None:
        self._studio = studio
        self._say = say
        self._ask = ask
        self._tasks: dict[str, Task] = {}
        self._at_hand: Task | None = None
        self._wanted_back = False

    def run(self) -> None:
        """Work until the process ends."""
        studio = self._studio
        self._say(
            Welcome(
                PROTOCOL_VERSION,
                f"gramarye {__version__}",
                studio.device_name,
                studio.features,
                studio.available,
                studio.notice,
                studio.memory,
            ),
            None,
        )
        studio.rehearse()
        while True:
            self._listen(wait=True)
            while (task := self._at_hand) is not None:
                if task.job.whole:
                    self._work_on(task)
                elif self._wanted_back:
                    self._give_back(task, 0.0)
                else:
                    self._listen(wait=True)

    def _listen(self, wait: bool) -> None:
        """Take everything that the broker has to say; with ``wait``, at least one message."""
        frames = self._ask(wait)
        while frames is not None:
            self._take(*decode(frames))
            frames = self._ask(False)

    def _take(self, message: Message, payload: Any) -> None:
        if isinstance(message, Submit):
            job = Job(b"", message.job, message, time.monotonic())
            self._tasks[job.name] = Task(job, self._studio, self._say)
            for credit in job.credits():
                self._say(credit, None)
        elif not isinstance(message, Cancel | Received | Chunk | Credit | Work | GiveBack):
            raise GarbageError(f"a broker does not send {message.TYPE}")
        elif (task := self._tasks.get(message.job)) is None:
            _log.debug("late %s for %s", message.TYPE, message.job)
        else:
            self._about(task, message, payload)

    def _about(
        self,
        task: Task,
        message: Cancel | Received | Chunk | Credit | Work | GiveBack,
        payload: Any,
    ) -> None:
        job = task.job
        if isinstance(message, Work):
            self._at_hand, self._wanted_back = task, False
        elif isinstance(message, GiveBack):
            self._wanted_back = task is self._at_hand
        elif isinstance(message, Cancel):
            self._drop(task)
            self._say(Failure("cancelled", "The job was cancelled.", job.name), None)
        elif isinstance(message, Received):
            self._drop(task)
        elif isinstance(message, Credit):
            for chunk, data in job.send_on(message):
                self._say(chunk, data)
        else:
            credit = job.receive(message, payload)
            if credit is not None:
                self._say(credit, None)
            if job.whole:
                job.advance(State.QUEUED)
                self._say(Accepted(job.name, 0), None)

    def _work_on(self, task: Task) -> None:
        """Work on a job until it is done, wanted back, or cancelled."""
        others = [one for one in self._tasks.values() if one.warm and one is not task]
        for one in (task, *others):
            one.alone = one.alone and not others
        before = task.clock.seconds
        if task.job.state is State.QUEUED:
            task.job.advance(State.RUNNING)
        try:
            with task.clock:
                for may_rest in task.parts:
                    self._listen(wait=False)
                    if self._at_hand is not task:
                        return
                    if may_rest and self._wanted_back:
                        break
        except Exception as error:  # noqa: BLE001 - one job's surprise is not the next one's
            self._drop(task)
            if others and isinstance(error, RoomError | MemoryShortError):
                _log.info("%s has to wait until it has the device to itself", task.job.name)
                self._say(GivenBack(task.job.name, task.clock.seconds - before, warm=False), None)
            else:
                self._say(explain(error, task.job.name), None)
            return
        if task.job.state is State.DELIVERING:
            self._at_hand = None
        else:
            self._give_back(task, task.clock.seconds - before)

    def _give_back(self, task: Task, seconds: float) -> None:
        self._at_hand = None
        self._say(GivenBack(task.job.name, seconds), None)

    def _drop(self, task: Task) -> None:
        """Forget a job and all that it computed."""
        self._tasks.pop(task.job.name, None)
        if task is self._at_hand:
            self._at_hand = None
        task.close()
