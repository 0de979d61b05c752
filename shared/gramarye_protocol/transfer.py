"""Moving one plane in chunks under credit: the sender never runs ahead of the receiver's window.

Both directions use the same two small classes, and neither knows a socket.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from .errors import GarbageError
from .frames import CHUNK_BYTES
from .messages import Chunk, Credit
from .planes import Plane

WINDOW_BYTES = 8 * CHUNK_BYTES
"""How far ahead a receiver lets the sender run: what a transfer can cost in queued memory."""


class Outgoing:
    """The sender's side of one plane."""

    def __init__(self, job: str, index: int, data: Any) -> None:
        self.job = job
        self.index = index
        self._data = memoryview(data).cast("B")
        self._sent = 0
        self._limit = 0

    @property
    def size(self) -> int:
        """Bytes of the whole plane."""
        return len(self._data)

    def grant(self, credit: Credit) -> None:
        """Take the receiver's word: send on to its limit, and nothing that it holds already.

        Raises:
            GarbageError: the credit lies beyond the plane or contradicts itself.
        """
        if credit.have > credit.limit or credit.limit > self.size:
            raise GarbageError("a credit beyond the plane's end")
        if credit.limit < self._limit:  # an old credit that was overtaken
            return
        if credit.have > self._sent:  # the receiver holds these bytes from elsewhere already
            self._sent = credit.have
        self._limit = credit.limit

    def chunks(self) -> Iterator[tuple[Chunk, memoryview]]:
        """The chunks that the present credit allows, without copying."""
        while self._sent < self._limit:
            start = self._sent
            end = min(start + CHUNK_BYTES, self._limit)
            self._sent = end
            yield Chunk(self.job, self.index, start), self._data[start:end]


class Incoming:
    """The receiver's side of one plane: its memory is bounded by the plane's announced size."""

    def __init__(self, job: str, index: int, plane: Plane) -> None:
        self.job = job
        self.index = index
        self.plane = plane
        self._data = bytearray()
        self._hash = hashlib.sha256()
        self._limit = 0

    @property
    def complete(self) -> bool:
        """Whether every byte has arrived (and its hash agreed)."""
        return len(self._data) == self.plane.nbytes

    @property
    def data(self) -> bytearray:
        """The bytes so far; the whole plane once :attr:`complete`."""
        return self._data

    def credit(self) -> Credit:
        """The credit to send now: what is here, and a window more."""
        have = len(self._data)
        self._limit = min(have + WINDOW_BYTES, self.plane.nbytes)
        return Credit(self.job, self.index, have, self._limit)

    def receive(self, chunk: Chunk, data: Any) -> Credit | None:
        """Take a chunk; returns a new credit when half the window is used up.

        Raises:
            GarbageError: the chunk is out of order, beyond the credit, or the finished plane is not
                the announced one (its SHA-256 differs).
        """
        view = memoryview(data).cast("B")
        if chunk.offset != len(self._data):
            raise GarbageError(f"a chunk at {chunk.offset} where {len(self._data)} was next")
        if chunk.offset + len(view) > self._limit:
            raise GarbageError("a chunk beyond the credit")
        self._data += view
        self._hash.update(view)
        if self.complete:
            if self._hash.hexdigest() != self.plane.sha256:
                raise GarbageError("the pixels that arrived are not the announced ones")
            return Credit(self.job, self.index, self.plane.nbytes, self.plane.nbytes)
        if self._limit - len(self._data) <= WINDOW_BYTES // 2:
            return self.credit()
        return None
