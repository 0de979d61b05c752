"""Jobs on their way in: planes received chunk by chunk onto the disk, and proven there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from gramarye_protocol import Chunk, Credit, Failure, GarbageError, ProtocolError

from .errors import ServiceError
from .jobs import Job
from .ledger import Ledger
from .post import Post
from .settling import Outcome, Then
from .store.blobs import Part, Settled
from .store.errors import DiskError, DiskFullError
from .store.lifecycle import State


class SettlesParts(Protocol):
    """Proves parts elsewhere; see :class:`.Settler`."""

    def settle(self, part: Part, sha256: str, then: Then) -> None:
        """Settle a part; ``then`` is called with the outcome, later."""
        ...


class Uploads:
    """Receives planes. One connection sends a job at a time: what another one, in whose place it
    came, had still on the way counts for nothing.

    ``accepted`` is called with a job whose last plane is here, ``refused`` with one that is none.
    """

    def __init__(
        self,
        ledger: Ledger,
        post: Post,
        settler: SettlesParts,
        clock: Callable[[], float],
        accepted: Callable[[Job], None],
        refused: Callable[[Job, str, str], None],
    ) -> None:
        self._ledger = ledger
        self._post = post
        self._settler = settler
        self._clock = clock
        self._accepted = accepted
        self._refused = refused

    def begin(self, client: bytes, job: Job) -> None:
        """Let a client send a job's planes, or what is missing of them."""
        job.uploader = client
        job.touched = self._clock()
        for place, plane in enumerate(job.planes):
            arrival = job.arrivals.get(place)
            if arrival is None or place in job.settling:
                have = plane.nbytes
                self._post.say(client, Credit(job.name, place, have, have))
            else:
                self._post.say(client, arrival.credit())
                self._settle_if_complete(job, place)

    def receive(self, client: bytes, job: Job, chunk: Chunk, data: Any) -> None:
        """Take a chunk.

        Raises:
            GarbageError: it does not belong there.
            DiskFullError, DiskError: the disk does not take it; the job may be sent again.
        """
        if client != job.uploader:
            return
        job.touched = self._clock()
        arrival = job.arrivals.get(chunk.plane)
        if arrival is None or chunk.plane in job.settling:
            raise GarbageError("a chunk of a plane that is not awaited")
        credit = arrival.receive(chunk, data)
        if credit is not None:
            self._post.say(client, credit)
        self._settle_if_complete(job, chunk.plane)

    def _settle_if_complete(self, job: Job, place: int) -> None:
        """Have a plane proven that has arrived, once."""
        arrival = job.arrivals[place]
        if not arrival.complete or place in job.settling:
            return
        job.settling.add(place)

        def then(outcome: Outcome) -> None:
            self._settled(job, place, outcome)

        self._settler.settle(arrival.part, job.planes[place].sha256, then)

    def _settled(self, job: Job, place: int, outcome: Outcome) -> None:
        """A plane was proven, or is not what was announced."""
        job.settling.discard(place)
        if self._ledger.get(job.key) is not job or job.state is not State.UPLOADING:
            return
        try:
            if not isinstance(outcome, Settled):
                raise outcome
            self._ledger.plane_here(job, place, outcome)
        except (DiskFullError, DiskError) as error:  # it may be sent again, from where it stands
            self._post.say(job.uploader, Failure(error.code, error.sentence, job.name))
        except (ServiceError, ProtocolError) as error:
            self._refused(job, error.code, error.sentence)
        else:
            if job.state is State.QUEUED:
                self._accepted(job)
