"""Python itself, and what Gramarye needs from it."""

from __future__ import annotations

import platform
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding, own_command, pip_command
from .machine import Probe

OLDEST = (3, 10)
NEWER = "python3.12 -m venv ~/gramarye"


def python(
    version: tuple[int, ...] = tuple(sys.version_info[:3]), bits: int = 8 * struct.calcsize("P")
) -> Iterator[Finding]:
    """Is it new enough, and one that torch is made for?"""
    told = ".".join(map(str, version))
    if version[:2] < OLDEST:
        sentence = f"Python {told} is too old; Gramarye needs 3.10 or newer, in a new environment."
        yield Finding("python", "wrong", sentence, NEWER)
    elif bits < 64:
        sentence = f"This Python {told} has {bits} bits, and torch is made for 64 bits only."
        yield Finding("python", "wrong", sentence, NEWER)
    else:
        yield Finding(
            "python", "ok", f"Python {told} on {platform.platform(terse=True)}, {sys.executable}"
        )


def on_path(
    found: str | None = shutil.which("gramarye"), folder: Path = Path(sys.executable).parent
) -> Iterator[Finding]:
    """Is ``gramarye`` in a terminal this one?"""
    if found is None:
        own = own_command("--help")
        sentence = "A terminal does not find gramarye by its name here; its full name works."
        yield Finding("command", "note", sentence, own)
    elif Path(found).parent.resolve() != folder.resolve():
        sentence = f"In a terminal gramarye is another one: {found}. This one is in {folder}."
        yield Finding("command", "note", sentence, own_command("--version"))


def packages(probe: Probe) -> Iterator[Finding]:
    """Can everything be imported? Torch has checks of its own."""
    broken = {name: why for name, why in probe.troubles.items() if not name.startswith("torch")}
    for name, why in broken.items():
        sentence = f"{name} is missing or broken ({why})."
        yield Finding("packages", "wrong", sentence, pip_command("--force-reinstall", name))
    crashed = probe.crashed.partition(":")[0]
    if probe.crashed and not crashed.startswith(("torch", "the device")):
        sentence = f"Python crashes when it imports {probe.crashed}."
        yield Finding("packages", "wrong", sentence, pip_command("--force-reinstall", crashed))
    elif not broken:
        yield Finding("packages", "ok", "Every package that Gramarye needs can be imported.")
