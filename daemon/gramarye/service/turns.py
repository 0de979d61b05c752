"""The jobs that are whole, until they are done, and whose turn it is among their artists.

The policy is :mod:`~gramarye.service.fairness`; here it is given the daemon's one worker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .bench import Bench
from .fairness import decide
from .jobs import Job, State
from .standing import Device, End, Entry, Round, Snapshot, Start, line_up

WORKER = "worker"


class Turns:
    """Jobs, and what the policy remembers from one decision to the next."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._arrivals = 0
        self._round = Round()
        self.until: float | None = None
        """When to decide again though nothing happened."""

    def __getitem__(self, key: str) -> Job:
        return self._jobs[key]

    def add(self, job: Job) -> None:
        """A job is whole and may run."""
        self._arrivals += 1
        job.arrival = self._arrivals
        self._jobs[job.key] = job

    def discard(self, job: Job) -> None:
        """A job is done, or wanted no more; it may never have been here."""
        self._jobs.pop(job.key, None)

    def queue(self) -> list[Job]:
        """The jobs that have not begun, in about the order in which they will.

        Everybody's first job before anybody's second, whatever was given to each so far: a place
        in it changes only when jobs come or go.
        """
        seen: Counter[str] = Counter()
        places: list[tuple[int, int, Job]] = []
        for job in self._jobs.values():  # in the order in which they came
            if job.state is State.QUEUED:
                places.append((seen[job.artist], job.arrival, job))
            seen[job.artist] += 1
        return [job for *_, job in sorted(places, key=lambda place: place[:2])]

    def decide(self, bench: Bench, now: float) -> Sequence[Start | End]:
        """What the worker should do next; call it whenever something happened."""
        running = bench.at_hand
        begun = [job for key in bench.held if (job := self._jobs.get(key)) is not None]
        waiting = [job for job in (*begun, *self._beginners(bench)) if job is not running]
        devices = []
        if bench.welcome is not None:
            at_work = None if running is None else self._entry(running, bench)
            warm = {job.key: min(job.memory, bench.memory) for job in begun if job is not running}
            devices = [Device(WORKER, bench.memory, at_work, warm)]
        snapshot = Snapshot(line_up(self._entry(job, bench) for job in waiting), devices)
        decision = decide(snapshot, self._round, now)
        self._round, self.until = decision.round, decision.until
        return decision.orders

    def _beginners(self, bench: Bench) -> list[Job]:
        """The jobs that the worker could begin, in the order in which they came.

        Nothing can be moved away from the worker yet. A job that does not fit beside those that it
        holds waits until it holds fewer, and so do all that came later, lest they keep it waiting.
        """
        free = bench.memory - sum(job.memory for job in bench.held.values())
        beginners = []
        for job in self._jobs.values():
            if job.key not in bench.held:
                if bench.held and job.memory > free:
                    break
                beginners.append(job)
        return beginners

    def _entry(self, job: Job, bench: Bench) -> Entry:
        # What was free when the worker came up says what fits beside what, not what fits at all:
        # that the studio decides, by what is free when the job begins.
        memory = min(job.memory, bench.memory)
        return Entry(job.key, job.artist, job.arrival, 0, job.seconds, memory, served=job.served)
