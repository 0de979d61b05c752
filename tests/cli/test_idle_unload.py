"""``gramarye serve --idle-unload``: the memory is free when nobody works, and jobs are the same."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from gramarye.cli import main

from .helpers import GUARD_SECONDS, daemon


def status(address: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["status", "--json", "--daemon", address]) == 0
    return json.loads(capsys.readouterr().out)


def fall_asleep(address: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The status of a daemon that has unloaded its networks."""
    deadline = time.monotonic() + GUARD_SECONDS
    while not (told := status(address, capsys))["asleep"]:
        assert time.monotonic() < deadline, told
        time.sleep(0.1)
    return told


def children(pid: int | str = "self") -> list[int]:
    """The processes that one has started."""
    return [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text().split()
    ]


def test_the_next_job_wakes_it_and_gives_the_same_bytes(
    pair: tuple[Path, Path], weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before.png", tmp_path / "after.png"
    with daemon(tmp_path, "--weights", weights, "--idle-unload", "0.01") as address:
        words = ["stylize", *map(str, pair), "--daemon", address, "--steps", "3", "--seed", "2"]
        serving = children()[-1]
        assert main([*words, "-o", str(before)]) == 0
        told = fall_asleep(address, capsys)
        assert told["features"] == "vgg19"
        assert not children(serving)
        assert main(["status", "--daemon", address]) == 0
        assert "asleep: nobody works" in capsys.readouterr().out
        assert main([*words, "-o", str(after)]) == 0
    assert after.read_bytes() == before.read_bytes()
