"""The broker's dealings with its workers: what they say, and what becomes of their jobs."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Protocol

from gramarye_protocol import Accepted, Failure, Progress, Standing
from gramarye_protocol.frames import Frames

from .audience import Audience
from .bench import Bench
from .crew import Crew
from .errors import ServiceError
from .idling import Idling
from .inside import (
    Appraised,
    Done,
    FromWorker,
    GivenBack,
    Ready,
    Returned,
    Saved,
    from_worker,
)
from .jobs import Job
from .ledger import Ledger
from .store.errors import DamagedError
from .store.lifecycle import UNFINISHED, State
from .store.records import Job as Record
from .waiting import Waiter, positions, seconds_left

STOP_SECONDS = 30.0
"""A worker that has not dropped a cancelled job after so long is stopped itself."""
HANG_SECONDS = 300.0
"""The same for one that says nothing for so long, though it has a job at hand."""

ALL = "*"
"""In place of a device, of a trouble that is everybody's."""

_DAMAGED = "What came of the job could not be read again from the disk."

_log = logging.getLogger(__name__)


class Herald(Protocol):
    """Tells clients what became of their jobs."""

    def done(self, record: Record) -> None:
        """A job's result is here."""
        ...

    def ended(self, record: Record) -> None:
        """A job ended without one."""
        ...

    def tell_status(self) -> None:
        """The daemon can do something else than before."""
        ...


@dataclass(frozen=True)
class About:
    """What all workers together compute with, for people."""

    device: str = ""
    features: str = ""
    available: tuple[str, ...] = ()
    notice: str = ""


