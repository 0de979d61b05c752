"""Who listens, and which daemons run: from the real /proc."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.doctor.listeners import Process, daemons, owner, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells by files")


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_who_listens_on_a_port_is_known(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as listening:
        listening.bind((host, 0))
        port = listening.getsockname()[1]
        assert owner(port) is None, "it does not listen yet"
        listening.listen()
        found = owner(port)
    assert found is not None
    assert found.pid == os.getpid()


def test_daemons_are_known_by_their_words() -> None:
    program = "print(flush=True); input()"
    words = ["-c", program, "-m", "gramarye", "serve", "--bind", "tcp://127.0.0.1:9"]
    with subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            [found] = [one for one in daemons() if one.pid == process.pid]
        finally:
            process.kill()
    assert found.option("--bind") == "tcp://127.0.0.1:9"
    assert found.option("--data-dir") is None


@pytest.mark.parametrize(
    ("words", "serves"),
    [
        (("/bin/gramarye", "serve"), True),
        (("python", "-m", "gramarye", "serve", "--devices=cpu"), True),
        (("gramarye", "status"), False),
        (("vim", "serve"), False),
        ((), False),
    ],
)
def test_other_programs_are_none(words: tuple[str, ...], serves: bool) -> None:
    assert Process(1, words).serves is serves


def test_the_words_of_other_programs_are_nobodys_business() -> None:
    assert str(Process(7, ("/usr/bin/viewer", "secret.png"))) == "process 7: viewer"
    assert str(Process(8, ("gramarye", "serve"))) == "process 8: gramarye serve"


def test_options_are_found_in_either_manner() -> None:
    assert Process(1, ("gramarye", "serve", "--bind=b")).option("--bind") == "b"
    assert Process(1, ("gramarye", "serve", "--bind")).option("--bind") is None


def test_processes_that_cannot_be_read_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "cmdline").write_bytes(b"gramarye\0serve\0")
    assert list(processes(tmp_path)) == [Process(2, ("gramarye", "serve"))]
    assert owner(5599, tmp_path) is None
