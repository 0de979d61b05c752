"""The command line as a whole: quick to answer, and an error is a sentence and an exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from safetensors.numpy import save_file

from gramarye.cli import COMMANDS, main
from gramarye.cli import gramarye as gramarye_group

from .helpers import environment, gramarye

NOWHERE = "tcp://127.0.0.1:9"


LIGHT = (
    ["--help"],
    ["--version"],
    ["status", "--daemon", NOWHERE],
    ["jobs", "--daemon", NOWHERE],
    ["cancel", "one", "--daemon", NOWHERE],
    ["pause", "one", "--daemon", NOWHERE],
    ["keep", "one", "--daemon", NOWHERE],
    ["resume", "one", "--daemon", NOWHERE],
    ["priority", "one", "1", "--daemon", NOWHERE],
    ["drain", "--daemon", NOWHERE],
    ["recipes"],
    ["recipes", "warm"],
    ["weights", "list"],
    ["krita", "install", "--dry-run"],
    ["serve", "--help"],
)
"""What answers at once; tests/benchmarks/startup.py measures it."""


def imported(words: list[str], cache: Path) -> set[str]:
    """The top-level packages that a command line has imported when it is done."""
    program = (
        "import sys; from gramarye.cli import main; main(sys.argv[1:]); "
        "print('imported', *(name for name in sys.modules if '.' not in name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        timeout=60,
        check=True,
        text=True,
        env=environment(cache),
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("words", [*LIGHT, *([name, "--help"] for name in COMMANDS)])
def test_what_computes_nothing_imports_no_torch(words: list[str], tmp_path: Path) -> None:
    assert not imported(words, tmp_path) & {"torch", "torchvision", "pydantic"}


@pytest.mark.parametrize("words", LIGHT)
def test_what_reads_no_picture_imports_nothing_that_does(words: list[str], tmp_path: Path) -> None:
    assert not imported(words, tmp_path) & {"numpy", "PIL", "imagecodecs", "tifffile", "rich"}


def test_listing_weights_that_are_there_imports_no_torch(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    save_file({"a": np.zeros(1)}, tmp_path / "weights" / "vgg19.safetensors")
    assert "torch" not in imported(["weights", "list"], tmp_path)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_of_a_command_is_the_first_sentence_of_its_own_help(name: str) -> None:
    command = gramarye_group.get_command(click.Context(gramarye_group), name)
    assert command is not None
    paragraph = (command.help or "").split("\n\n")[0].replace("\n", " ")
    assert paragraph.partition(". ")[0].rstrip(".") + "." == COMMANDS[name]


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
