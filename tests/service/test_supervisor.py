"""The supervisor with a real worker process, and a clock that the test turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq

from gramarye.service.broker import STOP_SECONDS, Broker
from gramarye.service.doorkeeper import Doorkeeper
from gramarye.service.process import WorkerOptions, WorkerProcess
from gramarye.service.supervisor import Supervisor
from gramarye_protocol import ClientSession, Event, Failure, Finished, Settings

from .conftest import SLOW
from .daemon import PATIENCE, ROOT
from .pictures import pair
from .studios import FREEZE, PAINT


class Workshop:
    """A broker with one client, and a supervised worker."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.now = 0.0
        self.broker = Broker(clock=lambda: self.now)
        self.doorkeeper = Doorkeeper(context)
        self.workers: list[WorkerProcess] = []
        self._context = context
        self.supervisor = Supervisor(self.broker, self.start, clock=lambda: self.now)
        self.client = ClientSession("test")
        self.client.hello()
        self.events: list[Event] = []

    def start(self) -> WorkerProcess:
        options = WorkerOptions(SLOW, "test", Path("w.pt"), "info")
        self.workers.append(WorkerProcess(self._context, self.doorkeeper, options))
        return self.workers[-1]

    def run_until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.events
            for frames in self.client.outgoing():
                self.broker.receive(b"client", frames)
            self.doorkeeper.answer()
            self.supervisor.pump()
            for letter in self.broker.letters():
                self.events += self.client.receive(letter.frames)
            time.sleep(0.001)

    def saw(self, kind: type[Event]) -> bool:
        return any(isinstance(event, kind) for event in self.events)

    def close(self) -> None:
        self.supervisor.stop()
        self.doorkeeper.close()


def a_child_is_stopped() -> bool:
    """Whether a process that this one started was stopped by a signal."""
    children = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    stats = [Path(f"/proc/{child}/stat").read_text() for own in children for child in own]
    return any(stat.rpartition(") ")[2].startswith("T") for stat in stats)


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    context = zmq.Context()
    workshop = Workshop(context)
    yield workshop
    workshop.close()
    context.term()


def test_a_worker_that_ignores_a_cancel_is_replaced(workshop: Workshop) -> None:
    workshop.client.submit("stuck", Settings(steps=9, seed=FREEZE), pair())
    workshop.run_until(a_child_is_stopped)
    workshop.client.cancel("stuck")
    workshop.client.submit("next", Settings(steps=1, seed=PAINT), pair())
    workshop.run_until(lambda: workshop.saw(Failure))
    workshop.now += STOP_SECONDS + 1
    workshop.run_until(lambda: workshop.supervisor.link is None)
    workshop.now += 60  # the pause before the next start
    workshop.run_until(lambda: workshop.saw(Finished))
    assert len(workshop.workers) == 2


@pytest.mark.parametrize("with_a_key", [False, True])
def test_a_stranger_cannot_pose_as_the_worker(workshop: Workshop, with_a_key: bool) -> None:
    [worker] = workshop.workers
    stranger = zmq.Context.instance().socket(zmq.DEALER)
    stranger.set(zmq.LINGER, 0)
    if with_a_key:
        stranger.curve_serverkey = worker.broker_key
        stranger.curve_publickey, stranger.curve_secretkey = zmq.curve_keypair()
    refused = zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    monitor = stranger.get_monitor_socket(refused | zmq.EVENT_DISCONNECTED)
    stranger.connect(worker.link.get_string(zmq.LAST_ENDPOINT))
    stranger.send(b"I am your worker")
    workshop.run_until(lambda: bool(monitor.poll(0)))
    stranger.disable_monitor()
    monitor.close()
    stranger.close()
    workshop.client.submit("one", Settings(steps=1), pair())
    workshop.run_until(lambda: workshop.saw(Finished))
