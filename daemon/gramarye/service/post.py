"""The post office: which clients are there, and the letters that wait to be sent to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gramarye_protocol import Message, encode
from gramarye_protocol.frames import Frames


@dataclass(frozen=True)
class Letter:
    """Frames for one client. A droppable one is not worth queueing for a slow reader."""

    client: bytes
    frames: Frames
    droppable: bool


class Post:
    """Letters out, and when each client that said hello was last written to."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._written: dict[bytes, float] = {}
        self._letters: deque[Letter] = deque()

    def __contains__(self, client: bytes) -> bool:
        return client in self._written

    def __len__(self) -> int:
        return len(self._written)

    def __iter__(self) -> Iterator[bytes]:
        """Everybody who said hello."""
        return iter(tuple(self._written))

    def add(self, client: bytes) -> None:
        """A client said hello."""
        self._written[client] = self._clock()

    def remove(self, client: bytes) -> None:
        """A client is gone."""
        self._written.pop(client, None)

    def untold(self, seconds: float) -> list[bytes]:
        """The clients that were told nothing for so long."""
        latest = self._clock() - seconds
        return [client for client, written in self._written.items() if written < latest]

    def say(
        self, client: bytes, message: Message, payload: Any = None, droppable: bool = False
    ) -> None:
        """Write a letter."""
        self._letters.append(Letter(client, encode(message, payload), droppable))
        if client in self._written:
            self._written[client] = self._clock()

    def letters(self) -> Iterator[Letter]:
        """What to send now, oldest first."""
        while self._letters:
            yield self._letters.popleft()
