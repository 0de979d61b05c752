"""Every Krita of this user: the plugin in it, whether it is enabled, and its ZeroMQ."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gramarye_protocol import __version__

from ..krita_install import PLUGIN, PROTOCOL, usual_places
from .finding import Finding, own_command

_VERSION = re.compile(r"^__version__ = \"([^\"]+)\"", re.MULTILINE)
SYSTEMS_PYTHON = Path("/usr/bin/python3")


@dataclass(frozen=True)
class Krita:
    """One Krita's places."""

    kind: str
    """Which one it is, in words."""
    resources: Path
    module: Path
    """The plugin's folder in its resources."""
    kritarc: Path
    data: Path
    """Where the plugin in it unpacks packages."""
    sandboxed: bool = False
    """Whether it has a Python of its own, as in a flatpak."""


def known() -> list[Krita]:
    """Every Krita that there may be."""
    places = usual_places()
    return [Krita("Krita", places.resources, places.module, places.kritarc, places.launcher.parent)]


def kritas(found: Sequence[Krita]) -> Iterator[Finding]:
    """Check each Krita that has been used here, and the Start button."""
    used = [one for one in found if one.resources.is_dir() or one.kritarc.is_file()]
    if not used:
        sentence = "Krita has not been used on this machine yet: start it once, and end it."
        yield Finding("krita", "note", sentence, "krita")
    for krita in used:
        yield from plugin(krita)
        if krita.module.is_dir():
            yield from zmq(krita)
    if any(krita.module.is_dir() for krita in used):
        yield from launcher(found[0].data)


def plugin(krita: Krita, version: str = __version__) -> Iterator[Finding]:
    """Is the plugin there, whole, of this version and enabled?"""
    install = own_command("krita", "install")
    if not krita.module.is_dir():
        sentence = f"The plugin is not in {krita.kind} ({krita.resources})."
        yield Finding("krita", "wrong", sentence, install)
        return
    theirs = plugin_version(krita.module)
    if theirs is None:
        sentence = f"The plugin in {krita.module} is not whole."
        yield Finding("krita", "wrong", sentence, install)
    elif theirs != version:
        sentence = f"The plugin in {krita.module} is {theirs}, and this is {version}."
        yield Finding("krita", "wrong", sentence, install)
    elif not is_enabled(krita.kritarc):
        sentence = f"The plugin {theirs} is in {krita.module}, but is not enabled."
        yield Finding("krita", "wrong", sentence, install)
    else:
        yield Finding("krita", "ok", f"The plugin {theirs} is in {krita.module}, and enabled.")


def plugin_version(module: Path) -> str | None:
    """The version of the plugin in a folder, if that is whole enough to have one."""
    file = module / "vendor" / PROTOCOL / "version.py"
    try:
        found = _VERSION.search(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        return None
    return found[1] if found and (module / "__init__.py").is_file() else None


def is_enabled(kritarc: Path) -> bool:
    """Whether Krita's settings enable the plugin."""
    try:
        lines = kritarc.read_bytes().splitlines()
    except OSError:
        return False
    if b"[python]" not in lines:
        return False
    start = lines.index(b"[python]") + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith(b"[")), len(lines))
    return f"enable_{PLUGIN}=true".encode() in [line.strip() for line in lines[start:end]]


def zmq(krita: Krita, python: Path = SYSTEMS_PYTHON) -> Iterator[Finding]:
    """Does Krita's Python have ZeroMQ? The distribution's Krita runs the system's Python."""
    unpacked = [*krita.data.glob("krita-python*/zmq"), *krita.data.glob("krita-python/*/zmq")]
    if unpacked:
        yield Finding("zmq", "ok", f"{krita.kind} has ZeroMQ in {unpacked[0].parent}.")
    elif any(krita.module.glob("wheels/*.whl")):
        sentence = f"{krita.kind} unpacks the ZeroMQ that came with the plugin when it starts."
        yield Finding("zmq", "ok", sentence)
    elif not krita.sandboxed and python.is_file() and _imports(python):
        yield Finding("zmq", "ok", f"{python}, which the distribution's Krita runs, has ZeroMQ.")
    else:
        sentence = f"{krita.kind} lacks ZeroMQ, so its plugin cannot talk to a daemon."
        yield Finding("zmq", "wrong", sentence, _zmq_command(krita))


def launcher(data: Path, python: str = sys.executable) -> Iterator[Finding]:
    """Does Krita's Start button start this Gramarye?"""
    install = own_command("krita", "install")
    try:
        told = Path(json.loads((data / "launcher.json").read_text(encoding="utf-8"))["python"])
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


def _zmq_command(krita: Krita) -> str:
    apt = shutil.which("apt") is not None and not krita.sandboxed
    return "sudo apt install python3-zmq" if apt else own_command("krita", "install")


def _imports(python: Path) -> bool:
    command = [str(python), "-c", "import zmq"]
    try:
        ran = subprocess.run(command, capture_output=True, timeout=30, check=False, env={})
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0
