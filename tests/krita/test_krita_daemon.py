"""The plugin and a daemon that is not there, is started, fails to start, or dies."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import harness

from gramarye import samples
from gramarye.service.client import Client
from gramarye.service.store.lifecycle import UNFINISHED
from gramarye.service.store.store import Store
from tests.newer import newer_daemon


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


def test_the_diagnostics_have_what_the_doctor_found(
    home: harness.Home, run: harness.Run, pictures: Path
) -> None:
    home.configure("gramarye_krita", address=free_address())
    root = harness.HERE.parents[1]
    ours = os.pathsep.join(str(root / name) for name in ("plugin", "daemon", "shared"))
    python = home.path / "python"  # this checkout's Gramarye, whatever is installed
    python.write_text(f'#!/bin/sh\nPYTHONPATH={ours} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    launcher = home.data / "gramarye" / "launcher.json"
    launcher.write_text(json.dumps({"python": str(python)}))
    told = run("diagnostics", picture=str(pictures / "small.png"))["diagnostics"]
    lines = told.splitlines()
    start = lines.index("Doctor:")
    assert lines[start + 1].startswith("ok: python: Python 3")
    assert any(line.startswith("note: daemon: No daemon runs") for line in lines)
    assert "note: start: Krita's Start button runs another Gramarye than this one: ~/" in told
    assert "ok: krita: The plugin" in told
    assert str(home.path) not in told
    assert lines.index("Log:") > start


def test_a_job_goes_on_when_a_daemon_that_fell_silent_or_died_is_back(
    home: harness.Home, run: harness.Run, pictures: Path, tmp_path: Path
) -> None:
    address = free_address()
    home.configure("gramarye_krita", address=address, artist="frida")
    with immortal_daemon(address, tmp_path) as daemon:
        noted = run(
            "daemon_dies",
            picture=str(pictures / "scene.png"),
            style=str(pictures / "style.png"),
            daemon=daemon,
        )
        with Client.connect(address, artist="frida") as client:
            assert client.jobs() == []  # every result was acknowledged
            ended = client.jobs(everybody=True)
    assert noted["silent"] == "The daemon went away; the job goes on when it is back."
    assert noted["killed"] == noted["silent"]
    assert noted["cancel while silent"] is noted["cancel while killed"] is True
    assert noted["layers added"] == 2
    assert {one.artist for one in ended} == {"frida"}
    assert sorted(one.state for one in ended if one.state != "cancelled") == ["done", "done"]


def test_a_job_goes_on_when_krita_is_closed(
    home: harness.Home, run: harness.Run, pictures: Path, tmp_path: Path
) -> None:
    address = free_address()
    home.configure("gramarye_krita", address=address)
    with immortal_daemon(address, tmp_path):
        run(
            "quit_in_a_job",
            picture=str(pictures / "scene.png"),
            style=str(pictures / "style.png"),
        )
        with Client.connect(address) as client:
            jobs = client.jobs(everybody=True)
            [job] = [
                one for one in jobs if one.state != "cancelled"
            ]  # those only asked for the time
    assert job.artist
    assert job.state in ("queued", "running", "done")


def test_a_daemon_that_krita_started_ends_with_it_and_goes_on_with_the_next(
    home: harness.Home, run: harness.Run, pictures: Path, tmp_path: Path
) -> None:
    address = free_address()
    home.configure("gramarye_krita", address=address, artist="frida")
    scene = tmp_path / "scene.png"
    samples.content("lakeside", 512).save(scene)
    given = {"picture": str(scene), "style": str(pictures / "style.png")}
    run("quit_with_daemon", **given)
    await_silence(address)
    with Store(home.data / "gramarye") as store:
        [job] = [one for one in store.questions.everybodys() if one.state in UNFINISHED]
    assert job.checkpoints
    noted = run("again", seconds=300, **given)
    assert noted["dialog"] is False
    assert "%" in noted["goes on"]
    assert len(noted["layers"]) == 2
    await_silence(address)


def await_silence(address: str) -> None:
    """Wait until nobody listens there any more."""
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((host, int(port)), 1).close()
        except ConnectionRefusedError:
            return
        assert time.monotonic() < deadline, "the daemon goes on"
        time.sleep(0.5)


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
def immortal_daemon(address: str, folder: Path) -> Iterator[int]:
    """A daemon that is started again whenever it dies; gives the first one's process id."""
    command = [sys.executable, "-m", "gramarye", "serve", "--bind", address]
    command += ["--data-dir", str(folder / "data")]
    ending = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        running.append(
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def watch() -> None:
        while not ending.wait(0.5):
            if running[-1].poll() is not None:
                start()

    start()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield running[0].pid
    finally:
        ending.set()
        watcher.join()
        running[-1].terminate()
        running[-1].wait()


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
