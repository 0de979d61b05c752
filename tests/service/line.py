"""A line to a daemon, whose connections are cut: at any moment, or after so many bytes."""

from __future__ import annotations

import contextlib
import random
import select
import socket
import threading
from collections.abc import Iterator, Sequence

PIECE = 1 << 14


class Line:
    """Passes bytes on both ways. Where the daemon is gone, a connection ends at once.

    Each of the first connections is cut after as many bytes as ``budgets`` says of it.
    """

    def __init__(self, target: str, budgets: Sequence[int] = ()) -> None:
        host, port = target.removeprefix("tcp://").split(":")
        self._target = host, int(port)
        self._budgets = iter(budgets)
        self._server = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._answering = threading.Thread(target=self._answer)
        self._answering.start()
        self.address = f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def cut(self, dice: random.Random) -> bool:
        """Cut one of the connections; ``False``: there is none."""
        with self._lock:
            if not self._connections:
                return False
            _hang_up(dice.choice(list(self._connections)))
        return True

    def close(self) -> None:
        """Cut what is left, and take no more."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._answering.join()
        self._server.close()
        with self._lock:
            left = dict(self._connections)
        for near, thread in left.items():
            _hang_up(near)
            thread.join()

    def _answer(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:  # closed
                return
            budget = next(self._budgets, None)
            thread = threading.Thread(target=self._carry, args=(near, budget))
            with self._lock:
                self._connections[near] = thread
            thread.start()

    def _carry(self, near: socket.socket, budget: int | None) -> None:
        with (
            near,
            contextlib.suppress(OSError),  # an end that is gone: so is the connection
            socket.create_connection(self._target) as far,
        ):
            _pass_on(near, far, budget)
        with self._lock:
            del self._connections[near]


def _pass_on(near: socket.socket, far: socket.socket, budget: int | None) -> None:
    """Until an end closes, or the budget is spent."""
    other = {near: far, far: near}
    passed = 0
    while budget is None or passed < budget:
        for one in select.select([near, far], [], [])[0]:
            piece = one.recv(PIECE)
            if not piece:
                return
            other[one].sendall(piece)
            passed += len(piece)


def _hang_up(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has just ended by itself
        end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def line_to(target: str, budgets: Sequence[int] = ()) -> Iterator[Line]:
    """A line, and nothing of it afterwards."""
    line = Line(target, budgets)
    try:
        yield line
    finally:
        line.close()
