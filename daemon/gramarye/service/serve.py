"""The daemon's outside: binds the address, waits for messages and signals, carries the post."""

from __future__ import annotations

import logging
import math
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import zmq

from gramarye_protocol import DEFAULT_ADDRESS, __version__

from .addresses import check_address
from .broker import Broker
from .cores import threads_each
from .doorkeeper import Doorkeeper
from .errors import ServiceError
from .fetcher import CATALOGUE, Fetcher
from .frontdoor import FrontDoor
from .log import start_logging
from .memory import return_freed_memory, return_holes
from .pace import Pace
from .process import WorkerOptions, WorkerProcess
from .settling import Settler
from .store.places import data_directory
from .store.quota import KEEP_HOURS
from .store.store import Store
from .supervisor import Supervisor, stop_all
from .unused import Unused

STUDIO = "gramarye.studio:Studio"

FAREWELL = "The daemon was stopped. Start it again with: gramarye serve"
LEAVE_SECONDS = 10.0
"""So long do the workers have to save their jobs before the daemon ends."""

HOLES_SECONDS = 30.0
"""So often does the daemon return memory that lies free between what it still needs."""

_IDLE_MS = 250
"""A signal, a dead worker and the clock are looked at so often."""
_BUSY_MS = 10
"""The same while a client has letters to take that it had no room for."""

_log = logging.getLogger(__name__)


def serve(
    bind: str = DEFAULT_ADDRESS,
    devices: Sequence[str] = ("auto",),
    weights: Path | None = None,
    log_level: str = "info",
    studio: str = STUDIO,
    data: Path | None = None,
    keep_hours: float = KEEP_HOURS,
    unused_seconds: float = 0.0,
    idle_minutes: float | None = None,
    catalogue: str = CATALOGUE,
) -> int:
    """Run the daemon until SIGTERM or SIGINT, or until it is drained; call it from the main thread.

    Prints ``gramarye VERSION listening on ADDRESS`` once clients may connect. There is one worker
    for each of ``devices``; ``studio`` names what a worker makes its studio with, as
    ``module:callable``, ``catalogue`` the weights that may be fetched, as ``module:name``. Jobs are
    kept in the folder ``data``, results for ``keep_hours``. When nobody has worked for
    ``idle_minutes``, the workers end until the next job (:class:`.Idling`).
    Once no client has been there for ``unused_seconds`` it ends itself, unless that is 0.

    Returns:
        0, after a clean end.

    Raises:
        ServiceError: the address, a device, the weights or the folder cannot be used.
    """
    start_logging(log_level)
    return_freed_memory()
    address = check_address(bind)
    with ExitStack() as stack:
        stop_asked = stack.enter_context(_signals())
        context = zmq.Context()
        stack.callback(context.term)
        door = FrontDoor(context, address)
        stack.callback(door.close)
        store = stack.enter_context(Store(data or data_directory()))
        doorkeeper = Doorkeeper(context)
        stack.callback(doorkeeper.close)
        settler = Settler(context)
        stack.callback(settler.close)
        fetcher = Fetcher(weights, catalogue)
        stack.callback(fetcher.close)
        broker = Broker(
            store,
            settler,
            devices,
            keep_hours=keep_hours,
            idle_minutes=idle_minutes,
            fetcher=fetcher,
        )

        threads = threads_each(devices)

        def options(device: str) -> WorkerOptions:
            incoming = store.blobs.incoming
            return WorkerOptions(studio, device, weights, log_level, incoming, threads)

        supervisors: list[Supervisor] = []
        stack.callback(stop_all, supervisors)
        for device, name in zip(devices, broker.shifts.crew.benches, strict=True):
            start = partial(WorkerProcess, context, doorkeeper, options(device))
            supervisors.append(Supervisor(name, broker.shifts, start))
        print(f"gramarye {__version__} listening on {door.address}", flush=True)
        unused = Unused(unused_seconds)
        Daemon(door, doorkeeper, settler, broker, supervisors, unused).run(stop_asked)
    _log.info("stopped")
    return 0


class Daemon:
    """Everything that the daemon's one thread waits for."""

    def __init__(
        self,
        door: FrontDoor,
        doorkeeper: Doorkeeper,
        settler: Settler,
        broker: Broker,
        supervisors: Sequence[Supervisor],
        unused: Unused,
    ) -> None:
        self._door = door
        self._doorkeeper = doorkeeper
        self._settler = settler
        self._broker = broker
        self._supervisors = supervisors
        self._unused = unused
        self._holes = Pace(HOLES_SECONDS)

    def run(self, stop_asked: Sequence[int]) -> None:
        """Until a signal comes, or the daemon is drained or unused; jobs are saved at the end."""
        farewell = FAREWELL
        try:
            while not stop_asked and not self._broker.shifts.over:
                self._turn()
                if self._unused.for_long(self._broker.in_use):
                    _log.info("nobody has used the daemon for a while")
                    break
        except ServiceError as error:
            farewell = error.sentence
            raise
        finally:
            self._leave(farewell, stop_asked)

    def _turn(self) -> None:
        """Wait for something to happen, and do what follows from it."""
        self._wait()
        self._doorkeeper.answer()
        for client, frames in self._door.receive():
            self._broker.receive(client, frames)
        self._settler.finished()
        for supervisor in self._supervisors:
            supervisor.pump()
        self._broker.tick()
        for supervisor in self._supervisors:
            supervisor.post()
        self._deliver()
        if self._holes.due(time.monotonic()):
            return_holes()

    def _leave(self, farewell: str, stop_asked: Sequence[int]) -> None:
        """Let the workers save their jobs, for a while, or until a second signal."""
        signals = len(stop_asked)
        self._broker.leave(farewell)
        self._deliver()
        deadline = time.monotonic() + LEAVE_SECONDS
        while not self._broker.shifts.over and len(stop_asked) <= max(1, signals):
            if time.monotonic() > deadline:
                _log.warning("jobs go on from older checkpoints: the workers take too long")
                return
            try:
                self._turn()
            except ServiceError as error:
                _log.warning("a worker is of no use: %s", error.sentence)
                return

    def _wait(self) -> None:
        poller = zmq.Poller()
        links = [supervisor.link for supervisor in self._supervisors]
        for socket in (self._door.socket, self._doorkeeper.socket, self._settler.wake, *links):
            if socket is not None:
                poller.register(socket, zmq.POLLIN)
        longest = _BUSY_MS if self._door.busy else _IDLE_MS
        poller.poll(min(longest, math.ceil(1000 * min(self._broker.due, 1.0))))

    def _deliver(self) -> None:
        for client in self._door.send(self._broker.letters()):
            self._broker.vanished(client)


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collects the signals that ask for an end, instead of dying of them."""
    caught: list[int] = []

    def note(number: int, _frame: object) -> None:
        caught.append(number)

    before = {one: signal.signal(one, note) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield caught
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
