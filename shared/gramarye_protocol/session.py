"""The client's half of a conversation, without a socket: messages in, events out.

A caller owns the socket. It calls a verb (``hello``, ``submit``, …), sends every list of frames
that :meth:`ClientSession.outgoing` yields, hands every received list to
:meth:`ClientSession.receive`, sends again, and acts on the events. The Krita plugin and the command
line both drive this class, so they cannot differ.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import GarbageError, ProtocolError
from .frames import Frames, decode, encode
from .messages import (
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Failure,
    GivenBack,
    Hello,
    Message,
    Progress,
    Received,
    Result,
    Settings,
    Status,
    StatusRequest,
    Submit,
    Welcome,
)
from .planes import Plane
from .transfer import Incoming, Outgoing
from .version import PROTOCOL_VERSION


@dataclass(frozen=True)
class Sent:
    """A plane of a job is on its way: ``sent`` of ``size`` bytes of all its planes."""

    job: str
    sent: int
    size: int


@dataclass(frozen=True)
class Progressed:
    """A progress message with its preview's bytes (described by ``progress.preview``)."""

    progress: Progress
    preview: Any


@dataclass(frozen=True)
class Finished:
    """The result is here, whole and verified."""

    result: Result
    pixels: bytes | bytearray


Event = Welcome | Accepted | Status | Failure | Sent | Progressed | Finished | GivenBack
"""The last one only for the broker, from its worker."""


def job_of(event: Event) -> str | None:
    """The id of the job that an event is about; ``None``: it is about the connection."""
    if isinstance(event, Progressed):
        return event.progress.job
    if isinstance(event, Finished):
        return event.result.job
    return getattr(event, "job", None)


class ClientSession:
    """One client's conversation with one daemon."""

    def __init__(self, software: str, artist: str = "") -> None:
        self._software = software
        self._artist = artist
        self._queue: deque[Frames] = deque()
        self._uploads: dict[str, list[Outgoing]] = {}
        self._held: dict[str, list[int]] = {}
        self._downloads: dict[str, tuple[Result, Incoming]] = {}
        self.welcome: Welcome | None = None

    # --- verbs

    def hello(self) -> None:
        """Open the conversation."""
        self._send(Hello((PROTOCOL_VERSION,), self._software, self._artist))

    def submit(self, job: str, settings: Settings, planes: Sequence[tuple[Plane, Any]]) -> None:
        """Announce a job. The buffers must stay unchanged until it is accepted or has failed."""
        self._uploads[job] = [Outgoing(job, index, data) for index, (_, data) in enumerate(planes)]
        self._held[job] = [0] * len(planes)
        self._send(Submit(job, tuple(plane for plane, _ in planes), settings))

    def cancel(self, job: str) -> None:
        """Ask the daemon to stop a job; it answers with a ``cancelled`` failure."""
        self._forget(job)
        self._send(Cancel(job))

    def status(self) -> None:
        """Ask what the daemon is doing."""
        self._send(StatusRequest())

    # --- wire

    def outgoing(self) -> Iterator[Frames]:
        """Everything to send now, oldest first."""
        while self._queue:
            yield self._queue.popleft()

    def receive(self, frames: Sequence[Any]) -> list[Event]:
        """Take one message from the daemon; returns what happened, in order.

        Garbage never raises: it becomes a :class:`Failure` event, as the daemon's own failures do.
        """
        try:
            message, payload = decode(frames)
        except ProtocolError as error:
            return [self._give_up(error, error.job)]
        try:
            return self._dispatch(message, payload)
        except ProtocolError as error:
            return [self._give_up(error, getattr(message, "job", None))]

    def _give_up(self, error: ProtocolError, job: str | None) -> Failure:
        """A message that cannot be used ends its job on both sides, and no other."""
        if job is not None:
            self.cancel(job)
        return Failure(error.code, error.sentence, job)

    def _dispatch(self, message: Message, payload: Any) -> list[Event]:
        if isinstance(message, Credit):
            return self._credit(message)
        if isinstance(message, Chunk):
            return self._chunk(message, payload)
        if isinstance(message, Result):
            return self._result(message)
        if isinstance(message, Progress):
            return [Progressed(message, payload)]
        if isinstance(message, Welcome):
            self.welcome = message
            return [message]
        if isinstance(message, Accepted):
            self._uploads.pop(message.job, None)
            return [message]
        if isinstance(message, Failure):
            if message.job is not None:
                self._forget(message.job)
            return [message]
        if isinstance(message, Status):
            return [message]
        raise GarbageError(f"a daemon does not send {message.TYPE}")

    def _credit(self, credit: Credit) -> list[Event]:
        uploads = self._uploads.get(credit.job)
        if uploads is None:  # a job that was cancelled while the credit was on its way
            return []
        if credit.plane >= len(uploads):
            raise GarbageError("a credit for a plane that does not exist")
        upload = uploads[credit.plane]
        upload.grant(credit)
        for chunk, data in upload.chunks():
            self._send(chunk, data)
        held = self._held[credit.job]
        held[credit.plane] = max(held[credit.plane], credit.have)
        return [Sent(credit.job, sum(held), sum(one.size for one in uploads))]

    def _result(self, result: Result) -> list[Event]:
        incoming = Incoming(result.job, 0, result.plane)
        self._downloads[result.job] = (result, incoming)
        self._send(incoming.credit())
        return []

    def _chunk(self, chunk: Chunk, data: Any) -> list[Event]:
        if chunk.job not in self._downloads:
            return []
        result, incoming = self._downloads[chunk.job]
        credit = incoming.receive(chunk, data)
        if credit is not None:
            self._send(credit)
        if not incoming.complete:
            return []
        self._forget(chunk.job)
        self._send(Received(chunk.job))
        return [Finished(result, incoming.data)]

    def _forget(self, job: str) -> None:
        self._uploads.pop(job, None)
        self._held.pop(job, None)
        self._downloads.pop(job, None)

    def _send(self, message: Message, payload: Any = None) -> None:
        self._queue.append(encode(message, payload))
