"""Every Krita of this user: the plugin in it, whether it is enabled, and its ZeroMQ."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gramarye_protocol import __version__

from ..krita.contents import MANIFEST
from ..krita.places import Places
from ..krita.settings import is_enabled
from .finding import Finding, own_command

SYSTEMS_PYTHON = Path("/usr/bin/python3")
"""What a Linux distribution's Krita runs."""


def kritas(every: Sequence[Places], python: Path | None = SYSTEMS_PYTHON) -> Iterator[Finding]:
    """Check each Krita that is here, and the Start button. The first is the usual one, which may
    run the system's ``python``; every other has one of its own."""
    here = [one for one in every if one.is_here]
    if not here:
        sentence = "Krita is not on this machine, or has not been used yet: start it once."
        yield Finding("krita", "note", sentence, "krita")
    somewhere = any(krita.module.is_dir() for krita in here)
    for krita in here:
        yield from plugin(krita, somewhere=somewhere)
        if krita.module.is_dir():
            yield from zmq(krita, python if krita is every[0] else None)
    if somewhere:
        yield from launcher(every[0].launcher)


def plugin(krita: Places, version: str = __version__, somewhere: bool = False) -> Iterator[Finding]:
    """Is the plugin there, whole, of this version and enabled? That one Krita lacks it is no harm
    where another has it, ``somewhere``."""
    install = own_command("krita", "install")
    if not krita.module.is_dir():
        sentence = f"The plugin is not in {krita.kind} ({krita.resources})."
        yield Finding("krita", "note" if somewhere else "wrong", sentence, install)
        return
    told = _manifest(krita.module)
    sums = told["sha256"].items()
    damaged = [name for name, sha256 in sums if _sum(krita.module, name) != sha256]
    where = f"{krita.kind} ({krita.module})"
    if not sums or damaged:
        what = damaged[0] if damaged else MANIFEST
        sentence = f"The plugin in {where} is not whole: {what} is missing or was changed."
        yield Finding("krita", "wrong", sentence, install)
    elif told["gramarye"] != version:
        sentence = f"The plugin in {where} is {told['gramarye']}, and this is {version}."
        yield Finding("krita", "wrong", sentence, install)
    elif not krita.kritarc.is_file() or not is_enabled(krita.kritarc.read_bytes()):
        sentence = f"The plugin {version} is in {where}, but is not enabled."
        yield Finding("krita", "wrong", sentence, install)
    else:
        yield Finding("krita", "ok", f"The plugin {version} is in {where}, and enabled.")


def zmq(krita: Places, python: Path | None = None) -> Iterator[Finding]:
    """Does Krita's Python have ZeroMQ? ``python`` is the system's, if this Krita may run that."""
    unpacked = sorted(krita.data.glob("krita-python/*/zmq"))
    if unpacked:
        yield Finding("zmq", "ok", f"{krita.kind} has ZeroMQ in {unpacked[-1].parent}.")
    elif any(krita.module.glob("wheels/pyzmq-*.whl")):
        sentence = f"{krita.kind} unpacks the ZeroMQ that came with the plugin when it starts."
        yield Finding("zmq", "ok", sentence)
    elif python is not None and python.is_file() and _imports(python):
        yield Finding("zmq", "ok", f"{python}, which the distribution's Krita runs, has ZeroMQ.")
    else:
        sentence = f"{krita.kind} lacks ZeroMQ, so its plugin cannot talk to a daemon."
        yield Finding("zmq", "wrong", sentence, own_command("krita", "install"))


def launcher(note: Path, python: str = sys.executable) -> Iterator[Finding]:
    """Does Krita's Start button start this Gramarye?"""
    install = own_command("krita", "install")
    try:
        told = Path(json.loads(note.read_text(encoding="utf-8"))["python"])
    except (OSError, ValueError, KeyError, TypeError):
        sentence = "Krita's Start button does not know where Gramarye is."
        yield Finding("start", "wrong", sentence, install)
        return
    if not told.is_file():
        sentence = f"Krita's Start button would run {told}, which is gone."
        yield Finding("start", "wrong", sentence, install)
    elif told != Path(python):
        sentence = f"Krita's Start button runs another Gramarye than this one: {told}."
        yield Finding("start", "note", sentence, install)
    else:
        yield Finding("start", "ok", "Krita's Start button starts this Gramarye.")


def _manifest(module: Path) -> dict[str, Any]:
    """The plugin's version, and the SHA-256 of each of its files; none where it cannot be read."""
    try:
        told = json.loads((module / MANIFEST).read_text(encoding="utf-8"))
        return {"gramarye": str(told["gramarye"]), "sha256": dict(told["sha256"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"gramarye": "", "sha256": {}}


def _sum(module: Path, name: str) -> str:
    try:
        return hashlib.sha256((module / name).read_bytes()).hexdigest()
    except OSError:
        return ""


def _imports(python: Path) -> bool:
    command = [str(python), "-c", "import zmq"]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=30, check=False, env={})
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0
