"""The worker as the broker sees it: loading, free, at work, or told to stop.

The broker is its worker's client and speaks the same protocol to it as the artists do to the
broker. One bench belongs to one worker process; a new process gets a new bench.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gramarye_protocol import ClientSession, Event, Welcome, job_of
from gramarye_protocol.frames import Frames

from .jobs import Job


class Bench:
    """The broker's half of its conversation with one worker process."""

    def __init__(self) -> None:
        self._session = ClientSession("gramarye broker")
        self.job: Job | None = None
        """What the worker has; also while it has not yet confirmed that it stopped."""
        self.stopping_since: float | None = None

    @property
    def welcome(self) -> Welcome | None:
        """What the worker computes with, once it has loaded it."""
        return self._session.welcome

    @property
    def free(self) -> bool:
        """Whether the worker could begin a job now."""
        return self.welcome is not None and self.job is None

    def begin(self, job: Job) -> None:
        """Hand over a job."""
        self.job = job
        self._session.submit(job.key, job.settings, job.planes())

    def abandon(self, now: float) -> None:
        """Tell the worker to stop; it is free when it has confirmed."""
        if self.job is not None and self.stopping_since is None:
            self._session.cancel(self.job.key)
            self.stopping_since = now

    def receive(self, frames: Sequence[Any]) -> list[Event]:
        """Take one message from the worker."""
        return self._session.receive(frames)

    def concerns_job(self, event: Event) -> bool:
        """Whether an event is about the job at hand, and somebody still wants it."""
        if self.job is None or self.stopping_since is not None:
            return False
        return job_of(event) == self.job.key

    def clear(self, event: Event) -> None:
        """The worker has ended the job that ``event`` names."""
        if self.job is not None and job_of(event) == self.job.key:
            self.job = None
            self.stopping_since = None

    def outgoing(self) -> Iterator[Frames]:
        """What to send to the worker now."""
        return self._session.outgoing()
