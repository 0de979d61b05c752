"""Jobs that outlive their command and their daemon: all real processes, over the real socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gramarye.cli import main
from gramarye.pictures import read

from .helpers import GUARD_SECONDS, command, deep_content, environment

ENDLESS = ("--steps", "99999")
Out = pytest.CaptureFixture[str]


class Served:
    """A daemon that can be killed, and started again at the same address with the same jobs."""

    def __init__(self, folder: Path, weights: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        self._weights = weights
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        where = ("--bind", self.address, "--data-dir", self.folder / "data")
        self.process = subprocess.Popen(
            command("serve", *where, "--weights", self._weights),
            env=environment(self.folder),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert "listening on" in self.process.stdout.readline()

    def end(self, how: int) -> None:
        """End it, and wait until it has."""
        self.process.send_signal(how)
        self.process.communicate(timeout=GUARD_SECONDS)


@pytest.fixture
def served(tmp_path: Path, weights: Path) -> Iterator[Served]:
    """A daemon of the test's own."""
    served = Served(tmp_path, weights)
    yield served
    served.end(signal.SIGTERM)


def run(address: str, *words: str | Path) -> int:
    return main([*map(str, words), "--daemon", address])


def submit(address: str, capsys: Out, *words: str | Path) -> str:
    """Submit a job; its id."""
    assert run(address, "submit", *words, "--json") == 0
    return json.loads(capsys.readouterr().out)["id"]


def test_a_fetched_result_is_the_file_that_stylize_would_have_written(
    pair: tuple[Path, Path], address: str, tmp_path: Path, capsys: Out
) -> None:
    words = (*pair, "--steps", "4", "--seed", "5", "--init", "noise")
    there, fetched = tmp_path / "there.png", tmp_path / "fetched.png"
    job = submit(address, capsys, *words)
    assert run(address, "fetch", job, "-o", fetched) == 0
    assert run(address, "stylize", *words, "-o", there) == 0
    assert fetched.read_bytes() == there.read_bytes()


def test_a_fetched_result_has_its_contents_depth_and_profile(
    pair: tuple[Path, Path], address: str, tmp_path: Path, capsys: Out
) -> None:
    content = tmp_path / "content.tiff"
    _, linear = deep_content(content)
    there, fetched = tmp_path / "there.png", tmp_path / "fetched.png"
    job = submit(address, capsys, content, pair[1], "--steps", "2")
    assert run(address, "fetch", job, "-o", fetched) == 0
    assert run(address, "stylize", content, pair[1], "-o", there, "--steps", "2") == 0
    assert (read(fetched).depth, read(fetched).profile) == ("16", linear)
    assert fetched.read_bytes() == there.read_bytes()


def test_a_long_job_is_paused_resumed_watched_and_cancelled(
    pair: tuple[Path, Path], address: str, capsys: Out
) -> None:
    job = submit(address, capsys, *pair, *ENDLESS)
    assert run(address, "pause", job, "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "paused"
    assert run(address, "priority", job, "7", "--json") == 0
    assert json.loads(capsys.readouterr().out)["priority"] == 7
    assert run(address, "resume", job) == 0
    capsys.readouterr()
    assert run(address, "jobs", "--json") == 0
    assert job in [report["id"] for report in json.loads(capsys.readouterr().out)]
    assert run(address, "cancel", job) == 0
    assert f"{job}: cancelled." in capsys.readouterr().out
    assert run(address, "fetch", job, "-o", pair[0].with_name("none.png")) == 1
    assert "cancelled" in capsys.readouterr().err


def test_another_artists_job_cannot_be_touched(
    pair: tuple[Path, Path], address: str, capsys: Out
) -> None:
    job = submit(address, capsys, *pair, *ENDLESS, "--artist", "frida")
    for verb in (("cancel",), ("pause",), ("watch",)):
        assert run(address, *verb, job, "--artist", "diego") == 1
    capsys.readouterr()
    assert run(address, "jobs", "--all", "--json", "--artist", "diego") == 0
    [report] = [one for one in json.loads(capsys.readouterr().out) if one["id"] == job]
    assert report["artist"] == "frida"
    assert report["state"] in ("queued", "running")
    assert run(address, "cancel", job, "--artist", "frida") == 0


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_stylize_waits_for_a_daemon_that_died_and_goes_on(
    pair: tuple[Path, Path], served: Served, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    process = stylizing(served, *pair, "-o", out, "--steps", "400", "--wait", str(GUARD_SECONDS))
    served.end(signal.SIGKILL)
    served.start()
    told = process.communicate(timeout=GUARD_SECONDS)[1]
    assert process.returncode == 0, told
    assert "The daemon went away" in told
    assert "The daemon is back; the job goes on." in told
    assert read(out).samples.shape[:2] == (32, 48)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGKILL")
def test_a_daemon_that_dies_and_is_not_waited_for_is_an_error_that_says_how_to_go_on(
    pair: tuple[Path, Path], served: Served, tmp_path: Path, capsys: Out
) -> None:
    process = stylizing(served, *pair, "-o", tmp_path / "o.png", *ENDLESS, "--wait", "0")
    served.end(signal.SIGKILL)
    told = process.communicate(timeout=GUARD_SECONDS)[1]
    assert process.returncode == 1
    last = told.splitlines()[-1]
    assert "went away before it was done" in last
    job = last.split("gramarye fetch ")[1].split()[0]
    served.start()
    assert run(served.address, "jobs", "--json") == 0
    assert [report["id"] for report in json.loads(capsys.readouterr().out)] == [job]
    assert run(served.address, "cancel", job) == 0


@pytest.mark.skipif(os.name != "posix", reason="sends SIGTERM")
def test_a_drained_daemon_ends_and_keeps_its_queue(
    pair: tuple[Path, Path], served: Served, tmp_path: Path, capsys: Out
) -> None:
    running = submit(served.address, capsys, *pair, "--steps", "60")
    waiting = submit(served.address, capsys, *pair, "--steps", "3")
    assert run(served.address, "drain", "--json") == 0
    capsys.readouterr()
    assert served.process.wait(GUARD_SECONDS) == 0
    served.process.communicate()
    served.start()
    for job in (running, waiting):
        assert run(served.address, "fetch", job, "-o", tmp_path / f"{job}.png") == 0


def stylizing(served: Served, *words: str | Path) -> subprocess.Popen[str]:
    """A command that has shown its first step."""
    process = subprocess.Popen(
        command("stylize", *words, "--daemon", served.address),
        env=environment(served.folder),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step "):
            return process
    raise AssertionError("it ended before its first step")
