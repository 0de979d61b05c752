"""The command line as a whole: quick to answer, and an error is a sentence and an exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.cli import COMMANDS, main

from .helpers import gramarye

NOWHERE = "tcp://127.0.0.1:9"


@pytest.mark.parametrize(
    "words", [["--help"], ["status", "--daemon", NOWHERE], *([name, "--help"] for name in COMMANDS)]
)
def test_what_computes_nothing_imports_no_torch(words: list[str]) -> None:
    program = (
        "import sys; from gramarye.cli import main; main(sys.argv[1:]); "
        "sys.exit(3 if 'torch' in sys.modules else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr.decode()


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    told = capsys.readouterr().out
    assert all(name in told for name in COMMANDS)


def test_the_version_is_told(tmp_path: Path) -> None:
    done = gramarye("--version", cache=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("gramarye, version ")


@pytest.mark.parametrize("words", [["paint"], ["stylize"], ["status", "--loud"]])
def test_wrong_usage_exits_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "Usage: gramarye" in capsys.readouterr().err


def test_status_fails_with_a_sentence_when_nothing_answers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["status", "--daemon", NOWHERE]) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("Error: No Gramarye daemon answers")
    assert "gramarye serve" in told.err


def test_status_fails_when_something_else_listens(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert main(["status", "--daemon", address]) == 1

    assert "No Gramarye daemon answers" in capsys.readouterr().err


@pytest.mark.parametrize(
    "address", ["tcp://192.0.2.1:5599", "tcp://0.0.0.0:5599", "nonsense", "tcp://127.0.0.1:99999"]
)
def test_an_address_that_is_not_of_this_machine_is_refused(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--daemon", address]) == 1
    assert capsys.readouterr().err.startswith("Error: ")
