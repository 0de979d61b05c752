"""When nobody works: the workers end, and come back with the next job.

Only the end of a process frees all that it holds: its networks and caches, and a GPU's context,
which nothing else gives back. All workers rest together, so that whoever decides what runs where
sees either every device or none.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .crew import Crew
from .ledger import Ledger
from .store.lifecycle import State

GPU_MINUTES = 10.0
"""Unless it was said otherwise, workers rest after so long if any has a GPU; else they never do."""


class Idling:
    """For how long nobody has worked. ``minutes`` of that let the workers rest; with 0 they never
    do, with ``None`` it depends on their devices."""

    def __init__(
        self, crew: Crew, ledger: Ledger, clock: Callable[[], float], minutes: float | None
    ) -> None:
        self._crew = crew
        self._ledger = ledger
        self._clock = clock
        self._minutes = minutes
        self._worked = clock()

    def stir(self) -> None:
        """Somebody works now."""
        self._worked = self._clock()

    def rest(self, device: str) -> bool:
        """Whether a device's worker is to end now, because nobody has worked for so long. It has
        no job then, and is not expected to say anything any more."""
        if not self._crew.idle:
            self.stir()
        bench = self._crew.benches[device]
        if bench.ready is None or self._clock() - self._worked < self._limit() or self._waiting():
            return False
        self._crew.rest(device)
        return True

    def resting(self, device: str) -> bool:
        """Whether a device's worker has ended and none is needed yet."""
        bench = self._crew.benches[device]
        return bench.ready is None and bench.rested is not None and not self._waiting()

    @property
    def asleep(self) -> bool:
        """Whether any worker rests."""
        return any(self.resting(device) for device in self._crew.benches)

    def _waiting(self) -> bool:
        return any(
            job.state in (State.QUEUED, State.RUNNING) and not job.pausing for job in self._ledger
        )

    def _limit(self) -> float:
        """Seconds."""
        minutes = self._minutes
        if minutes is None:
            on_gpus = any(bench.on_gpu for bench in self._crew.ready)
            minutes = GPU_MINUTES if on_gpus else 0.0
        return 60 * minutes if minutes else math.inf
