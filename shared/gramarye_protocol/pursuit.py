"""One job as its client has it: enough to take it up again over a new connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .errors import GarbageError
from .events import Sent
from .messages import Cancel, Chunk, Credit, Follow, Result, Submit
from .transfer import Incoming, Outgoing


class Pursuit:
    """A job that was submitted here (``order``, with its planes' ``buffers``), is followed, or is
    to be cancelled (``unwanted``). Without ``pixels`` its result is announced and not fetched.
    ``keeping``: the picture as it stands is to be its result."""

    def __init__(
        self,
        job: str,
        order: Submit | None = None,
        buffers: Sequence[Any] = (),
        pixels: bool = True,
        unwanted: bool = False,
    ) -> None:
        self.job = job
        self.order = order
        self.pixels = pixels
        self.unwanted = unwanted
        self.keeping = False
        self._buffers = buffers
        self._uploads: list[Outgoing] = []
        self._held: list[int] = []
        self._result: Result | None = None
        self._download: Incoming | None = None

    def opening(self) -> Submit | Follow | Cancel:
        """What to say about it first over a connection; its uploads start from what the daemon
        holds then."""
        if self.unwanted:
            return Cancel(self.job)
        if self.order is None:
            return Follow(self.job)
        self._uploads = [Outgoing(self.job, *one) for one in enumerate(self._buffers)]
        self._held = [0] * len(self._uploads)
        return self.order

    def grant(self, credit: Credit) -> Iterator[tuple[Chunk, memoryview]]:
        """The chunks that the daemon's credit allows.

        Raises:
            GarbageError: the credit is for no plane of this job, or contradicts it.
        """
        if credit.plane >= len(self._uploads):
            raise GarbageError("a credit for a plane that does not exist")
        upload = self._uploads[credit.plane]
        upload.grant(credit)
        self._held[credit.plane] = max(self._held[credit.plane], credit.have)
        return upload.chunks()

    @property
    def sent(self) -> Sent:
        """How far the upload is."""
        return Sent(self.job, sum(self._held), sum(one.size for one in self._uploads))

    def announced(self, result: Result) -> Credit:
        """The job is done: what to ask for. A download that broke goes on, if it is the same."""
        if self._download is None or self._download.plane != result.plane:
            self._download = Incoming(self.job, 0, result.plane)
        self._result = result
        return self._download.credit()

    def receive(self, chunk: Chunk, data: Any) -> Credit | None:
        """Take a piece of the result; returns what to answer, if anything.

        Raises:
            GarbageError: it was not asked for, or is not what was announced.
        """
        if self._download is None:
            raise GarbageError("pixels of a result that was not announced")
        return self._download.receive(chunk, data)

    @property
    def finished(self) -> tuple[Result, bytearray] | None:
        """The result with its pixels, once they are all here."""
        if self._result is None or self._download is None or not self._download.complete:
            return None
        return self._result, self._download.data
