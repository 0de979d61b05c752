"""Whose turn it is: the one place that knows the queue's policy."""

from __future__ import annotations

from collections.abc import Iterator

from .jobs import Job


class Fifo:
    """First come, first served."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        """The waiting jobs, the next one first."""
        return iter(self._jobs)

    def add(self, job: Job) -> None:
        """Let a job wait."""
        self._jobs.append(job)

    def discard(self, job: Job) -> None:
        """Forget a job, whether it waits or not."""
        self._jobs = [other for other in self._jobs if other is not job]

    def take(self) -> Job | None:
        """Remove and return the job whose turn it is."""
        return self._jobs.pop(0) if self._jobs else None
