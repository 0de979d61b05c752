"""The worker as the broker sees it: loading, free, at work on a job, or told to stop it.

The broker is its worker's client and speaks the same protocol to it as the artists do to the
broker, with three messages more. One bench belongs to one worker process; a new process gets a new
bench.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gramarye_protocol import (
    ClientSession,
    Event,
    Failure,
    Finished,
    GiveBack,
    GivenBack,
    Message,
    Welcome,
    Work,
    job_of,
)
from gramarye_protocol.frames import Frames

from .jobs import Job

UNKNOWN_MEMORY = 1 << 50
"""Of a worker that cannot tell how much it has."""


class _WorkerSession(ClientSession):
    """A client whose daemon works on one of several jobs, as it is told."""

    def work(self, job: str) -> None:
        self._send(Work(job))

    def give_back(self, job: str) -> None:
        self._send(GiveBack(job))

    def _dispatch(self, message: Message, payload: Any) -> list[Event]:
        return [message] if isinstance(message, GivenBack) else super()._dispatch(message, payload)


class Bench:
    """The broker's half of its conversation with one worker process."""

    def __init__(self) -> None:
        self._session = _WorkerSession("gramarye broker")
        self.held: dict[str, Job] = {}
        """What the worker has, by key: the job at hand, and those that were put aside."""
        self.at_hand: Job | None = None
        """What it works on; also while it has not yet confirmed that it stopped."""
        self.stopping_since: float | None = None

    @property
    def welcome(self) -> Welcome | None:
        """What the worker computes with, once it has loaded it."""
        return self._session.welcome

    @property
    def memory(self) -> int:
        """What all its jobs together may take, in bytes."""
        memory = self.welcome.memory if self.welcome else None
        return UNKNOWN_MEMORY if memory is None else memory

    def work_on(self, job: Job) -> None:
        """Let a worker without a job at hand begin a job, or go on with it."""
        assert self.at_hand is None
        if job.key not in self.held:
            self.held[job.key] = job
            self._session.submit(job.key, job.settings, job.planes())
        self.at_hand = job
        self._session.work(job.key)

    def ask_back(self, key: str) -> None:
        """Tell the worker to put a job aside."""
        self._session.give_back(key)

    def abandon(self, job: Job, now: float) -> None:
        """Tell the worker to forget a job, if it has it; if it is at hand it has to confirm."""
        if job.key not in self.held or (job is self.at_hand and self.stopping_since is not None):
            return
        self._session.cancel(job.key)
        if job is self.at_hand:
            self.stopping_since = now
        else:
            del self.held[job.key]

    def receive(self, frames: Sequence[Any]) -> list[Event]:
        """Take one message from the worker."""
        return self._session.receive(frames)

    def job_of(self, event: Event) -> Job | None:
        """The job that an event is about, if somebody still wants it."""
        job = self.held.get(job_of(event) or "")
        return None if job is self.at_hand and self.stopping_since is not None else job

    def note(self, event: Event) -> None:
        """The worker has ended a job, or put it aside."""
        job = self.held.get(job_of(event) or "")
        if job is None or not isinstance(event, Finished | Failure | GivenBack):
            return
        stopped = job is self.at_hand and self.stopping_since is not None
        if stopped or not isinstance(event, GivenBack) or not event.warm:
            del self.held[job.key]
        if job is self.at_hand:
            self.at_hand = None
            self.stopping_since = None

    def wanted(self) -> list[Job]:
        """The jobs that the worker has and that nobody has cancelled."""
        return [
            job
            for job in self.held.values()
            if job is not self.at_hand or self.stopping_since is None
        ]

    def outgoing(self) -> Iterator[Frames]:
        """What to send to the worker now."""
        return self._session.outgoing()
