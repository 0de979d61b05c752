"""The plugin and a daemon that is not there, is started, fails to start, or dies."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import harness
import zmq


def free_address() -> str:
    """An address of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_without_a_daemon_the_button_starts_a_real_one(
    home: harness.Home, run: harness.Run, pictures: Path
) -> None:
    address = free_address()
    home.configure("gramarye_krita", address=address)
    noted = run(
        "start_daemon", picture=str(pictures / "small.png"), style=str(pictures / "style.png")
    )
    assert noted["absent"].startswith(f"No daemon answers at {address}.")
    assert f"gramarye serve --bind {address}" in noted["absent"]
    assert noted["apply while absent"] is False
    assert noted["starting"].startswith("The daemon is starting.")
    assert noted["layers"] == ["Background", "Background – style"]
    log = home.data / "gramarye" / "daemon.log"
    assert log.stat().st_mode & 0o077 == 0


def test_a_daemon_that_cannot_start_is_told_in_a_sentence(
    home: harness.Home, run: harness.Run, pictures: Path
) -> None:
    home.configure("gramarye_krita", address=free_address())
    launcher = home.data / "gramarye" / "launcher.json"
    launcher.write_text(json.dumps({"python": str(home.path / "gone")}))
    noted = run("start_fails", picture=str(pictures / "small.png"))
    assert "which is gone. Run “gramarye krita install” in a terminal" in noted["said"]
    assert noted["button"] is True


def test_a_daemon_that_falls_silent_or_dies_in_mid_job_is_noticed(
    home: harness.Home, run: harness.Run, pictures: Path
) -> None:
    address = free_address()
    home.configure("gramarye_krita", address=address)
    daemon = subprocess.Popen(
        [sys.executable, "-m", "gramarye", "serve", "--bind", address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        noted = run(
            "daemon_dies",
            picture=str(pictures / "scene.png"),
            style=str(pictures / "style.png"),
            daemon=daemon.pid,
        )
    finally:
        daemon.kill()
        daemon.wait()
    assert noted["silent"].startswith("The daemon went away")
    assert noted["killed"] == noted["silent"]
    assert noted["layers added"] == 0


def test_whoever_else_listens_is_told_apart(
    home: harness.Home, run: harness.Run, pictures: Path
) -> None:
    home.configure("gramarye_krita", address=free_address())
    with strange_server() as stranger, newer_daemon() as newer:
        addresses = {
            "stranger": stranger,
            "newer": newer,
            "far": "tcp://192.0.2.1:5599",
            "nonsense": "the daemon",
        }
        expected = {
            "stranger": "Something else than a Gramarye daemon answers",
            "newer": "The other side speaks Gramarye protocol 99",
            "far": "192.0.2.1 is another machine",
            "nonsense": "is not an address of a daemon",
        }
        noted = run(
            "strangers",
            picture=str(pictures / "small.png"),
            addresses=addresses,
            expected=expected,
        )
    assert noted["told"] == dict.fromkeys(addresses, False)


@contextlib.contextmanager
def strange_server() -> Iterator[str]:
    """A server that speaks no ZeroMQ."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 64)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


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
