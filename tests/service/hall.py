"""A broker with clients and a worker around it, without a socket and with a clock of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

from gramarye.service.broker import Broker
from gramarye.service.jobs import Job, State
from gramarye.service.limits import Limits
from gramarye_protocol import (
    Accepted,
    Cancel,
    Chunk,
    ClientSession,
    Credit,
    Estimate,
    Event,
    Failure,
    GiveBack,
    GivenBack,
    Message,
    Progress,
    Received,
    Result,
    Settings,
    Submit,
    Welcome,
    Work,
    decode,
    describe,
    encode,
)

from .pictures import pair


class Hall:
    """Carries everybody's messages until nobody has anything left to say."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.now = 0.0
        self.broker = Broker(limits, clock=lambda: self.now)
        self.clients: dict[bytes, ClientSession] = {}
        self.events: dict[bytes, list[Event]] = defaultdict(list)
        self.worker = FakeWorker()

    def client(self, name: str, artist: str = "") -> ClientSession:
        """A client that has said hello."""
        session = self.clients[name.encode()] = ClientSession(name, artist)
        session.hello()
        self.carry()
        return session

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

    def carry(self) -> None:
        moved = True
        while moved:
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
            if not self.worker.ready:
                continue
            for frames in self.broker.to_worker():
                self.worker.take(*decode(frames))
                moved = True
            while self.worker.letters:
                assert self.broker.worker_receive(self.worker.letters.popleft()) is None
                moved = True


class FakeWorker:
    """A worker that does what the test tells it to."""

    def __init__(self, memory: int | None = None) -> None:
        self.ready = False
        self.jobs: dict[str, Job] = {}
        self.job: Job | None = None
        """The one at hand."""
        self.begun: list[bytes] = []
        self.worked_on: list[str] = []
        """What was at hand, one after the other."""
        self.asked_back = False
        self.deaf = False
        self.letters: deque[list[Any]] = deque()
        self._memory = memory

    def load(self) -> None:
        """Come up."""
        self.ready = True
        about = "test device", "builtin", ("builtin",), "no weights", self._memory
        self.say(Welcome(1, "worker", *about))

    def progress(self, step: int, steps: int = 10, estimate: Estimate | None = None) -> None:
        assert self.job is not None
        self.say(Progress(self.job.name, step, steps, estimate=estimate))

    def finish(self, data: bytes = b"done") -> None:
        assert self.job is not None
        self.job.deliver(data)
        plane = describe("result", len(data), 1, "GRAY", "u8", data)
        self.say(Result(self.job.name, plane, "builtin"))

    def fail(self, code: str) -> None:
        assert self.job is not None
        self.say(Failure(code, "It did not work.", self.job.name))
        self._forget(self.job)

    def give_back(self, seconds: float, warm: bool = True) -> None:
        assert self.job is not None
        self.say(GivenBack(self.job.name, seconds, warm))
        if not warm:
            del self.jobs[self.job.name]
        self.job, self.asked_back = None, False

    def say(self, message: Message, payload: Any = None) -> None:
        self.letters.append(encode(message, payload))

    def take(self, message: Message, payload: Any) -> None:
        if isinstance(message, Submit):
            assert message.job not in self.jobs
            job = self.jobs[message.job] = Job(b"", message.job, message, 0.0)
            for credit in job.credits():
                self.say(credit)
            return
        assert isinstance(message, Cancel | Received | Chunk | Credit | Work | GiveBack)
        job = self.jobs.get(message.job)
        if job is None:
            return
        if isinstance(message, Work):
            assert self.job is None
            self.job = job
            self.worked_on.append(job.name)
        elif isinstance(message, GiveBack):
            self.asked_back = job is self.job
        elif isinstance(message, Cancel):
            if not self.deaf:
                self.say(Failure("cancelled", "Stopped.", job.name))
                self._forget(job)
        elif isinstance(message, Received):
            self._forget(job)
        elif isinstance(message, Credit):
            for chunk, data in job.send_on(message):
                self.say(chunk, data)
        else:
            credit = job.receive(message, payload)
            if credit is not None:
                self.say(credit)
            if job.whole:
                job.advance(State.QUEUED)
                job.advance(State.RUNNING)
                self.begun.append(bytes(job.planes()[0][1]))
                self.say(Accepted(job.name, 0))

    def _forget(self, job: Job) -> None:
        del self.jobs[job.name]
        if job is self.job:
            self.job = None


def submit(hall: Hall, name: str, job: str = "one") -> None:
    """Let a client send a small job."""
    hall.clients[name.encode()].submit(job, Settings(), pair())
    hall.carry()


def cancel(hall: Hall, name: str, job: str = "one") -> None:
    """Let a client cancel a job."""
    hall.clients[name.encode()].cancel(job)
    hall.carry()