class Shifts:
    """Gives jobs to workers and takes them back."""

    def __init__(
        self,
        crew: Crew,
        ledger: Ledger,
        audience: Audience,
        herald: Herald,
        clock: Callable[[], float],
        idle_minutes: float | None = None,
    ) -> None:
        self.crew = crew
        self.idling = Idling(crew, ledger, clock, idle_minutes)
        self.draining = False
        self._leaving = False
        self._ledger = ledger
        self._audience = audience
        self._herald = herald
        self._clock = clock
        self._troubles: dict[str, str] = {}
        self.direct()

    # --- what a worker says

    def receive(self, device: str, frames: Sequence[Any]) -> Failure | None:
        """Take one message from a device's worker.

        Returns what is wrong with the worker itself, if anything: it is then of no more use.
        """
        message, preview = from_worker(frames)
        bench = self.crew.benches[device]
        bench.heard = self._clock()
        if isinstance(message, Failure) and message.job is None:
            return message
        self._hear(bench, message, preview)
        return None

    def _hear(self, bench: Bench, message: FromWorker, preview: Any) -> None:
        if isinstance(message, Progress):
            self._progress(bench, message, preview)
        elif isinstance(message, Saved):
            self._saved(bench, message)
        elif isinstance(message, Returned):
            self.crew.returned(bench)
            self.direct()
        elif isinstance(message, Ready):
            if bench.ready is not None and bench.ready.features != message.features:
                self._appraise_anew()
            bench.ready = message
            self.idling.stir()
            self._troubles.pop(bench.device, None)
            self._troubles.pop(ALL, None)
            self._herald.tell_status()
            self.direct()
        elif isinstance(message, Appraised):
            self._appraised(message)
            self.direct()
        elif isinstance(message, GivenBack | Done | Failure):
            self._off(bench, message)
            self.direct()

    def _progress(self, bench: Bench, told: Progress, preview: Any) -> None:
        job = bench.held.get(told.job)
        if job is None or told.job in bench.dropped:
            return
        if told.estimate is not None:  # it knows better now than before it began
            known = job.appraisal or Appraised(job.key)
            seconds, memory = told.estimate.seconds, told.estimate.memory
            job.appraisal = replace(known, seconds=seconds, memory=memory)
        job.progress = replace(told, job=job.name, preview=None)
        # The worker counts the job's own time; the device is shared.
        left = None if told.seconds_left is None else self.prospects().get(job.key)
        shown = replace(
            told, job=job.name, seconds_left=told.seconds_left if left is None else left
        )
        self._audience.show(job.id, shown, preview)

    def _saved(self, bench: Bench, saved: Saved) -> None:
        job = bench.held.get(saved.job)
        if job is not None and saved.job not in bench.dropped:
            job.worked(saved.seconds)
            self._ledger.save(job, saved)

    def _appraised(self, told: Appraised) -> None:
        job = self._ledger.get(told.job)
        if job is not None:
            job.appraisal, job.appraiser = told, None

    def _off(self, bench: Bench, message: GivenBack | Done | Failure) -> None:
        """A job is no longer at hand."""
        key = message.job or ""
        job = bench.given_back(message) if isinstance(message, GivenBack) else bench.ended(key)
        self.crew.left(key)
        if job is None:
            return
        if isinstance(message, GivenBack):
            job.worked(message.seconds)
            job.alone = job.alone or message.alone
        elif isinstance(message, Done):
            job.worked(message.seconds)
            self._finish(job, message)
        else:
            self._ledger.must(lambda: self._fail(job, message.code, message.sentence))

    def _finish(self, job: Job, done: Done) -> None:
        result = replace(done.result, job=job.name)
        if result.memory is not None and job.appraisal is not None:
            self.crew.experience.learn(job.appraisal.memory, result.memory)
        descriptor = json.dumps(asdict(result))

        def action() -> None:
            try:
                record = self._ledger.finish(job, done, descriptor)
            except DamagedError:
                self._crashed(job, _DAMAGED)
            else:
                self._herald.done(record)

        self._ledger.must(action)

    def _fail(self, job: Job, code: str, sentence: str) -> None:
        self._herald.ended(self._ledger.fail(job, code, sentence))

    def _crashed(self, job: Job, sentence: str) -> None:
        """A worker crashed over a job: it is tried again once."""
        record = self._ledger.lost(job, sentence)
        if record.state in UNFINISHED:
            self.tell_standing(job)
        else:
            self._herald.ended(record)

    def look_again(self) -> None:
        """Weights have come: every worker uses them from its next job on."""
        for bench in self.crew.benches.values():
            bench.look_again()

    def _appraise_anew(self) -> None:
        """Jobs that have not begun will be painted with other features than it was thought."""
        for job in self._ledger:
            if not self.crew.has(job) and not job.served:
                job.appraisal = None

    # --- a worker's end

    def lose(self, device: str, trouble: str) -> None:
        """A device's worker is gone: the job at hand is tried again once, the others go on."""
        self._troubles[device] = trouble
        bench = self.crew.replace(device)
        for job in self._ledger:
            if job.appraiser == device:
                job.appraiser = None
        guilty = bench.at_hand if bench.begun else None
        if guilty is not None and guilty.key not in bench.dropped:
            self._ledger.must(lambda: self._crashed(guilty, trouble))
        self.direct()

    def given_up(self, trouble: str) -> None:
        """No worker comes up: the jobs wait, and everybody is told why."""
        if ALL in self._troubles:
            return
        self._troubles[ALL] = trouble
        self._herald.tell_status()
        for job in self._ledger:
            self._ledger.must(partial(self._note, job, trouble))

    def _note(self, job: Job, sentence: str) -> None:
        self._ledger.note(job, sentence)
        self.tell_standing(job)

    def overdue(self, device: str) -> bool:
        """Whether a worker ignores what it is told, or says nothing though it is at work."""
        bench, now = self.crew.benches[device], self._clock()
        since = bench.stopping_since
        if since is not None and now - since > STOP_SECONDS:
            return True
        return bench.begun and now - bench.heard > HANG_SECONDS

    def ready(self, device: str) -> bool:
        """Whether the worker has loaded what it needs."""
        return self.crew.benches[device].ready is not None

    def to_worker(self, device: str) -> Iterator[Frames]:
        """What to send to a device's worker now."""
        return self.crew.benches[device].outgoing()

    # --- an artist decides

    def pause(self, job: Job) -> None:
        """Take a job off its worker, with all that it computed; it waits until it is resumed.

        Raises:
            RefusedError: it is not in a state to be paused.
        """
        if not self.crew.has(job):
            self._ledger.pause(job)
            self.tell_standing(job)
        elif not job.pausing:
            job.pausing = True
            self.crew.withdraw(job)
        self.direct()

    def resume(self, job: Job) -> None:
        """Let a paused job wait for its turn again.

        Raises:
            RefusedError: it is not paused.
        """
        if job.pausing:
            job.pausing = False  # what its worker was told already it does, and the job goes on
        else:
            self._ledger.resume(job)
        self.tell_standing(job)
        self.direct()

    def keep(self, job: Job) -> None:
        """Let a job end with the picture as it stands, as soon as it has its turn."""
        job.keeping = True
        self.crew.keep(job)
        if job.pausing or job.state is State.PAUSED:
            self.resume(job)
        else:
            self.tell_standing(job)

    # --- the end

    def drain(self) -> None:
        """Finish the jobs at hand, save those that were put aside, and begin nothing."""
        self.draining = True
        for bench in self.crew.benches.values():
            for job in bench.warm:
                bench.put_away(job)

    def leave(self) -> None:
        """Save all jobs, those at hand too."""
        self.draining = self._leaving = True
        for job in [*self.crew.begun(), *self.crew.at_work()]:
            self.crew.withdraw(job)
        self.direct()

    @property
    def over(self) -> bool:
        """Whether the daemon may end: it was told to, and no worker has a job."""
        return self.draining and self.crew.idle and not self._ledger.in_trouble

    # --- what comes next

    @property
    def until(self) -> float | None:
        """When to decide again though nothing happened."""
        return None if self.draining else self.crew.until

    def direct(self) -> None:
        """Something happened: give every worker what it should do next, and tell everybody where
        they stand."""
        if not self._ledger.in_trouble:
            self._take_back()
        if not self.draining and not self._ledger.in_trouble:
            self._appraise()
            self.crew.direct(self._ledger, self._start)
            self._take_back()
        elif self.draining and not self._leaving:
            self.drain()
        self._announce_positions()

    def _start(self, job: Job) -> bool:
        try:
            self._ledger.start(job)
        except ServiceError as error:
            _log.warning("job %s cannot begin now: %s", job.id, error.sentence)
            return False
        return True

    def _take_back(self) -> None:
        """Whatever no worker has any more waits again, or is paused as its artist wanted."""
        for job in self._ledger:
            loose = job.state is State.RUNNING and not self.crew.has(job)
            if loose or (job.pausing and job.state is State.QUEUED):
                self._ledger.must(partial(self._put_back, job))

    def _put_back(self, job: Job) -> None:
        if job.pausing:
            self._ledger.pause(job)
            job.pausing = False
            self.tell_standing(job)
        elif job.state is State.RUNNING:
            self._ledger.put_back(job)

    def _appraise(self) -> None:
        """Have somebody say what each job takes, of which nobody has said it yet."""
        ready = self.crew.ready
        if not ready:
            return
        for job in self._ledger.queue():
            if job.appraisal is None and job.appraiser is None:
                min(ready, key=lambda bench: bench.begun).appraise(job)

    # --- what is said

    def tell_standing(self, job: Job) -> None:
        """Tell a job's followers where it stands."""
        self._audience.tell(job.id, Standing(job.report(self.prospects().get(job.key))))

    def prospects(self) -> dict[str, float | None]:
        """Seconds until each job is done, by its key."""
        return seconds_left(self._waiters(), len(self.crew.ready))

    def _announce_positions(self) -> None:
        waiters = self._waiters()
        places = positions(waiters)
        moved = [job for job in self._ledger if job.position != places.get(job.key)]
        if not moved:
            return
        left = seconds_left(waiters, len(self.crew.ready))
        for job in moved:
            job.position = places.get(job.key)
            if job.position is not None:
                self._audience.tell(job.id, Accepted(job.name, job.position, left.get(job.key)))

    def _waiters(self) -> list[Waiter]:
        held = {job.key for job in (*self.crew.begun(), *self.crew.at_work())}
        return [
            Waiter(
                job.key,
                job.artist,
                job.record.turn,
                job.left,
                job.record.priority,
                job.key in held or job.served > 0,
            )
            for job in self._ledger
            if job.state in (State.QUEUED, State.RUNNING)
        ]

    def about(self) -> About:
        """What the workers compute with; without features while none has loaded them."""
        ready = [one.about for one in self.crew.benches.values() if one.about is not None]
        notices = dict.fromkeys([*(one.notice for one in ready), *self._troubles.values()])
        notice = " ".join(filter(None, notices))[:1024]
        if not ready:
            return About(notice=notice)
        devices = ", ".join(one.device for one in ready)[:128]
        available = tuple(dict.fromkeys(name for one in ready for name in one.available))
        return About(devices, ready[0].features, available, notice)
