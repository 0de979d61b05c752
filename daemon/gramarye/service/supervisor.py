"""Keeps one worker alive for the broker, and carries their messages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import zmq

from gramarye_protocol import Failure

from .broker import Broker
from .errors import ServiceError
from .process import WorkerProcess

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
FAILURES_BEFORE_GIVING_UP = 3
"""So many starts in a row that came to nothing, and the waiting jobs are told."""

_log = logging.getLogger(__name__)


class Supervisor:
    """Starts a worker with ``start``, and another when it is lost, ever more slowly while none
    comes up."""

    def __init__(
        self,
        broker: Broker,
        start: Callable[[], WorkerProcess],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._broker = broker
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
            if self._clock() >= self._next_start:
                self._worker = self._start()
            return
        end = worker.end  # asked first: what it said last is then here
        for frames in worker.receive():
            fault = self._broker.worker_receive(frames)
            if fault is not None:
                self._at_fault(fault)
                return
        if self._broker.worker_ready:
            self._ever_ready = True
            self._failures = 0
        for frames in self._broker.to_worker():
            worker.send(frames)
        if end is not None:
            self._lose(_obituary(end))
        elif self._broker.worker_overdue:
            worker.kill()

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
        _log.error("the worker is lost: %s", trouble)
        assert self._worker is not None
        self._worker.kill()
        self.stop()
        self._broker.worker_lost(trouble)
        delay = min(FIRST_DELAY * 2**self._failures, LONGEST_DELAY)
        self._next_start = self._clock() + delay
        self._failures += 1
        if self._failures >= FAILURES_BEFORE_GIVING_UP:
            self._broker.fail_waiting(
                "no-worker",
                "The part of the daemon that computes does not start; the daemon's log says why. "
                "Mend that and start the daemon again.",
            )


def _obituary(end: int) -> str:
    how = f"signal {-end}" if end < 0 else f"exit code {end}"
    return (
        f"The part of the daemon that computes ended unexpectedly ({how}), perhaps for want of "
        "memory. It is being started again: try once more, with a smaller size if it happens again."
    )
