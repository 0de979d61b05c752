"""Homes with a Krita in them, and an index with small stand-in wheels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.krita.contents import Contents, contents
from gramarye.krita.places import Places


@pytest.fixture
def krita(tmp_path: Path) -> Places:
    """A Krita of the test's own."""
    home = tmp_path / "home"
    return Places("Krita", home / "krita", home / "kritarc", home / "gramarye")


@pytest.fixture(scope="session")
def plain() -> Contents:
    """The plugin without any wheel."""
    return contents([])


def gramarye(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``gramarye krita`` with a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gramarye", "krita", *words],
        env={
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "LANG": "C.UTF-8",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
