"""The plugin and a daemon that is not there, is started, fails to start, or dies."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import harness


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


def test_a_daemon_that_dies_in_mid_job_is_noticed(
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
    assert noted["said"].startswith("The daemon went away in the middle of the job")
    assert noted["layers added"] == 0
