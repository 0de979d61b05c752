"""What a check found out, and the words that most of them need."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Level = Literal["ok", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: what was looked at, in one word.
        level: ``wrong``: something does not work. ``note``: it works, and could be better.
        sentence: for the artist.
        mend: the command that mends it; empty where nothing needs to be.
    """

    check: str
    level: Level
    sentence: str
    mend: str = ""


def quoted(*words: str | Path, windows: bool = sys.platform == "win32") -> str:
    """Words as they are typed into a terminal."""
    if windows:
        return subprocess.list2cmdline([str(word) for word in words])
    return shlex.join(str(word) for word in words)


def own_command(*words: str | Path) -> str:
    """A command of this Gramarye, whether or not a terminal finds it by its name."""
    found = shutil.which("gramarye")
    if found is not None and Path(found).parent == Path(sys.executable).parent:
        return quoted("gramarye", *words)
    return quoted(sys.executable, "-m", "gramarye", *words)


def pip_command(*words: str) -> str:
    """Install something for this Python."""
    return quoted(sys.executable, "-m", "pip", "install", *words)


def gigabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 1e9:.1f} GB"
