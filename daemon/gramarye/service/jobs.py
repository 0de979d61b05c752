"""One job, from its first byte to its last, as a small machine of explicit states."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from gramarye_protocol import Chunk, Credit, GarbageError, Incoming, Outgoing, Plane, Submit


class State(Enum):
    """Where a job stands. It may end in any state; it moves forward, unless it must start over."""

    UPLOADING = 1
    """Its planes are arriving."""
    QUEUED = 2
    """It is whole and waits for the device."""
    RUNNING = 3
    """A worker has begun it, and works on it or has put it aside."""
    DELIVERING = 4
    """Its result is on the way to its owner."""


class Job:
    """A job and the bytes it holds.

    ``owner`` is the connection that sent it, ``name`` the id its owner gave it, ``key`` the one
    that is unique here. ``touched`` is when its transfer last moved. It takes the turns of its
    ``artist``, in the order of its ``arrival``. ``seconds`` and ``memory`` (bytes) are estimates of
    all that it takes, unknown until it begins; ``served`` are the seconds that it was worked on.
    """

    def __init__(
        self, owner: bytes, key: str, submit: Submit, now: float, artist: str = ""
    ) -> None:
        self.owner = owner
        self.artist = artist
        self.arrival = 0
        self.seconds: float | None = None
        self.memory = 0
        self.served = 0.0
        self.name = submit.job
        self.key = key
        self.settings = submit.settings
        self.state = State.UPLOADING
        self.position: int | None = None
        self.touched = now
        self._incoming = [
            Incoming(self.name, index, plane) for index, plane in enumerate(submit.planes)
        ]
        self._result: Outgoing | None = None

    def advance(self, state: State) -> None:
        """Go on to the next state; there is no way to skip one."""
        assert state.value == self.state.value + 1, f"{self.state} → {state}"
        self.state = state

    def start_over(self) -> None:
        """The worker has forgotten it for want of memory: it waits to begin again."""
        assert self.state is State.RUNNING, self.state
        self.state = State.QUEUED

    @property
    def held_bytes(self) -> int:
        """What this job may occupy in memory: announced planes, then the result."""
        planes = sum(incoming.plane.nbytes for incoming in self._incoming)
        return planes + (self._result.size if self._result else 0)

    # --- upload

    def credits(self) -> list[Credit]:
        """The first credit of every plane."""
        return [incoming.credit() for incoming in self._incoming]

    def receive(self, chunk: Chunk, data: Any) -> Credit | None:
        """Take a chunk of a plane; returns the next credit when it is due.

        Raises:
            GarbageError: no such plane, or the chunk does not belong there.
        """
        if chunk.plane >= len(self._incoming) or self.state is not State.UPLOADING:
            raise GarbageError("a chunk of a plane that is not awaited")
        return self._incoming[chunk.plane].receive(chunk, data)

    @property
    def whole(self) -> bool:
        """Whether every plane is here."""
        return all(incoming.complete for incoming in self._incoming)

    def planes(self) -> list[tuple[Plane, bytearray]]:
        """The planes with their pixels."""
        return [(incoming.plane, incoming.data) for incoming in self._incoming]

    # --- delivery

    def deliver(self, pixels: Any) -> None:
        """Hold the result's pixels, ready for its owner's credit, and let go of the planes."""
        self.advance(State.DELIVERING)
        self._incoming = []
        self._result = Outgoing(self.name, 0, pixels)

    def send_on(self, credit: Credit) -> Iterator[tuple[Chunk, memoryview]]:
        """The chunks of the result that a credit allows.

        Raises:
            GarbageError: there is no such plane, or the credit contradicts itself.
        """
        if self._result is None or credit.plane != 0:
            raise GarbageError("a credit for a plane that is not offered")
        self._result.grant(credit)
        return self._result.chunks()
