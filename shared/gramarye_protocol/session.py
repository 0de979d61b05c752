"""The client's half of a conversation, without a socket: messages in, events out.

A caller owns the socket. It calls a verb (``hello``, ``submit``, …), sends every list of frames
that :meth:`ClientSession.outgoing` yields, hands every received list to
:meth:`ClientSession.receive`, sends again, and acts on the events. A connection that broke is
replaced by a new one and :meth:`ClientSession.again`, which takes up every job where it stood. The
Krita plugin and the command line both drive this class, so they cannot differ.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from .errors import GarbageError, OutdatedError, ProtocolError
from .events import Event, Finished, Listed, Progressed
from .fetching import FetchWeights, WeightsReport
from .frames import Frames, decode, encode
from .messages import (
    CAPABILITIES,
    Accepted,
    Chunk,
    Credit,
    Drain,
    Failure,
    Follow,
    Hello,
    JobList,
    JobReport,
    JobsRequest,
    Keep,
    Message,
    Pause,
    Prioritise,
    Progress,
    Received,
    Result,
    Resume,
    Seen,
    Settings,
    Standing,
    Status,
    StatusRequest,
    Submit,
    Welcome,
)
from .planes import Plane
from .pursuit import Pursuit
from .version import PROTOCOL_VERSION

MOST_LISTED = 100_000
"""Jobs in one answer: a list without an end would fill the memory."""


class ClientSession:
    """One client's conversation with one daemon, over one connection after the other.

    Verbs that an older daemon does not know raise :class:`OutdatedError`.
    """

    def __init__(self, software: str, artist: str = "") -> None:
        self._software = software
        self._artist = artist
        self._queue: deque[Frames] = deque()
        self._jobs: dict[str, Pursuit] = {}
        self._listed: list[JobReport] = []
        self._returning = False
        self.welcome: Welcome | None = None

    # --- the connection

    def hello(self) -> None:
        """Open the conversation."""
        self._send(Hello((PROTOCOL_VERSION,), self._software, self._artist, CAPABILITIES))

    def again(self) -> None:
        """There is a new connection in place of one that broke: say hello over it, and take up
        every open job once the daemon has answered. What was not sent yet is dropped."""
        self._queue.clear()
        self._listed.clear()
        self._returning = True
        self.hello()

    def require(self, capability: str) -> None:
        """Make sure that the daemon has one of the protocol's ``CAPABILITIES``.

        Raises:
            OutdatedError: it is an older one.
        """
        if self._lacks(capability):
            raise OutdatedError(capability)

    @property
    def keeps_jobs(self) -> bool:
        """Whether jobs outlive the connection: they have a named artist, and a daemon that can."""
        return bool(self._artist) and self.welcome is not None and not self._lacks("follow")

    def pursues(self, job: str) -> bool:
        """Whether a job was submitted or is followed here, and has not ended here."""
        return job in self._jobs

    # --- verbs about a job

    def submit(
        self,
        job: str,
        settings: Settings,
        planes: Sequence[tuple[Plane, Any]],
        priority: int = 0,
        pixels: bool = True,
    ) -> None:
        """Announce a job. Its buffers must stay unchanged until it has ended: they may have to be
        sent once more. Without ``pixels`` its result is only announced."""
        if priority:
            self.require("priority")
        order = Submit(job, tuple(plane for plane, _ in planes), settings, priority)
        self._pursue(Pursuit(job, order, [data for _, data in planes], pixels))

    def follow(self, job: str, pixels: bool = True) -> None:
        """Be told about a job of this artist's, beginning with where it stands. Without ``pixels``
        its result is only announced. One that was submitted here is followed already."""
        self.require("follow")
        known = self._jobs.get(job)
        if known is None or known.order is None:
            self._pursue(Pursuit(job, pixels=pixels))

    def cancel(self, job: str) -> None:
        """Ask the daemon to stop a job; it answers with a ``cancelled`` failure. Of one that was
        done before, the result may be announced instead."""
        self._pursue(Pursuit(job, pixels=False, unwanted=True))

    def keep(self, job: str) -> None:
        """Have the daemon stop a job and take the picture as it stands for its result. Of a job
        that is pursued here that is said again after a broken connection."""
        self.require("keep")
        if job in self._jobs:
            self._jobs[job].keeping = True
        if not self._returning:
            self._send(Keep(job))

    def pause(self, job: str) -> None:
        """Ask the daemon to put a job aside; all who follow it are told its standing."""
        self.require("pause")
        self._send(Pause(job))

    def resume(self, job: str) -> None:
        """Let a paused job go on."""
        self.require("pause")
        self._send(Resume(job))

    def prioritise(self, job: str, priority: int) -> None:
        """Give a job another priority among its artist's."""
        self.require("priority")
        self._send(Prioritise(job, priority))

    def received(self, job: str) -> None:
        """The result is kept here, in a file or a layer: the daemon may let go of it. Nothing
        breaks if that word is lost with the connection; the result only takes room for longer."""
        self._jobs.pop(job, None)
        self._send(Received(job))

    # --- verbs about the daemon

    def jobs(self, everybody: bool = False) -> None:
        """Ask for this artist's jobs that have not ended, or for all of everybody's."""
        self.require("jobs")
        self._listed.clear()
        self._send(JobsRequest(everybody))

    def drain(self) -> None:
        """Ask the daemon to finish what it works on, keep the queue, and end."""
        self.require("drain")
        self._send(Drain())

    def status(self) -> None:
        """Ask what the daemon is doing."""
        self._send(StatusRequest())

    def weights(self, network: str = "vgg19", action: str = "fetch") -> None:
        """Have the daemon get a network's weights, or say how they stand (``offer``), or ``stop``
        getting them. Reports follow; after a broken connection they must be asked for again."""
        self.require("weights")
        self._send(FetchWeights(network, action))

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
        """A message that cannot be used ends its job here, and no other. One that was submitted
        here ends at the daemon too; one that is only followed goes on there."""
        pursuit = self._jobs.pop(job, None) if job is not None else None
        if job is not None and pursuit is not None and pursuit.order is not None:
            self.cancel(job)
        return Failure(error.code, error.sentence, job)

    def _dispatch(self, message: Message, payload: Any) -> list[Event]:
        if isinstance(message, Welcome):
            return self._met(message)
        if isinstance(message, JobList):
            return self._list(message)
        if isinstance(message, Failure):
            if message.ended:
                self._jobs.pop(message.job or "", None)
            return [message]
        if isinstance(message, Status | Standing | WeightsReport):
            return [message]
        if isinstance(message, Credit | Chunk | Result | Progress | Accepted):
            pursuit = self._jobs.get(message.job)
            if pursuit is None:  # it ended here while this was on its way
                return []
            return self._about(pursuit, message, payload)
        raise GarbageError(f"a daemon does not send {message.TYPE}")

    def _about(
        self,
        pursuit: Pursuit,
        message: Credit | Chunk | Result | Progress | Accepted,
        payload: Any,
    ) -> list[Event]:
        if isinstance(message, Result) and not pursuit.pixels:
            del self._jobs[message.job]
            return [message]
        if pursuit.unwanted:
            return []
        if isinstance(message, Credit):
            for chunk, data in pursuit.grant(message):
                self._send(chunk, data)
            return [pursuit.sent]
        if isinstance(message, Progress):
            if message.preview is not None and not self._lacks("follow"):
                self._send(Seen(message.job))
            return [Progressed(message, payload)]
        if isinstance(message, Result):
            self._send(pursuit.announced(message))
            return []
        if isinstance(message, Chunk):
            return self._chunk(pursuit, message, payload)
        return [message]

    def _chunk(self, pursuit: Pursuit, chunk: Chunk, data: Any) -> list[Event]:
        credit = pursuit.receive(chunk, data)
        if credit is not None:
            self._send(credit)
        if pursuit.finished is None:
            return []
        del self._jobs[chunk.job]
        return [Finished(*pursuit.finished)]

    def _met(self, welcome: Welcome) -> list[Event]:
        """The daemon answered a hello; the jobs of an earlier connection come next."""
        self.welcome = welcome
        events: list[Event] = [welcome]
        if self._returning:
            self._returning = False
            for job, pursuit in list(self._jobs.items()):
                opening = pursuit.opening()
                if isinstance(opening, Follow) and self._lacks("follow"):
                    error = OutdatedError("follow")
                    events.append(self._give_up(error, job))
                else:
                    self._send(opening)
                    if pursuit.keeping and not self._lacks("keep"):
                        self._send(Keep(job))
        return events

    def _list(self, part: JobList) -> list[Event]:
        self._listed += part.jobs
        if len(self._listed) > MOST_LISTED:
            self._listed.clear()
            raise GarbageError("a list of jobs without an end")
        if not part.last:
            return []
        jobs, self._listed = tuple(self._listed), []
        return [Listed(jobs)]

    def _pursue(self, pursuit: Pursuit) -> None:
        self._jobs[pursuit.job] = pursuit
        if not self._returning:  # else the daemon's hello brings it up
            self._send(pursuit.opening())

    def _lacks(self, capability: str) -> bool:
        return self.welcome is not None and capability not in self.welcome.capabilities

    def _send(self, message: Message, payload: Any = None) -> None:
        self._queue.append(encode(message, payload))
