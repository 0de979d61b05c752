"""Keeps the workers alive for the broker, one a device, and carries their messages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable

import zmq

from gramarye_protocol import Failure

from .errors import ServiceError
from .process import WorkerProcess
from .shifts import Shifts

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
FAILURES_BEFORE_TELLING = 3
"""So many starts in a row that came to nothing, and everybody is told."""
_SILENT = (
    "The part of the daemon that computes does not start; the daemon's log says why. "
    "Mend that and start the daemon again: the jobs are kept."
)

_log = logging.getLogger(__name__)


class Supervisor:
    """One device's worker, started with ``start``, and another when it is lost, ever more slowly
    while none comes up. Where nobody works, there may be none (:mod:`.idling`)."""

    def __init__(
        self,
        device: str,
        shifts: Shifts,
        start: Callable[[], WorkerProcess],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._shifts = shifts
        self._start = start
        self._clock = clock
        self._worker: WorkerProcess | None = start()
        self._next_start = 0.0
        self._failures = 0
        self._ever_ready = False

    @property
    def link(self) -> zmq.Socket[bytes] | None:
        """The socket to wait on for the worker, if there is one."""
        return self._worker.link if self._worker else None

    def pump(self) -> None:
        """Carry all messages both ways, and see to it that there is a worker.

        Raises:
            ServiceError: the first worker says that it can never work (no such device, unusable
                weights).
        """
        worker = self._worker
        if worker is None:
            needed = not (self._shifts.draining or self._shifts.idling.resting(self._device))
            if needed and self._clock() >= self._next_start:
                self._worker = self._start()
            return
        end = worker.end  # asked first: what it said last is then here
        for frames in worker.receive():
            fault = self._shifts.receive(self._device, frames)
            if fault is not None:
                self._at_fault(fault)
                return
        if self._shifts.ready(self._device):
            self._ever_ready = True
            self._failures = 0
        self.post()
        if end is not None:
            self._lose(_obituary(end))
        elif self._shifts.overdue(self._device):
            _log.error("the worker of %s does not answer and is killed", self._device)
            worker.kill()
        elif self._shifts.idling.rest(self._device):
            _log.info("nobody works: the worker of %s ends until the next job", self._device)
            self.stop()

    def post(self) -> None:
        """Send the worker what there is to send."""
        if self._worker is not None:
            for frames in self._shifts.to_worker(self._device):
                self._worker.send(frames)

    def stop(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def _at_fault(self, fault: Failure) -> None:
        if not self._ever_ready:
            raise ServiceError(fault.code, fault.sentence)
        self._lose(fault.sentence)

    def _lose(self, trouble: str) -> None:
        """Clear away a worker that is of no use any more, and plan the next one."""
        _log.error("the worker of %s is lost: %s", self._device, trouble)
        assert self._worker is not None
        self._worker.kill()
        self.stop()
        self._shifts.lose(self._device, trouble)
        delay = min(FIRST_DELAY * 2**self._failures, LONGEST_DELAY)
        self._next_start = self._clock() + delay
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_TELLING:
            self._shifts.given_up(_SILENT)


def stop_all(supervisors: Iterable[Supervisor]) -> None:
    """End all workers."""
    for supervisor in supervisors:
        supervisor.stop()


def _obituary(end: int) -> str:
    how = f"signal {-end}" if end < 0 else f"exit code {end}"
    return (
        f"The part of the daemon that computes ended unexpectedly ({how}), perhaps for want of "
        "memory. It is being started again: try once more, with a smaller size if it happens again."
    )
