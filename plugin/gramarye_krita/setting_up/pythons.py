"""Finding a Python on this computer that can make environments. Krita's own cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ..launcher import clean_environment

OLDEST, NEWEST = (3, 10), (3, 14)
"""Those that the daemon and PyTorch's wheels are made for."""
PROBE_SECONDS = 15.0
_PROBE = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
_NAMES = tuple(f"python3.{minor}" for minor in (13, 12, 11, 10, 14))

Run = Callable[[list[str]], str]
"""Runs a program and gives what it printed; empty where it failed."""


def find(
    environ: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
    home: Path | None = None,
    run: Run | None = None,
) -> Path | None:
    """The first Python that is new enough and has venv and ensurepip; ``None`` if there is none."""
    run = run or _output
    home = Path.home() if home is None else home
    tried: set[Path] = set()
    for python in candidates(environ, platform, home, run):
        real = python.resolve()
        if real in tried:
            continue
        tried.add(real)
        found = re.fullmatch(r"(\d+) (\d+)", run([str(python), "-c", _PROBE]).strip())
        if found and OLDEST <= (int(found[1]), int(found[2])) <= NEWEST:
            return python
    return None


def candidates(environ: Mapping[str, str], platform: str, home: Path, run: Run) -> Iterator[Path]:
    """Every place where a Python may be, the likeliest first."""
    path = environ.get("PATH", "")
    if platform == "win32":
        yield from _of_the_launcher(run(["py", "-0p"]))
        local = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        for folder in (local / "Programs" / "Python", Path(environ.get("PROGRAMFILES", "C:\\"))):
            yield from sorted(folder.glob("Python3*/python.exe"), reverse=True)
        yield from _on(path, ("python.exe",))
        return
    yield from _on(path, (*_NAMES, "python3", "python"))
    if platform == "darwin":
        folders = [
            Path("/opt/homebrew/bin"),
            Path("/usr/local/bin"),
            *sorted(Path("/Library/Frameworks/Python.framework/Versions").glob("3.*/bin")),
        ]
        for folder in folders:
            yield from (folder / name for name in (*_NAMES, "python3") if (folder / name).exists())


def _on(path: str, names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        found = shutil.which(name, path=path)
        # Windows has a python.exe that only opens its shop.
        if found and "WindowsApps" not in found:
            yield Path(found)


def _of_the_launcher(listed: str) -> list[Path]:
    """What Windows' launcher lists: lines that end with a path."""
    return [Path(found) for found in re.findall(r"[A-Za-z]:\\.*python\.exe", listed)]


def _output(command: list[str]) -> str:
    flags = subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=False,
            env=clean_environment(os.environ),
            creationflags=flags,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
