"""Proves what has arrived, in a thread: hashing and flushing take longer than a broker may wait."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue

import zmq

from .store.blobs import Part, Settled

Outcome = Settled | Exception
Then = Callable[[Outcome], None]


class Settler:
    """Settles parts one after the other; what came of each is handed out by :meth:`finished`.

    :attr:`wake` gets readable when something is.
    """

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]]) -> None:
        self._pool = ThreadPoolExecutor(1, "settle")
        self._done: SimpleQueue[tuple[Then, Outcome]] = SimpleQueue()
        self.wake = context.socket(zmq.PULL)
        self.wake.bind("inproc://settled")
        self._bell = context.socket(zmq.PUSH)  # only the thread rings it
        self._bell.connect("inproc://settled")

    def settle(self, part: Part, sha256: str, then: Then) -> None:
        """Settle a part, soon; ``then`` is called with the outcome by :meth:`finished`."""
        self._pool.submit(self._settle, part, sha256, then)

    def finished(self) -> None:
        """Hand out what is done."""
        while self.wake.poll(0):
            self.wake.recv()
        while True:
            try:
                then, outcome = self._done.get_nowait()
            except Empty:
                return
            then(outcome)

    def close(self) -> None:
        """Finish what is under way, and nothing more."""
        self._pool.shutdown(cancel_futures=True)
        self._bell.close(linger=0)
        self.wake.close(linger=0)

    def _settle(self, part: Part, sha256: str, then: Then) -> None:
        outcome: Outcome
        try:
            outcome = part.settle(sha256)
        except Exception as error:  # noqa: BLE001 - it is the broker's to judge
            outcome = error
        self._done.put((then, outcome))
        self._bell.send(b"")
