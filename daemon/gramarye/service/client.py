"""A blocking client: what the command line uses to talk to a daemon.

::

    with Client.connect("tcp://127.0.0.1:5599", timeout=5) as client:
        print(client.welcome.device)
        job = client.submit(settings, [(content_plane, content_bytes), (style_plane, style_bytes)])
        for event in client.follow(job):
            ...  # Sent, Accepted, Progressed, and at last Finished with the pixels

Everything that can go wrong is a :class:`~gramarye.service.errors.ServiceError` with a sentence.
"""

from __future__ import annotations

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, TypeVar

from gramarye_protocol import (
    DEFAULT_ADDRESS,
    ClientSession,
    Event,
    Failure,
    Finished,
    Plane,
    Settings,
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

    def submit(
        self, settings: Settings, planes: Sequence[tuple[Plane, Any]], job: str | None = None
    ) -> str:
        """Send a job; returns its id. Follow it with :meth:`follow`, which moves the pixels."""
        job = job or uuid.uuid4().hex
        self._session.submit(job, settings, planes)
        self._flush()
        return job

    def follow(self, job: str) -> Iterator[Event]:
        """The events of one job until it is :class:`Finished`, which is the last.

        Raises:
            RefusedError: the job failed; with the daemon's code (``cancelled``, ``picture``, …)
                and sentence.
            LostDaemonError: the daemon went away.
        """

        def concerns_us(event: Event) -> bool:
            return isinstance(event, Status) or job_of(event) in (job, None)

        while True:
            event = self._take(concerns_us, PATIENCE_SECONDS / 2)
            if event is None:
                self._session.status()
                event = self._take(concerns_us, PATIENCE_SECONDS / 2)
            if event is None:
                raise LostDaemonError(self._address)
            if isinstance(event, Failure):
                raise RefusedError(event.code, event.sentence)
            if job_of(event) == job:
                yield event
            if isinstance(event, Finished):
                return

    def cancel(self, job: str) -> None:
        """Ask the daemon to stop a job; :meth:`follow` then ends with the code ``cancelled``."""
        self._session.cancel(job)
        self._flush()

    def status(self, timeout: float = 5.0) -> Status:
        """What the daemon is doing.

        Raises:
            LostDaemonError: no answer within ``timeout`` seconds.
        """
        self._waiting = deque(e for e in self._waiting if not isinstance(e, Status))
        self._session.status()
        return self._await(Status, timeout)

    def next_event(self, timeout: float) -> Event | None:
        """The next event of any job, or ``None`` when nothing comes within ``timeout`` seconds.

        Raises:
            LostDaemonError: the daemon went away.
        """
        return self._take(lambda _: True, timeout)

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
            self._flush()
            frames = self._connection.receive(max(0.0, deadline - time.monotonic()))
            if frames is None:
                return None
            fresh = self._session.receive(frames)
            self._waiting.extend(fresh)
            self._flush()

    def _flush(self) -> None:
        self._connection.send(self._session.outgoing())
