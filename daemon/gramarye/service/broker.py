"""What the daemon says to whom, and when: clients, jobs and the worker, without a socket.

The caller hands in what arrived (:meth:`Broker.receive`, :meth:`Broker.worker_receive`,
:meth:`Broker.vanished`, …) with the time, and sends what :meth:`Broker.letters` and
:meth:`Broker.to_worker` yield. A job belongs to the connection that sent it: nobody else can see,
cancel or fetch it.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from gramarye_protocol import (
    PROTOCOL_VERSION,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Event,
    Failure,
    Finished,
    GarbageError,
    GivenBack,
    Hello,
    Message,
    Progress,
    Progressed,
    ProtocolError,
    Received,
    Status,
    StatusRequest,
    Submit,
    VersionError,
    Welcome,
    __version__,
    decode,
)
from gramarye_protocol.frames import Frames

from .bench import Bench
from .errors import RefusedError
from .jobs import Job, State
from .limits import Limits
from .post import Letter, Post
from .standing import Start
from .turns import Turns

SOFTWARE = f"gramarye {__version__}"
STALL_SECONDS = 300.0
"""A transfer that stands still for so long is given up, and its memory with it."""
PROBE_SECONDS = 5.0
"""A client that was told nothing for so long is told the status: that finds the dead ones."""
STOP_SECONDS = 30.0
"""A worker that has not stopped a cancelled job after so long is stopped itself."""
EVERYTHING = 1 << 60
"""Bytes: the memory of a job that must have the worker to itself."""

_log = logging.getLogger(__name__)


class Broker:
    """The daemon's decisions."""

    def __init__(
        self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limits = limits or Limits()
        self._clock = clock
        self._started = clock()
        self._post = Post(self._clock)
        self._jobs: dict[tuple[bytes, str], Job] = {}
        self._count = 0
        self._artists: dict[bytes, str] = {}
        self._turns = Turns()
        self._bench = Bench()
        self._trouble = ""

    # --- clients

    def receive(self, client: bytes, frames: Sequence[Any]) -> None:
        """Take one message from a client, whatever it holds."""
        try:
            message, payload = decode(frames)
            self._handle(client, message, payload)
        except ProtocolError as error:
            job = self._jobs.get((client, error.job or ""))
            if job is not None:
                self._fail(job, error.code, error.sentence)
            else:
                failure = Failure(error.code, error.sentence, error.job)
                self._post.say(client, failure, droppable=True)
        except RefusedError as error:
            self._post.say(client, Failure(error.code, error.sentence), droppable=True)

    def vanished(self, client: bytes) -> None:
        """A client is gone: its jobs end, nobody else's do."""
        if client in self._post:
            self._post.remove(client)
            del self._artists[client]
            _log.info("a client vanished; %d are left", len(self._post))
        for job in [job for job in self._jobs.values() if job.owner == client]:
            self._forget(job)
        self._dispatch()

    def letters(self) -> Iterator[Letter]:
        """What to send to clients now, oldest first."""
        return self._post.letters()

    def _handle(self, client: bytes, message: Message, payload: Any) -> None:
        if isinstance(message, Hello):
            self._hello(client, message)
        elif client not in self._post:
            raise RefusedError("hello", "This conversation has no hello yet. Connect again.")
        elif isinstance(message, StatusRequest):
            self._post.say(client, self._status(), droppable=True)
        elif isinstance(message, Submit):
            self._submit(client, message)
        elif isinstance(message, Cancel | Received | Chunk | Credit):
            job = self._jobs.get((client, message.job))
            if job is not None:  # else it ended while the message was on its way
                self._about_job(job, message, payload)
        else:
            raise GarbageError(f"a client does not send {message.TYPE}")

    def _hello(self, client: bytes, hello: Hello) -> None:
        if PROTOCOL_VERSION not in hello.versions:
            theirs = ", ".join(map(str, hello.versions)) or "no version"
            raise VersionError(theirs, PROTOCOL_VERSION)
        if client not in self._post and len(self._post) >= self._limits.clients:
            raise RefusedError("busy", "Too many clients are connected. Try again later.")
        self._post.add(client)
        # Who has no name is an artist of their own, whose name nobody can take.
        self._artists[client] = f"={hello.artist}" if hello.artist else f"#{client.hex()}"
        self._post.say(client, self._welcome())
        _log.info("a client says hello: %s", hello.software)

    def _submit(self, client: bytes, submit: Submit) -> None:
        if (client, submit.job) in self._jobs:
            raise RefusedError("duplicate", f"There is a job {submit.job} already.")
        try:
            self._limits.check(submit, client, self._jobs.values())
        except RefusedError as error:
            self._post.say(client, Failure(error.code, error.sentence, submit.job))
            return
        self._count += 1
        key, artist = f"job-{self._count}", self._artists[client]
        job = Job(client, key, submit, self._clock(), artist)
        self._jobs[client, submit.job] = job
        for credit in job.credits():
            self._post.say(client, credit)

    def _about_job(self, job: Job, message: Message, payload: Any) -> None:
        try:
            if isinstance(message, Cancel):
                self._fail(job, "cancelled", "The job was cancelled.")
                self._dispatch()
            elif isinstance(message, Received):
                self._forget(job)
            elif isinstance(message, Chunk):
                self._chunk(job, message, payload)
            elif isinstance(message, Credit):
                job.touched = self._clock()
                for chunk, data in job.send_on(message):
                    self._post.say(job.owner, chunk, data)
        except ProtocolError as error:
            self._fail(job, error.code, error.sentence)

    def _chunk(self, job: Job, chunk: Chunk, data: Any) -> None:
        job.touched = self._clock()
        credit = job.receive(chunk, data)
        if credit is not None:
            self._post.say(job.owner, credit)
        if job.whole:
            job.advance(State.QUEUED)
            self._turns.add(job)
            self._dispatch()

    # --- the worker

    def worker_receive(self, frames: Sequence[Any]) -> Failure | None:
        """Take one message from the worker.

        Returns what is wrong with the worker itself, if anything: it is then of no more use.
        """
        for event in self._bench.receive(frames):
            if isinstance(event, Failure) and event.job is None:
                return event
            self._work_event(event)
        return None

    def worker_lost(self, trouble: str) -> None:
        """The worker is gone: the jobs that it had fail, the others wait for the next worker."""
        lost, self._bench = self._bench, Bench()
        self._trouble = trouble
        for job in lost.wanted():
            self._fail(job, "worker-died", trouble)
        self._dispatch()

    @property
    def worker_ready(self) -> bool:
        """Whether the worker has loaded what it needs."""
        return self._bench.welcome is not None

    @property
    def worker_overdue(self) -> bool:
        """Whether the worker was told to stop a job and has ignored it for too long."""
        since = self._bench.stopping_since
        return since is not None and self._clock() - since > STOP_SECONDS

    def to_worker(self) -> Iterator[Frames]:
        """What to send to the worker now."""
        return self._bench.outgoing()

    def _work_event(self, event: Event) -> None:
        job = self._bench.job_of(event)
        self._bench.note(event)
        if isinstance(event, Welcome):
            self._trouble = ""
            for client in self._post:
                self._post.say(client, self._status(), droppable=True)
        elif isinstance(event, Progressed):
            estimate = event.progress.estimate
            if job is not None:
                progress: Progress = replace(event.progress, job=job.name)
                self._post.say(job.owner, progress, event.preview, droppable=True)
            if job is None or estimate is None:
                return
            job.seconds, job.memory = estimate.seconds, estimate.memory
        elif isinstance(event, GivenBack):
            if job is not None:
                job.served += event.seconds
                if not event.warm:
                    job.memory = EVERYTHING
                    job.start_over()
        elif isinstance(event, Finished):
            if job is not None:
                self._turns.discard(job)
                job.touched = self._clock()
                job.deliver(event.pixels)
                self._post.say(job.owner, replace(event.result, job=job.name))
        elif isinstance(event, Failure):
            if job is not None:
                self._fail(job, event.code, event.sentence)
        else:
            return
        self._dispatch()

    def _dispatch(self) -> None:
        """Something happened: tell everybody where they stand, and the worker what to do."""
        self._announce_positions()
        for order in self._turns.decide(self._bench, self._clock()):
            if isinstance(order, Start):
                job = self._turns[order.job]
                if job.state is State.QUEUED:
                    job.advance(State.RUNNING)
                self._bench.work_on(job)
            else:
                self._bench.ask_back(order.job)
        self._announce_positions()

    def _announce_positions(self) -> None:
        for position, job in enumerate(self._turns.queue()):
            if job.position != position:
                job.position = position
                self._post.say(job.owner, Accepted(job.name, position))

    # --- time and the end

    @property
    def due(self) -> float:
        """Seconds until :meth:`tick` has something to do, if nothing happens before."""
        until = self._turns.until
        return math.inf if until is None else max(0.0, until - self._clock())

    def tick(self) -> None:
        """Call now and then, and when it is :attr:`due`: ends slices that are over, gives up what
        stands still and looks for clients that are gone."""
        if self.due == 0:
            self._dispatch()
        for job in list(self._jobs.values()):
            moving = job.state in (State.UPLOADING, State.DELIVERING)
            if moving and self._clock() - job.touched > STALL_SECONDS:
                self._fail(job, "stalled", "The transfer stood still for too long. Try again.")
        for client in self._post.untold(PROBE_SECONDS):
            self._post.say(client, self._status(), droppable=True)

    def fail_waiting(self, code: str, sentence: str) -> None:
        """There will be no device for a while: nobody is left waiting for it."""
        for job in reversed(self._turns.queue()):  # from the end: nobody moves up for a moment
            self._fail(job, code, sentence)

    def stop(self, sentence: str) -> None:
        """The daemon ends: everybody with an unfinished job is told."""
        for job in reversed(list(self._jobs.values())):
            self._fail(job, "stopping", sentence)

    # --- small parts

    def _fail(self, job: Job, code: str, sentence: str) -> None:
        self._post.say(job.owner, Failure(code, sentence, job.name))
        self._forget(job)

    def _forget(self, job: Job) -> None:
        """Let go of a job wherever it stands."""
        del self._jobs[job.owner, job.name]
        self._turns.discard(job)
        self._bench.abandon(job, self._clock())
        self._announce_positions()

    def _welcome(self) -> Welcome:
        about = self._bench.welcome or Welcome(PROTOCOL_VERSION, SOFTWARE, notice=self._trouble)
        return replace(about, version=PROTOCOL_VERSION, software=SOFTWARE)

    def _status(self) -> Status:
        about = self._welcome()
        begun = self._bench.wanted()
        running = sum(job is self._bench.at_hand for job in begun)
        return Status(
            SOFTWARE,
            about.device,
            about.features,
            about.available,
            about.notice,
            running=running,
            suspended=len(begun) - running,
            queued=len(self._turns.queue()),
            clients=len(self._post),
            seconds_up=self._clock() - self._started,
        )
