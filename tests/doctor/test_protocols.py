"""A daemon that speaks another protocol."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from gramarye.doctor.daemon import daemon


@pytest.fixture
def newer() -> Iterator[str]:
    """A daemon that answers whatever it gets in protocol 99."""
    ending = threading.Event()
    with zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        port = router.bind_to_random_port("tcp://127.0.0.1")

        def answer() -> None:
            while not ending.is_set():
                if router.poll(50):
                    client, *_ = router.recv_multipart()
                    router.send_multipart([client, b'{"gramarye": 99, "type": "welcome"}'])

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{port}"
        finally:
            ending.set()
            thread.join()


def test_it_is_to_be_ended_since_it_cannot_be_asked_to(newer: str, tmp_path: Path) -> None:
    [told] = daemon(newer, tmp_path, folder_in_use=True, found=[])
    assert told.level == "wrong"
    assert "speaks Gramarye protocol 99" in told.sentence
    end, serve = told.mend.split(" && ")
    assert end == f"kill {os.getpid()}"
    assert serve.endswith(f"serve --bind {newer}")
