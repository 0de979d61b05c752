"""A line to a daemon that is cut again and again."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator

PIECE = 1 << 14


class BadLine:
    """Passes bytes on both ways, and cuts each of its first connections after some of them."""

    def __init__(self, target: str, budgets: list[int]) -> None:
        self._target = target.removeprefix("tcp://").split(":")
        self._budgets = budgets
        self._server = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until :meth:`close`."""
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:  # closed
                return
            host, port = self._target
            far = socket.create_connection((host, int(port)))
            budget = self._budgets.pop(0) if self._budgets else None
            connection = _Connection(near, far, budget)
            for one, other in ((near, far), (far, near)):
                thread = threading.Thread(target=connection.pump, args=(one, other))
                thread.start()
                self._threads.append(thread)

    def close(self) -> None:
        """End once every connection has."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join()


class _Connection:
    def __init__(self, near: socket.socket, far: socket.socket, budget: int | None) -> None:
        self._ends = (near, far)
        self._left = budget
        self._lock = threading.Lock()

    def pump(self, one: socket.socket, other: socket.socket) -> None:
        """One way, until an end closes or the budget is spent."""
        with contextlib.suppress(OSError):
            while self._may_pass(len(piece := one.recv(PIECE))):
                other.sendall(piece)
        self._close()

    def _may_pass(self, size: int) -> bool:
        with self._lock:
            if not size or self._left is None:
                return bool(size)
            spent = self._left <= 0
            self._left -= size
            return not spent

    def _close(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextlib.contextmanager
def bad_line(target: str, seed: int, cuts: int = 12, most: int = 700_000) -> Iterator[BadLine]:
    """A line that is cut so many times, each after at most so many bytes."""
    dice = random.Random(seed)
    line = BadLine(target, [dice.randrange(200, most) for _ in range(cuts)])
    thread = threading.Thread(target=line.serve)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join()
