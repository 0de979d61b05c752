"""A blocking client: what the command line uses to talk to a daemon.

::

    with Client.connect("tcp://127.0.0.1:5599", timeout=5, artist="frida") as client:
        print(client.welcome.device)
        job = client.submit(settings, [(content_plane, content_bytes), (style_plane, style_bytes)])
        for event in client.follow(job):
            ...  # Sent, Accepted, Progressed, and at last Finished with the pixels
        client.received(job)  # once they are kept

A daemon that goes away in the middle is waited for, and the job goes on where it stood. Everything
that can go wrong is an error with a code and a sentence: a
:class:`~gramarye.service.errors.ServiceError`, or an :class:`~gramarye_protocol.OutdatedError`
where the daemon is an older one.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from gramarye_protocol import (
    DEFAULT_ADDRESS,
    ClientSession,
    Event,
    Failure,
    Finished,
    JobReport,
    Listed,
    Plane,
    Result,
    Settings,
    Standing,
    Status,
    Welcome,
    __version__,
    job_of,
)

from .addresses import check_address
from .connection import Connection
from .errors import LostDaemonError, NoDaemonError, RefusedError

E = TypeVar("E", bound=Event)

PATIENCE_SECONDS = 30.0
"""A daemon that says nothing for so long, though it was asked, is taken for lost."""
WAIT_SECONDS = 60.0
"""For a daemon that went away."""
ANSWER_SECONDS = 5.0
"""For the answer to a question."""
STEP_SECONDS = 60.0
"""For a job that stops at the end of what it is just at."""
_RETRY_SECONDS = 0.25


@dataclass(frozen=True)
class Away:
    """The daemon went away; it is waited for, ``seconds`` at most."""

    seconds: float


@dataclass(frozen=True)
class Back:
    """The daemon is back, and the job is taken up where it stood."""


class Client:
    """A conversation with one daemon. Use :meth:`connect`; not safe to share between threads."""

    def __init__(self, address: str, session: ClientSession) -> None:
        self._address = address
        self._connection = Connection(address)
        self._session = session
        self._waiting: deque[Event] = deque()

    @classmethod
    def connect(
        cls,
        address: str = DEFAULT_ADDRESS,
        timeout: float = 5.0,
        software: str = f"gramarye {__version__}",
        artist: str = "",
    ) -> Client:
        """Say hello and wait for the daemon's.

        Raises:
            NoDaemonError: nothing answers within ``timeout`` seconds (at once where nothing
                listens).
            RefusedError: the daemon refuses, for instance because of its version.
            ServiceError: ``address`` is not one.
        """
        client = cls(check_address(address), ClientSession(software, artist))
        try:
            client._session.hello()
            client._await(Welcome, timeout)
        except LostDaemonError as error:
            client.close()
            raise NoDaemonError(address) from error
        except BaseException:
            client.close()
            raise
        return client

    @property
    def welcome(self) -> Welcome:
        """The daemon's hello: its device and features (empty while it is loading)."""
        assert self._session.welcome is not None, "connect() returns only after the welcome"
        return self._session.welcome

    @property
    def keeps_jobs(self) -> bool:
        """Whether jobs outlive this client: they have a named artist, and a daemon that can."""
        return self._session.keeps_jobs

    def require(self, capability: str) -> None:
        """Make sure that the daemon has one of the protocol's ``CAPABILITIES``.

        Raises:
            OutdatedError: it is an older one.
        """
        self._session.require(capability)

    # --- a job and its pixels

    def submit(
        self,
        settings: Settings,
        planes: Sequence[tuple[Plane, Any]],
        job: str | None = None,
        priority: int = 0,
        pixels: bool = True,
    ) -> str:
        """Send a job; returns its id. Follow it with :meth:`follow`, which moves the pixels:
        there, and unless ``pixels`` says no, those of the result back.

        Raises:
            OutdatedError: the daemon knows no priorities.
        """
        job = job or uuid.uuid4().hex
        self._session.submit(job, settings, planes, priority, pixels)
        self._flush()
        return job

    def follow(
        self, job: str, pixels: bool = True, wait: float = WAIT_SECONDS
    ) -> Iterator[Event | Away | Back]:
        """The events of one job of this artist's until it is :class:`Finished`, which is the last;
        without ``pixels`` until its :class:`Result`.

        A daemon that goes away is waited for ``wait`` seconds: :class:`Away` tells it, and
        :class:`Back` that the job goes on. With 0 it is an error at once.

        Raises:
            RefusedError: the job failed; with the daemon's code (``cancelled``, ``picture``, …)
                and sentence.
            LostDaemonError: the daemon went away, for longer than ``wait``.
            OutdatedError: the job was not submitted here, and the daemon is too old to find it.
        """
        if not self._session.pursues(job):
            self._session.follow(job, pixels)
        while True:
            try:
                event = self._news_of(job)
            except LostDaemonError:
                if wait <= 0:
                    raise
                yield Away(wait)
                self._return(wait)
                yield Back()
                continue
            if isinstance(event, Failure) and event.ended:
                raise RefusedError(event.code, event.sentence)
            if job_of(event) == job:
                yield event
            if isinstance(event, Finished | Result):
                return

    def received(self, job: str) -> None:
        """Tell the daemon that the result is kept here: it may let go of it."""
        self._session.received(job)
        self._flush()

    def cancel(self, job: str) -> None:
        """Ask the daemon to stop a job; :meth:`follow` then ends with the code ``cancelled``."""
        self._session.cancel(job)
        self._flush()

    def keep(self, job: str, timeout: float = ANSWER_SECONDS) -> JobReport:
        """Let a job of this artist's end with the picture as it stands, which becomes its result;
        returns where it stands then. Raises as :meth:`pause` does."""
        self._session.require("keep")
        if not self._session.pursues(job):
            self._session.follow(job, pixels=False)
        self._session.keep(job)
        return self._standing(job, lambda report: report.keeping, timeout)

    # --- questions

    def pause(self, job: str, timeout: float = STEP_SECONDS) -> JobReport:
        """Put a job of this artist's aside; returns where it stands once it has stopped.

        Raises:
            RefusedError: there is no such job, or it has ended.
            LostDaemonError: no answer within ``timeout`` seconds.
            OutdatedError: the daemon cannot.
        """
        self._session.require("pause")
        self._session.follow(job, pixels=False)
        self._session.pause(job)
        return self._standing(job, lambda report: report.state == "paused", timeout)

    def resume(self, job: str, timeout: float = ANSWER_SECONDS) -> JobReport:
        """Let a paused job go on; returns where it stands then. Raises as :meth:`pause` does."""
        self._session.require("pause")
        self._session.follow(job, pixels=False)
        self._session.resume(job)
        return self._standing(job, lambda report: report.state != "paused", timeout)

    def prioritise(self, job: str, priority: int, timeout: float = ANSWER_SECONDS) -> JobReport:
        """Give a job another priority among its artist's; returns where it stands then. Raises as
        :meth:`pause` does."""
        self._session.require("priority")
        self._session.follow(job, pixels=False)
        self._session.prioritise(job, priority)
        return self._standing(job, lambda report: report.priority == priority, timeout)

    def stop(self, job: str, timeout: float = ANSWER_SECONDS) -> None:
        """Cancel a job of this artist's, wherever it was submitted, and wait until it is so.

        Raises:
            RefusedError: there is no such job, or it has ended.
            LostDaemonError: no answer within ``timeout`` seconds.
            OutdatedError: the daemon cannot.
        """
        self._session.follow(job, pixels=False)
        self._session.cancel(job)
        end = self._end_of(job, lambda _: False, timeout)
        assert isinstance(end, Failure)
        if end.code != "cancelled":
            raise RefusedError(end.code, end.sentence)

    def jobs(self, everybody: bool = False, timeout: float = ANSWER_SECONDS) -> list[JobReport]:
        """This artist's jobs that have not ended, or all of everybody's; the oldest first.

        Raises:
            LostDaemonError: no answer within ``timeout`` seconds.
            OutdatedError: the daemon cannot.
        """
        listed = self._ask(lambda: self._session.jobs(everybody), Listed, timeout)
        return list(listed.jobs)

    def drain(self, timeout: float = ANSWER_SECONDS) -> Status:
        """Let the daemon finish what it works on, keep the queue, and end.

        Raises:
            LostDaemonError: no answer within ``timeout`` seconds.
            OutdatedError: the daemon cannot.
        """
        return self._ask(self._session.drain, Status, timeout)

    def status(self, timeout: float = ANSWER_SECONDS) -> Status:
        """What the daemon is doing.

        Raises:
            LostDaemonError: no answer within ``timeout`` seconds.
        """
        return self._ask(self._session.status, Status, timeout)

    def next_event(self, timeout: float) -> Event | None:
        """The next event of any job, or ``None`` when nothing comes within ``timeout`` seconds.

        Raises:
            LostDaemonError: the daemon went away.
        """
        return self._take(lambda _: True, timeout)

    # --- the end

    def close(self) -> None:
        """Say what is still to be said (a cancel) and close the socket."""
        self._connection.close(self._session.outgoing())

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- small parts

    def _news_of(self, job: str) -> Event:
        """The next event of a job or of the connection; a silent daemon is asked for its status,
        and an answer is news too."""

        def concerns_us(event: Event) -> bool:
            return isinstance(event, Status) or job_of(event) in (job, None)

        event = self._take(concerns_us, PATIENCE_SECONDS / 2)
        if event is None:
            self._session.status()
            event = self._take(concerns_us, PATIENCE_SECONDS / 2)
        if event is None:
            raise LostDaemonError(self._address)
        return event

    def _return(self, wait: float) -> None:
        """Connect again, to a daemon that may take a while to come back."""
        deadline = time.monotonic() + wait
        while True:
            self._connection.drop()
            self._connection = Connection(self._address)
            self._session.again()
            try:
                left = deadline - time.monotonic()
                self._await(Welcome, min(ANSWER_SECONDS, max(0.0, left)))
                return
            except LostDaemonError:
                if time.monotonic() + _RETRY_SECONDS > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)

    def _standing(self, job: str, wanted: Callable[[JobReport], bool], timeout: float) -> JobReport:
        """Where a followed job stands once it stands as wanted."""
        event = self._end_of(job, wanted, timeout)
        if isinstance(event, Failure):
            raise RefusedError(event.code, event.sentence)
        return event.report

    def _end_of(
        self, job: str, wanted: Callable[[JobReport], bool], timeout: float
    ) -> Standing | Failure:
        """How a followed job stands as wanted, or how it ended instead."""

        def answers(event: Event) -> bool:
            if isinstance(event, Standing):
                return event.report.id == job and wanted(event.report)
            return isinstance(event, Failure | Result) and job_of(event) in (job, None)

        self._waiting = deque(event for event in self._waiting if job_of(event) != job)
        event = self._take(answers, timeout)
        if event is None:
            raise LostDaemonError(self._address)
        if isinstance(event, Result):
            raise RefusedError("done", f"The job {job} is done already.")
        assert isinstance(event, Standing | Failure)
        return event

    def _ask(self, ask: Callable[[], None], kind: type[E], timeout: float) -> E:
        """Ask, and wait for the answer; one that came too late to an earlier question is none."""
        self._waiting = deque(event for event in self._waiting if not isinstance(event, kind))
        ask()
        return self._await(kind, timeout)

    def _await(self, kind: type[E], timeout: float) -> E:
        """The next event of ``kind``; a failure that concerns the connection comes first."""
        event = self._take(
            lambda e: isinstance(e, kind) or (isinstance(e, Failure) and e.job is None), timeout
        )
        if event is None:
            raise LostDaemonError(self._address)
        if isinstance(event, kind):
            return event
        assert isinstance(event, Failure)
        raise RefusedError(event.code, event.sentence)

    def _take(self, wanted: Callable[[Event], bool], timeout: float) -> Event | None:
        """Remove and return the oldest event that is wanted; the others stay for their reader."""
        deadline = time.monotonic() + timeout
        fresh: Iterable[Event] = list(self._waiting)
        while True:
            for event in fresh:
                if wanted(event):
                    self._waiting.remove(event)
                    return event
            self._flush_if_there()
            frames = self._connection.receive(max(0.0, deadline - time.monotonic()))
            if frames is None:
                return None
            fresh = self._session.receive(frames)
            self._waiting.extend(fresh)
            self._flush_if_there()

    def _flush_if_there(self) -> None:
        """Send what there is to send; that nobody takes it is told by the next receive, which
        comes to the loss only after all that was still received."""
        with suppress(LostDaemonError):
            self._flush()

    def _flush(self) -> None:
        self._connection.send(self._session.outgoing())
