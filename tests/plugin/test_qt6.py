"""Krita 6 has Qt 6: the same dialog runs on it. A stand-in says so, for no Krita 6 is packaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "qt6"
ROOT = Path(__file__).parents[2]


def qt6() -> str:
    """Why Qt 6 cannot be loaded here; empty if it can."""
    program = "from PyQt6 import QtGui, QtWidgets, QtTest"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    lines = answer.stderr.strip().splitlines()
    return lines[-1] if answer.returncode else ""


def told_by(program: str, folder: Path) -> Any:
    """What a program of the folder beside this file prints."""
    if reason := qt6():
        pytest.skip(f"NOT TESTED WITH QT 6: {reason}")
    paths = [HERE, ROOT / "plugin", ROOT / "shared", os.environ.get("PYTHONPATH", "")]
    answer = subprocess.run(
        [sys.executable, str(HERE / program)],
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(folder),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_what_comes_while_a_layer_is_added_waits_for_it(tmp_path: Path) -> None:
    told = told_by("nested.py", tmp_path)
    jobs = ("one", "two", "three")
    assert told["order"] == [f"{job} {what}" for job in jobs for what in ("begins", "ends")]
    assert told["said"] == ["received"] * 3


def test_the_dialog_is_shown_clicked_and_typed_into_under_qt_6(tmp_path: Path) -> None:
    told = told_by("walk.py", tmp_path)
    assert told["qt"].startswith("6.")
    assert told["troubles"] == []
    assert [Path(one["path"]).stem for one in told["choices"]["styles"]] == [
        "brush",
        "flow",
        "mosaic",
    ]
    assert told["choices"]["strength"] == 51
    assert told["choices"]["advanced"] == {"tile": "off"}
    assert told["applied"] == 0
    assert told["fetched"] is told["stopped"] is True
    assert told["dropped"] > 100
    assert told["line"] < 0.5
    assert told["part"][0] > 0.5
    assert told["wanted"] == [
        ["cancel", ["a"]],
        ["retry", ["b"]],
        ["again", ["b"]],
        ["details", ["b"]],
    ]
    assert told["whole"].startswith("This reason")
    assert told["pause"] is False
    assert told["docker"] == 250
