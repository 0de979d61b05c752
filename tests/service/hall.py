"""A broker with clients and workers around it, without a socket and with a clock of its own."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gramarye.saved import Checkpoint
from gramarye.service.broker import Broker
from gramarye.service.inside import (
    Appraise,
    Appraised,
    Done,
    Drop,
    Enough,
    Errand,
    FromWorker,
    GiveBack,
    GivenBack,
    Lend,
    LookAgain,
    Ready,
    Returned,
    Saved,
    ToWorker,
    Work,
    to_worker,
)
from gramarye.service.limits import Limits
from gramarye.service.settling import Then
from gramarye.service.store.blobs import Part
from gramarye.service.store.checkpoints import new_part, write
from gramarye.service.store.quota import Quota
from gramarye.service.store.store import Store
from gramarye_protocol import (
    ClientSession,
    Estimate,
    Event,
    Failure,
    Progress,
    Result,
    Settings,
    describe,
    encode,
)

from .pictures import pair

DEVICE = "test"


class AtOnce:
    """Settles parts when it is asked to; ``later`` keeps them until :meth:`go_on`."""

    def __init__(self) -> None:
        self.later = False
        self._waiting: deque[tuple[Part, str, Then]] = deque()

    def settle(self, part: Part, sha256: str, then: Then) -> None:
        self._waiting.append((part, sha256, then))
        if not self.later:
            self.go_on()

    def go_on(self) -> None:
        while self._waiting:
            part, sha256, then = self._waiting.popleft()
            try:
                then(part.settle(sha256))
            except Exception as error:  # noqa: BLE001 - as the real one hands it over
                then(error)


class Hall:
    """Carries everybody's messages until nobody has anything left to say."""

    def __init__(
        self,
        folder: Path,
        limits: Limits | None = None,
        devices: Sequence[str] = (DEVICE,),
        quota: Quota | None = None,
        idle_minutes: float | None = None,
    ) -> None:
        self.now = 0.0
        self._idle_minutes = idle_minutes
        self.folder = folder
        self.free = 1 << 40
        self._limits = limits
        self._devices = devices
        self._quota = quota
        self.settler = AtOnce()
        self.clients: dict[bytes, ClientSession] = {}
        self.events: dict[bytes, list[Event]] = defaultdict(list)
        self.workers: dict[str, FakeWorker] = {}
        self._open()

    def _open(self) -> None:
        self.store = Store(
            self.folder, self._quota, clock=lambda: self.now, free=lambda _: self.free
        )
        self.broker = Broker(
            self.store,
            self.settler,
            self._devices,
            self._limits,
            idle_minutes=self._idle_minutes,
            clock=lambda: self.now,
        )
        incoming = self.store.blobs.incoming
        self.workers = {name: FakeWorker(incoming) for name in self.broker.shifts.crew.benches}

    def close(self) -> None:
        self.store.close()

    def restart(self) -> None:
        """The daemon is killed, with its workers, and started again: no client is connected."""
        self.close()
        self.clients.clear()
        self._open()

    @property
    def worker(self) -> FakeWorker:
        """The first, or only, worker."""
        return next(iter(self.workers.values()))

    def client(self, name: str, artist: str = "") -> ClientSession:
        """A client that has said hello."""
        session = self.clients[name.encode()] = ClientSession(name, artist)
        session.hello()
        self.carry()
        return session

    def again(self, name: str) -> None:
        """A client's connection is lost, and it has another one."""
        session = self.clients.pop(name.encode())
        self.broker.vanished(name.encode())
        self.clients[f"{name} again".encode()] = session
        session.again()
        self.carry()

    def heard(self, name: str) -> list[Event]:
        """What a client heard since it was last asked."""
        return self.events.pop(name.encode(), [])

    def failures(self, name: str) -> list[tuple[str, str | None]]:
        """Code and job of the failures that a client heard since it was last asked."""
        return [(e.code, e.job) for e in self.heard(name) if isinstance(e, Failure)]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.broker.tick()
        self.carry()

    def say(self, name: str, *frames: Any) -> None:
        """Send raw frames as a client."""
        self.broker.receive(name.encode(), frames)
        self.carry()

    def do(self, name: str, verb: Callable[..., None], *words: Any) -> None:
        """Let a client say something."""
        assert self.clients[name.encode()] is not None
        verb(*words)
        self.carry()

    def lose(self, device: str = DEVICE, trouble: str = "It died.") -> None:
        """A worker is gone, and another one is there that has not come up."""
        self.workers[device] = FakeWorker(self.store.blobs.incoming)
        self.broker.shifts.lose(device, trouble)
        self.carry()

    def carry(self) -> None:
        while self._carry_once():
            pass

    def _carry_once(self) -> bool:
        moved = False
        for name, session in list(self.clients.items()):
            for frames in session.outgoing():
                self.broker.receive(name, frames)
                moved = True
        for letter in self.broker.letters():
            moved = True
            session = self.clients.get(letter.client)
            if session is not None:
                self.events[letter.client] += session.receive(letter.frames)
        for device, worker in self.workers.items():
            if not worker.ready:
                continue
            for frames in self.broker.shifts.to_worker(device):
                worker.take(to_worker(frames))
                moved = True
            while worker.letters:
                assert self.broker.shifts.receive(device, worker.letters.popleft()) is None
                moved = True
        return moved


