"""A small daemon without a socket: it keeps its jobs when a connection breaks, as the real one."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gramarye_protocol import (
    CAPABILITIES,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Drain,
    Failure,
    Follow,
    Hello,
    Incoming,
    JobList,
    JobReport,
    JobsRequest,
    Keep,
    Message,
    Outgoing,
    Pause,
    Plane,
    Prioritise,
    Progress,
    Received,
    Result,
    Resume,
    Seen,
    Standing,
    Status,
    StatusRequest,
    Submit,
    Welcome,
    decode,
    describe,
    encode,
)

PREVIEW = b"pre"


def plane(role: str, data: bytes) -> tuple[Plane, bytes]:
    """A row of grey pixels."""
    return describe(role, len(data), 1, "GRAY", "u8", data), data


@dataclass
class Job:
    """A job as the daemon keeps it."""

    order: Submit
    planes: list[Incoming]
    pixels: bytes = b""
    kept: bool = False
    paused: bool = False
    keeping: bool = False
    priority: int = 0
    trouble: str = ""
    """Why it failed."""

    @property
    def whole(self) -> bool:
        return all(one.complete for one in self.planes)

    @property
    def report(self) -> JobReport:
        state = "done" if self.pixels else "paused" if self.paused else "queued"
        place = 0 if state == "queued" else None
        return JobReport(
            self.order.job, "frida", state, place, priority=self.priority, keeping=self.keeping
        )


@dataclass
class Daemon:
    """Paints a job by turning its content round, once, when it is told to :meth:`work`."""

    capabilities: tuple[str, ...] = CAPABILITIES
    jobs: dict[str, Job] = field(default_factory=dict)
    painted: list[str] = field(default_factory=list)
    draining: bool = False
    ends: bool = False
    """Whether it ends when it is drained."""

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """A new connection; of the one before, everything on its way is lost."""
        self._letters: deque[list[Any]] = deque()
        self._followed: set[str] = set()
        self._downloads: dict[str, Outgoing] = {}
        self._unseen: set[str] = set()

    def letters(self) -> Iterator[list[Any]]:
        """What it has to say, oldest first."""
        while self._letters:
            yield self._letters.popleft()

    @property
    def speaks(self) -> bool:
        """Whether it has anything to say."""
        return bool(self._letters)

    def receive(self, frames: Sequence[Any]) -> None:
        """Take one message."""
        message, payload = decode(frames)
        if isinstance(message, Hello):
            self._say(Welcome(1, "daemon", capabilities=self.capabilities))
        elif isinstance(message, Submit):
            self._submit(message)
        elif isinstance(message, Follow):
            self._follow(message.job)
        elif isinstance(message, Cancel):
            self._cancel(message.job)
        elif isinstance(message, Chunk):
            self._chunk(message, payload)
        elif isinstance(message, Credit):
            download = self._downloads[message.job]
            download.grant(message)
            for chunk, data in download.chunks():
                self._say(chunk, bytes(data))
        elif isinstance(message, Received):
            self.jobs[message.job].kept = True
        elif isinstance(message, Seen):
            self._unseen.discard(message.job)
        elif isinstance(message, Keep | Pause | Resume | Prioritise):
            self._change(message)
        elif isinstance(message, JobsRequest):
            for job in self.jobs.values():
                self._say(JobList((job.report,), last=False))
            self._say(JobList((), last=True))
        elif isinstance(message, StatusRequest | Drain):
            self.draining |= isinstance(message, Drain)
            self._say(Status("daemon", draining=self.draining))
        else:
            raise AssertionError(message)

    def work(self, name: str) -> None:
        """Paint a job that is whole, and tell whoever follows it."""
        job = self.jobs.get(name)
        if job is None or not job.whole or job.pixels:
            return
        self.painted.append(name)
        job.pixels = bytes(job.planes[0].data[::-1])
        if name in self._followed:
            if name not in self._unseen:
                self._unseen.add(name)
                self._say(Progress(name, 1, 2, preview=plane("preview", PREVIEW)[0]), PREVIEW)
            self._announce(name)

    def fail(self, name: str, trouble: str) -> None:
        """End a job without a result."""
        self.jobs[name].trouble = trouble

    def _submit(self, order: Submit) -> None:
        known = self.jobs.get(order.job)
        if known is None:
            planes = [Incoming(order.job, *one) for one in enumerate(order.planes)]
            self.jobs[order.job] = Job(order, planes)
        elif known.order != order:
            self._say(Failure("duplicate", "Another job has this id.", order.job))
            return
        for incoming in self.jobs[order.job].planes:
            self._say(incoming.credit())
        self._follow(order.job)

    def _follow(self, name: str) -> None:
        self._unseen.discard(name)
        if name not in self.jobs:
            self._say(Failure("no-job", "There is no such job.", name))
            return
        self._followed.add(name)
        if self.jobs[name].trouble:
            self._say(Failure("picture", self.jobs[name].trouble, name))
        elif self.jobs[name].pixels:
            self._announce(name)
        elif self.jobs[name].whole:
            self._say(Accepted(name, 0))
            if self.jobs[name].paused:
                self._say(Standing(self.jobs[name].report))

    def _cancel(self, name: str) -> None:
        if name in self.jobs and self.jobs[name].pixels:
            self._announce(name)
        else:
            self.jobs.pop(name, None)
            self._say(Failure("cancelled", "It was cancelled.", name))

    def _change(self, wish: Keep | Pause | Resume | Prioritise) -> None:
        job = self.jobs.get(wish.job)
        if job is None or job.pixels:
            self._say(Failure("no-job", "There is no such job.", wish.job))
            return
        if isinstance(wish, Prioritise):
            job.priority = wish.priority
        elif isinstance(wish, Keep):
            job.keeping, job.paused = True, False
        else:
            job.paused = isinstance(wish, Pause)
        if wish.job in self._followed:
            self._say(Standing(job.report))

    def _chunk(self, chunk: Chunk, data: Any) -> None:
        job = self.jobs.get(chunk.job)
        if job is None:
            return
        credit = job.planes[chunk.plane].receive(chunk, data)
        if credit is not None:
            self._say(credit)
        if job.whole:
            self._say(Accepted(chunk.job, 0))

    def _announce(self, name: str) -> None:
        job = self.jobs[name]
        content, pixels = job.order.planes[0], job.pixels
        described = replace(content, role="result", sha256=hashlib.sha256(pixels).hexdigest())
        self._downloads[name] = Outgoing(name, 0, pixels)
        self._say(Result(name, described, "builtin"))

    def _say(self, message: Message, payload: Any = None) -> None:
        self._letters.append(encode(message, payload))
