"""Putting the plugin into Krita: files into its resources, one line into its settings.

Krita finds a plugin by ``pykrita/NAME.desktop`` and loads it when ``kritarc`` enables it. The
protocol is carried inside the plugin's folder, because Krita's Python knows no other packages.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_data_path

from . import __version__

PLUGIN = "gramarye_krita"
PROTOCOL = "gramarye_protocol"
_SKIPPED = shutil.ignore_patterns("__pycache__", "vendor")


class KritaInstallError(Exception):
    """The plugin could not be installed; ``sentence`` says what to do."""

    code = "krita-install"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Places:
    """Where things go: Krita's resource folder, its settings, and the Start button's note."""

    resources: Path
    kritarc: Path
    launcher: Path

    @property
    def module(self) -> Path:
        """The plugin's own folder."""
        return self.resources / "pykrita" / PLUGIN

    @property
    def desktop(self) -> Path:
        """What makes Krita see the plugin."""
        return self.resources / "pykrita" / f"{PLUGIN}.desktop"


def usual_places(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Places:
    """Where Krita looks on this system."""
    home = Path.home() if home is None else home
    launcher = user_data_path("gramarye", appauthor=False) / "launcher.json"
    if platform == "win32":
        roaming = _folder(environ, "APPDATA", home / "AppData" / "Roaming")
        local = _folder(environ, "LOCALAPPDATA", home / "AppData" / "Local")
        return Places(roaming / "krita", local / "kritarc", launcher)
    if platform == "darwin":
        library = home / "Library"
        resources = library / "Application Support" / "krita"
        return Places(resources, library / "Preferences" / "kritarc", launcher)
    data = _folder(environ, "XDG_DATA_HOME", home / ".local" / "share")
    config = _folder(environ, "XDG_CONFIG_HOME", home / ".config")
    return Places(data / "krita", config / "kritarc", launcher)


def _folder(environ: Mapping[str, str], name: str, usual: Path) -> Path:
    value = environ.get(name, "").strip()
    return Path(value) if value else usual


def install(places: Places) -> None:
    """Install or update the plugin, and enable it. What was there is replaced whole or not at all.

    Raises:
        KritaInstallError: a file could not be written or read.
    """
    try:
        _install_module(places.module)
        _write(places.desktop, (places.module / places.desktop.name).read_bytes())
        note = {"python": sys.executable, "version": __version__}
        places.launcher.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(places.launcher, json.dumps(note).encode(), mode=0o600)
        settings = places.kritarc.read_bytes() if places.kritarc.exists() else b""
        _write(places.kritarc, enabled(settings), mode=_mode(places.kritarc))
    except OSError as error:
        raise KritaInstallError(
            f"The plugin could not be installed: {error.strerror or error} "
            f"({error.filename}). Close Krita, check that the folder can be written, and try again."
        ) from error


def enabled(kritarc: bytes) -> bytes:
    """Krita's settings with the plugin enabled, every other line as it was."""
    name, line = f"enable_{PLUGIN}".encode(), f"enable_{PLUGIN}=true".encode()
    lines = kritarc.splitlines()
    if b"[python]" not in lines:
        return b"\n".join([*lines, *([b""] if lines else []), b"[python]", line, b""])
    start = lines.index(b"[python]") + 1
    end = next((i for i in range(start, len(lines)) if lines[i].startswith(b"[")), len(lines))
    others = [one for one in lines[start:end] if one.split(b"=")[0].strip() != name]
    return b"\n".join([*lines[:start], line, *others, *lines[end:], b""])


def _package(name: str) -> Path:
    """A package's folder, without importing it: the plugin is for Krita's Python, not this one."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise KritaInstallError(
            f"This installation of Gramarye lacks {name}. Install it again with pip."
        )
    return Path(spec.origin).parent


def _install_module(module: Path) -> None:
    """Build the plugin's folder beside its place, then swap it in by renaming."""
    module.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{PLUGIN}-", dir=module.parent) as scratch:
        fresh, old = Path(scratch) / "fresh", Path(scratch) / "old"
        shutil.copytree(_package(PLUGIN), fresh, ignore=_SKIPPED)
        shutil.copytree(_package(PROTOCOL), fresh / "vendor" / PROTOCOL, ignore=_SKIPPED)
        replacing = module.exists()
        if replacing:
            module.rename(old)
        try:
            fresh.rename(module)
        except OSError:
            if replacing:
                old.rename(module)
            raise


def _write(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file whole, or leave the old one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(scratch).chmod(mode)
        Path(scratch).replace(file)
    except OSError:
        Path(scratch).unlink(missing_ok=True)
        raise


def _mode(file: Path) -> int:
    return file.stat().st_mode & 0o777 if file.exists() else 0o600
