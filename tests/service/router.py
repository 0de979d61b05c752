"""The small daemon of the protocol's tests behind a real socket, in this process or another.

As a program it paints the jobs that are named on its standard input.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import zmq

from gramarye.service.binding import bind
from gramarye_protocol.version import HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS
from tests.protocol.daemons import Daemon

ROOT = Path(__file__).parents[2]
_LOOK_MS = 20


class Router:
    """Serves one client at a time: who said hello last. Its daemon outlives :meth:`stop`."""

    def __init__(self, daemon: Daemon | None = None, address: str = "tcp://127.0.0.1:*") -> None:
        self.daemon = daemon or Daemon()
        self.address = address
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self.start()

    def start(self) -> None:
        """Listen, at the same address as before."""
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.set(zmq.HEARTBEAT_IVL, HEARTBEAT_MS)
        self._socket.set(zmq.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS)
        self.address = bind(self._socket, self.address)
        self._client = b""
        self._ending.clear()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def stop(self) -> None:
        """Go away: every connection breaks."""
        self._ending.set()
        self._thread.join()
        self._context.destroy(linger=0)

    def work(self, job: str) -> None:
        """Paint a job."""
        with self._lock:
            self.daemon.work(job)

    def whole(self, job: str) -> bool:
        """Whether all of a job is here."""
        with self._lock:
            return job in self.daemon.jobs and self.daemon.jobs[job].whole

    def _serve(self) -> None:
        while not self._ending.is_set():
            readable = self._socket.poll(_LOOK_MS)
            with self._lock:
                if readable:
                    client, *frames = self._socket.recv_multipart()
                    if client != self._client:
                        self._client = client
                        self.daemon.connect()
                    self.daemon.receive(frames)
                for letter in self.daemon.letters():
                    self._socket.send_multipart([self._client, *letter])
                if self.daemon.ends and self.daemon.draining:
                    self._socket.close(linger=1000)
                    return


@contextlib.contextmanager
def apart() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A router in a process of its own, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.router"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Serve until there is no more input."""
    router = Router()
    print(router.address, flush=True)
    for line in sys.stdin:
        router.work(line.strip())
    router.stop()


if __name__ == "__main__":
    main()
