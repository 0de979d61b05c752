"""Receiving a plane onto the disk, under the same credit as :class:`gramarye_protocol.Incoming`."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import Chunk, Credit, GarbageError, Plane
from gramarye_protocol.transfer import WINDOW_BYTES

from .blobs import Part


class Arrival:
    """The receiver's side of one plane, of which ``have`` bytes are in ``part`` already.

    The bytes are not proven yet when it is :attr:`complete`: :meth:`.Part.settle` does that.
    """

    def __init__(self, job: str, index: int, plane: Plane, part: Part, have: int = 0) -> None:
        self.part = part
        self._job = job
        self._index = index
        self._size = plane.nbytes
        self._have = have
        self._limit = have

    @property
    def complete(self) -> bool:
        """Whether every byte has arrived."""
        return self._have == self._size

    def credit(self) -> Credit:
        """The credit to send now: what is here, and a window more."""
        self._limit = min(self._have + WINDOW_BYTES, self._size)
        return Credit(self._job, self._index, self._have, self._limit)

    def receive(self, chunk: Chunk, data: Any) -> Credit | None:
        """Take a chunk; returns a new credit when half the window is used up, and at the end.

        Raises:
            GarbageError: the chunk is out of order, or beyond the credit.
            DiskFullError, DiskError: the disk does not take it.
        """
        if chunk.offset + memoryview(data).nbytes > self._limit:
            raise GarbageError("a chunk beyond the credit")
        self._have = self.part.append(chunk.offset, data)
        if self.complete or self._limit - self._have <= WINDOW_BYTES // 2:
            return self.credit()
        return None
