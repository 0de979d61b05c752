"""The socket that clients come to. It never waits for a slow one."""

from __future__ import annotations

import errno
import logging
from collections import deque
from collections.abc import Iterable, Iterator

import zmq

from gramarye_protocol import HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS, MAX_FRAME_BYTES

from .binding import bind, unbind
from .post import Letter

_QUEUED_IN_SOCKET = 32
"""Messages a client may have waiting in each direction, so at most 64 MiB, usually 16."""
_AT_ONCE = 64
_LONGEST_BACKLOG = 8_192
"""More letters than the largest result has chunks: whoever lets so many pile up is not reading."""
_FAREWELL_MS = 1_000

_log = logging.getLogger(__name__)


class FrontDoor:
    """A bound ROUTER, and the letters that a slow client has not taken yet."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], address: str) -> None:
        self.socket = context.socket(zmq.ROUTER)
        self.socket.set(zmq.ROUTER_MANDATORY, 1)
        self.socket.set(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
        self.socket.set(zmq.SNDHWM, _QUEUED_IN_SOCKET)
        self.socket.set(zmq.RCVHWM, _QUEUED_IN_SOCKET)
        self.socket.set(zmq.HEARTBEAT_IVL, HEARTBEAT_MS)
        self.socket.set(zmq.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS)
        self.socket.set(zmq.IPV6, "[" in address)
        self._backlog: dict[bytes, deque[Letter]] = {}
        try:
            self.address = bind(self.socket, address)
        except BaseException:
            self.socket.close(linger=0)
            raise

    @property
    def busy(self) -> bool:
        """Whether somebody has still to take letters."""
        return bool(self._backlog)

    def receive(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Messages that are here, each with its client; so many that other work gets its turn."""
        for _ in range(_AT_ONCE):
            try:
                client, *frames = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            yield client, frames

    def send(self, letters: Iterable[Letter]) -> set[bytes]:
        """Send what can be sent, keep what cannot; returns the clients that are gone."""
        gone: set[bytes] = set()
        for client, waiting in list(self._backlog.items()):
            while waiting and self._try(waiting[0], gone):
                waiting.popleft()
            if not waiting:
                del self._backlog[client]
        for letter in letters:
            waiting = self._backlog.get(letter.client)
            if waiting is None and self._try(letter, gone):
                continue
            if letter.droppable or letter.client in gone:
                continue
            waiting = self._backlog.setdefault(letter.client, deque())
            waiting.append(letter)
            if len(waiting) > _LONGEST_BACKLOG:
                _log.warning("a client takes no letters any more and is let go")
                gone.add(letter.client)
        for client in gone:
            self._backlog.pop(client, None)
        return gone

    def _try(self, letter: Letter, gone: set[bytes]) -> bool:
        """Send one letter; ``False``: the client has no room for it now."""
        try:
            self.socket.send_multipart([letter.client, *letter.frames], zmq.NOBLOCK, copy=False)
        except zmq.Again:
            return False
        except zmq.ZMQError as error:
            if error.errno != errno.EHOSTUNREACH:
                raise
            gone.add(letter.client)
        return True

    def close(self) -> None:
        """Deliver what was sent, for a moment; then leave nothing behind."""
        self.socket.close(linger=_FAREWELL_MS)
        unbind(self.address)
