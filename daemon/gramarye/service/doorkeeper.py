"""Who may be a worker: ZeroMQ's authentication protocol (RFC 27), answered by their keys."""

from __future__ import annotations

import logging

import zmq
from zmq.utils import z85

DOMAIN = "worker"

_VERSION = b"1.0"
_log = logging.getLogger(__name__)


class Doorkeeper:
    """Lets in whoever holds the secret half of one of :attr:`keys`, and nobody else."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self.socket = context.socket(zmq.REP)
        self.socket.bind("inproc://zeromq.zap.01")
        self.keys: set[bytes] = set()

    def answer(self) -> None:
        """Answer a question of ZeroMQ's, if there is one."""
        if not self.socket.poll(0):
            return
        _, number, domain, _, _, mechanism, *credentials = self.socket.recv_multipart()
        admitted = (
            domain == DOMAIN.encode()
            and mechanism == b"CURVE"
            and len(credentials) == 1
            and z85.encode(credentials[0]) in self.keys
        )
        if not admitted:
            _log.warning("somebody who is no worker of ours knocked at its door")
        status = [b"200", b"OK"] if admitted else [b"400", b"not the worker"]
        self.socket.send_multipart([_VERSION, number, *status, b"", b""])

    def close(self) -> None:
        """Nobody comes in any more."""
        self.socket.close(linger=0)