class FakeWorker:
    """A worker that does what the test tells it to."""

    def __init__(self, incoming: Path) -> None:
        self.incoming = incoming
        self.memory: int | None = None
        self.device = "test device"
        self.ready = False
        self.jobs: dict[str, Errand] = {}
        self.job: str | None = None
        """The one at hand."""
        self.begun: list[bytes] = []
        """The first bytes of each content that was begun."""
        self.worked_on: list[str] = []
        """What was at hand, one after the other."""
        self.resumed: list[dict[str, Any]] = []
        """What each job that was begun had to go on from."""
        self.asked_back: GiveBack | None = None
        self.lent: list[tuple[str, ...]] = []
        self.appraised: list[str] = []
        """The jobs that it was asked about."""
        self.appraisals: dict[int | None, Appraised] = {}
        """What to say of jobs, by their seed."""
        self.kept: list[str] = []
        """The jobs whose pictures were enough."""
        self.deaf = False
        self.letters: deque[list[Any]] = deque()

    def load(self) -> None:
        """Come up."""
        self.ready = True
        self.say(Ready(self.device, "builtin", ("builtin",), "no weights", self.memory))

    def progress(
        self, step: int, steps: int = 10, estimate: Estimate | None = None, preview: bool = False
    ) -> None:
        assert self.job is not None
        plane = describe("preview", 1, 1, "RGB", "u8", bytes(3)) if preview else None
        told = Progress(self.job, step, steps, estimate=estimate, preview=plane)
        self.say(told, bytes(3) if preview else None)

    def save(self, seconds: float = 0.0, **about: Any) -> None:
        """Write a checkpoint of the job at hand."""
        assert self.job is not None
        settled = write(new_part(self.incoming, int(self.job)), Checkpoint({}, about))
        name = settled.path.name
        self.say(Saved(self.job, name, settled.sha256, settled.size, seconds))

    def finish(
        self, data: bytes = b"done", seconds: float = 0.0, memory: int | None = None
    ) -> None:
        assert self.job is not None
        part = Part(self.incoming / f"{self.job}-result.part")
        part.drop()
        part.append(0, data)
        plane = describe("result", len(data), 1, "GRAY", "u8", data)
        assert plane.sha256 == hashlib.sha256(data).hexdigest()
        result = Result(self.job, plane, "builtin", memory=memory)
        self.say(Done(self.job, result, part.path.name, seconds))
        self._forget(self.job)

    def fail(self, code: str) -> None:
        assert self.job is not None
        self.say(Failure(code, "It did not work.", self.job))
        self._forget(self.job)

    def give_back(self, seconds: float = 0.0, warm: bool = True, alone: bool = False) -> None:
        assert self.job is not None
        key = self.job
        self.say(GivenBack(key, seconds, warm, alone))
        if warm:
            self.job = None
        else:
            self._forget(key)
        self.asked_back = None

    def put_away(self, key: str) -> None:
        """Save a job that was put aside, and forget it."""
        self._forget(key)
        self.say(GivenBack(key, 0.0, warm=False))

    def returned(self) -> None:
        """Use no lent device any more."""
        self.say(Returned())

    def say(self, message: FromWorker, payload: Any = None) -> None:
        self.letters.append(encode(message, payload))

    def take(self, message: ToWorker) -> None:
        if isinstance(message, Appraise):
            known = self.appraisals.get(message.settings.seed, Appraised("0"))
            self.appraised.append(message.job)
            told = (known.seconds, known.memory, known.tiles, known.tile_memory)
            self.say(Appraised(message.job, *told))
        elif isinstance(message, LookAgain):
            self.say(Ready(self.device, "vgg19", ("builtin", "vgg19"), "", self.memory))
        elif isinstance(message, Lend):
            self.lent.append(message.devices)
            if not message.devices and not self.deaf:
                self.say(Returned())
        elif isinstance(message, Enough):
            self.kept.append(message.job)
        elif isinstance(message, Work):
            assert self.job is None
            if message.errand is not None:
                assert message.job not in self.jobs
                self._begin(message.job, message.errand)
            assert message.job in self.jobs
            self.job = message.job
            self.worked_on.append(message.job)
        elif message.job in self.jobs and not self.deaf:
            self._leave(message)

    def _begin(self, key: str, errand: Errand) -> None:
        self.jobs[key] = errand
        if errand.keeping:
            self.kept.append(key)
        self.begun.append(Path(errand.files[0]).read_bytes())
        self.resumed.append({"checkpoints": len(errand.checkpoints), "served": errand.served})

    def _leave(self, message: GiveBack | Drop) -> None:
        if isinstance(message, Drop):
            self._forget(message.job)
            self.say(GivenBack(message.job, 0.0, warm=False))
        elif message.job == self.job:
            self.asked_back = message
        elif not message.warm:
            self._forget(message.job)
            self.say(GivenBack(message.job, 0.0, warm=False))

    def _forget(self, key: str) -> None:
        del self.jobs[key]
        if key == self.job:
            self.job = None


def submit(hall: Hall, name: str, job: str = "one", **settings: Any) -> None:
    """Let a client send a small job."""
    hall.clients[name.encode()].submit(job, Settings(**settings), pair())
    hall.carry()


def cancel(hall: Hall, name: str, job: str = "one") -> None:
    """Let a client cancel a job."""
    hall.clients[name.encode()].cancel(job)
    hall.carry()


def jobs_of(hall: Hall, name: str) -> Iterator[Any]:
    """What a client is told when it asks for all jobs there are."""
    hall.clients[name.encode()].jobs(True)
    hall.carry()
    for event in hall.heard(name):
        yield from getattr(event, "jobs", ())
