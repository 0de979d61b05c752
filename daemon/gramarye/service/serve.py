"""The daemon's outside: binds the address, waits for messages and signals, carries the post."""

from __future__ import annotations

import logging
import math
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import zmq

from gramarye_protocol import DEFAULT_ADDRESS, __version__

from .addresses import check_address
from .broker import Broker
from .doorkeeper import Doorkeeper
from .errors import ServiceError
from .frontdoor import FrontDoor
from .log import start_logging
from .process import WorkerOptions, WorkerProcess
from .supervisor import Supervisor

STUDIO = "gramarye.studio:Studio"

_IDLE_MS = 250
"""A signal, a dead worker and the clock are looked at so often."""
_BUSY_MS = 10
"""The same while a client has letters to take that it had no room for."""

_log = logging.getLogger(__name__)


def serve(
    bind: str = DEFAULT_ADDRESS,
    device: str = "auto",
    weights: Path | None = None,
    log_level: str = "info",
    studio: str = STUDIO,
) -> int:
    """Run the daemon until SIGTERM or SIGINT; call it from the main thread.

    Prints ``gramarye VERSION listening on ADDRESS`` once clients may connect. ``studio`` names
    what the worker makes its studio with, as ``module:callable``.

    Returns:
        0, after a clean end.

    Raises:
        ServiceError: the address or the device or the weights cannot be used.
    """
    start_logging(log_level)
    address = check_address(bind)
    options = WorkerOptions(studio, device, weights, log_level)
    with ExitStack() as stack:
        stop_asked = stack.enter_context(_signals())
        context = zmq.Context()
        stack.callback(context.term)
        door = FrontDoor(context, address)
        stack.callback(door.close)
        doorkeeper = Doorkeeper(context)
        stack.callback(doorkeeper.close)
        broker = Broker()
        supervisor = Supervisor(broker, lambda: WorkerProcess(context, doorkeeper, options))
        stack.callback(supervisor.stop)
        print(f"gramarye {__version__} listening on {door.address}", flush=True)
        _run(door, doorkeeper, broker, supervisor, stop_asked)
    _log.info("stopped")
    return 0


def _run(
    door: FrontDoor,
    doorkeeper: Doorkeeper,
    broker: Broker,
    supervisor: Supervisor,
    stop_asked: list[int],
) -> None:
    farewell = "The daemon was stopped. Start it again with: gramarye serve"
    try:
        while not stop_asked:
            _wait(door, doorkeeper, supervisor, broker.due)
            doorkeeper.answer()
            for client, frames in door.receive():
                broker.receive(client, frames)
            supervisor.pump()
            broker.tick()
            _deliver(door, broker)
    except ServiceError as error:
        farewell = error.sentence
        raise
    finally:
        broker.stop(farewell)
        _deliver(door, broker)


def _wait(door: FrontDoor, doorkeeper: Doorkeeper, supervisor: Supervisor, due: float) -> None:
    poller = zmq.Poller()
    for socket in (door.socket, doorkeeper.socket, supervisor.link):
        if socket is not None:
            poller.register(socket, zmq.POLLIN)
    longest = _BUSY_MS if door.busy else _IDLE_MS
    poller.poll(min(longest, math.ceil(1000 * min(due, 1.0))))


def _deliver(door: FrontDoor, broker: Broker) -> None:
    for client in door.send(broker.letters()):
        broker.vanished(client)


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
