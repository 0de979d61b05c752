"""A client's socket that notices when the daemon is gone, instead of waiting for it forever."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import zmq

from gramarye_protocol import HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS, MAX_FRAME_BYTES

from .errors import LostDaemonError

_SEND_TIMEOUT = 30.0
_NEVER_MS = 86_400_000
"""A day: with -1, which means never, libzmq may drop what came just before the connection broke."""
_FAREWELL_MS = 1_000


class Connection:
    """One connection, made once. ZeroMQ's silent reconnecting would mix what came over the old
    connection with what the daemon says over the new one, so a lost connection is an error here,
    and whoever wants to go on makes another."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.set(zmq.RECONNECT_IVL, _NEVER_MS)
        self._socket.set(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
        self._socket.set(zmq.HEARTBEAT_IVL, HEARTBEAT_MS)
        self._socket.set(zmq.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS)
        self._socket.set(zmq.IPV6, "[" in address)
        self._monitor = self._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_CLOSED)
        self._lost = False
        self._socket.connect(address)

    def send(self, messages: Iterable[list[Any]]) -> None:
        """Send every message.

        Raises:
            LostDaemonError: the daemon takes nothing any more.
        """
        for frames in messages:
            if self._is_lost() or not self._wait(zmq.POLLOUT, _SEND_TIMEOUT):
                raise LostDaemonError(self._address)
            self._socket.send_multipart(frames, copy=False)

    def receive(self, timeout: float) -> list[bytes] | None:
        """The next message, or ``None`` after ``timeout`` seconds.

        Raises:
            LostDaemonError: the connection is gone, and everything that came over it was read.
        """
        return self._socket.recv_multipart() if self._wait(zmq.POLLIN, timeout) else None

    def _is_lost(self) -> bool:
        """Whether the connection is known to be gone; the socket would still take messages."""
        if not self._context.closed and self._monitor.poll(0):
            self._monitor.recv_multipart()  # whichever of the two it is
            self._lost = True
        return self._lost or self._context.closed

    def _wait(self, direction: int, timeout: float) -> bool:
        """Whether the socket gets ready within ``timeout`` seconds; a lost one never does."""
        deadline = time.monotonic() + timeout
        poller = zmq.Poller()
        poller.register(self._socket, direction)
        poller.register(self._monitor, zmq.POLLIN)
        while True:
            left = deadline - time.monotonic()
            patience = 0 if self._lost else max(0, int(left * 1000))
            ready = dict(poller.poll(patience))
            if self._socket in ready:
                return True
            if self._lost:
                raise LostDaemonError(self._address)
            if self._monitor in ready and self._is_lost():
                continue  # what came last may have come after the socket was looked at
            if left <= 0:
                return False

    def close(self, farewell: Iterable[list[Any]] = ()) -> None:
        """Close the socket, after a short try to deliver ``farewell`` if somebody still listens."""
        if self._context.closed:
            return
        try:
            if not self._lost:
                self.send(farewell)
        except LostDaemonError:
            self._lost = True  # nobody is left to hear it
        finally:
            self._end(linger=0 if self._lost else _FAREWELL_MS)

    def drop(self) -> None:
        """Close the socket at once; what is unsent stays unsent."""
        if not self._context.closed:
            self._end(linger=0)

    def _end(self, linger: int) -> None:
        self._socket.disable_monitor()
        self._monitor.close(linger=0)
        self._socket.close(linger=linger)
        self._context.term()
