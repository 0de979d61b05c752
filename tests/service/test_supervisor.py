"""The supervisor with a real worker process, and a clock that the test turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq

from gramarye.service.broker import Broker
from gramarye.service.doorkeeper import Doorkeeper
from gramarye.service.process import WorkerOptions, WorkerProcess
from gramarye.service.shifts import HANG_SECONDS, STOP_SECONDS
from gramarye.service.store.store import Store
from gramarye.service.supervisor import Supervisor
from gramarye_protocol import ClientSession, Event, Failure, Finished, Settings

from .conftest import SLOW
from .daemon import PATIENCE, ROOT
from .hall import DEVICE, AtOnce
from .pictures import pair
from .studios import FREEZE, FREEZE_ONCE, PAINT


class Workshop:
    """A broker with one client, and a supervised worker."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> None:
        self.now = 0.0
        self.store = Store(folder)
        self.broker = Broker(
            self.store, AtOnce(), [DEVICE], idle_minutes=10, clock=lambda: self.now
        )
        self.doorkeeper = Doorkeeper(context)
        self.workers: list[WorkerProcess] = []
        self._context = context
        self.supervisor = Supervisor(DEVICE, self.broker.shifts, self.start, clock=lambda: self.now)
        self.client = ClientSession("test")
        self.client.hello()
        self.events: list[Event] = []

    def start(self) -> WorkerProcess:
        incoming = self.store.blobs.incoming
        options = WorkerOptions(SLOW, DEVICE, Path("w.pt"), "info", incoming)
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
        self.store.close()
        self.doorkeeper.close()


def a_child_is_stopped() -> bool:
    """Whether a process that this one started was stopped by a signal."""
    children = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    stats = [Path(f"/proc/{child}/stat").read_text() for own in children for child in own]
    return any(stat.rpartition(") ")[2].startswith("T") for stat in stats)


@pytest.fixture
def workshop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workshop]:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("GRAMARYE_TEST_MARK", str(tmp_path / "frozen"))
    context = zmq.Context()
    workshop = Workshop(context, tmp_path)
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


def test_a_worker_that_hangs_is_replaced_and_its_job_goes_on(workshop: Workshop) -> None:
    workshop.client.submit("stuck", Settings(steps=9, seed=FREEZE_ONCE), pair())
    workshop.run_until(a_child_is_stopped)

    def gone() -> bool:
        workshop.now += HANG_SECONDS / 100  # what it said before is still being read
        return workshop.supervisor.link is None

    workshop.run_until(gone)
    workshop.now += 60
    workshop.run_until(lambda: workshop.saw(Finished))
    assert len(workshop.workers) == 2


def test_a_worker_ends_when_nobody_works_and_another_comes_for_the_next_job(
    workshop: Workshop,
) -> None:
    workshop.client.submit("one", Settings(steps=1), pair())
    workshop.run_until(lambda: workshop.saw(Finished))
    [first] = workshop.workers
    workshop.now += 600
    workshop.run_until(lambda: workshop.supervisor.link is None)
    assert first.end == 0
    workshop.run_until(lambda: workshop.broker.status().asleep)
    workshop.events.clear()
    workshop.client.submit("two", Settings(steps=1), pair())
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
