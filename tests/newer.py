"""A daemon of a later day, whose protocol nobody here speaks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import zmq


@contextlib.contextmanager
def newer_daemon() -> Iterator[str]:
    """A daemon that answers whatever it gets in protocol 99."""
    ending = threading.Event()
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        port = router.bind_to_random_port("tcp://127.0.0.1")

        def answer() -> None:
            while not ending.is_set():
                if router.poll(100):
                    client, *_ = router.recv_multipart()
                    router.send_multipart([client, b'{"gramarye": 99, "type": "welcome"}'])

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{port}"
        finally:
            ending.set()
            thread.join()
