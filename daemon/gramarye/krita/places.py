"""Every Krita of this user: where each keeps its resources and its settings."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .names import PLUGIN
from .settings import resource_directory

FLATPAK, SNAP = "org.kde.krita", "krita"
STORE = "49800Krita*"
"""Krita's packages from the Microsoft Store."""


@dataclass(frozen=True)
class Places:
    """Where one Krita looks."""

    kind: str
    """Which Krita it is, in words."""
    resources: Path
    """Its resource folder, with ``pykrita`` in it."""
    kritarc: Path
    data: Path
    """Where the plugin inside it keeps files of its own: unpacked packages, styles, a log."""
    is_here: bool = True
    """Whether that Krita has been used or can be started."""

    @property
    def module(self) -> Path:
        """The plugin's own folder."""
        return self.resources / "pykrita" / PLUGIN

    @property
    def desktop(self) -> Path:
        """What makes Krita see the plugin."""
        return self.resources / "pykrita" / f"{PLUGIN}.desktop"

    @property
    def action(self) -> Path:
        """What names the plugin's keyboard shortcuts."""
        return self.resources / "actions" / f"{PLUGIN}.action"

    @property
    def launcher(self) -> Path:
        """The note for the plugin's Start button."""
        return self.data / "launcher.json"


def every_krita(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> list[Places]:
    """The Kritas that there may be, the usual one first; ``is_here`` says which there are."""
    home = Path.home() if home is None else home
    kritas = {"win32": _on_windows, "darwin": _on_a_mac}.get(platform, _on_linux)
    return [_as_configured(krita) for krita in kritas(environ, home)]


def kritas_here(kritas: list[Places]) -> list[Places]:
    """Those that are there; the usual one where none is, since it may be installed later."""
    return [krita for krita in kritas if krita.is_here] or kritas[:1]


def _on_linux(environ: Mapping[str, str], home: Path) -> Iterator[Places]:
    data = _folder(environ, "XDG_DATA_HOME", home / ".local" / "share")
    config = _folder(environ, "XDG_CONFIG_HOME", home / ".config")
    usual = Places(
        "Krita of the distribution, or an AppImage",
        data / "krita",
        config / "kritarc",
        data / "gramarye",
    )
    yield _seen(usual, shutil.which("krita", path=environ.get("PATH", "")) is not None)
    app = home / ".var" / "app" / FLATPAK
    flatpak = Places(
        "Krita as a flatpak",
        app / "data" / "krita",
        app / "config" / "kritarc",
        app / "data" / "gramarye",
    )
    yield _seen(flatpak, app.is_dir())
    app = home / "snap" / SNAP
    share = app / "current" / ".local" / "share"
    snap = Places(
        "Krita as a snap",
        share / "krita",
        app / "current" / ".config" / "kritarc",
        share / "gramarye",
    )
    yield _seen(snap, (app / "current").is_dir())


def _on_windows(environ: Mapping[str, str], home: Path) -> Iterator[Places]:
    roaming = _folder(environ, "APPDATA", home / "AppData" / "Roaming")
    local = _folder(environ, "LOCALAPPDATA", home / "AppData" / "Local")
    usual = Places("Krita", roaming / "krita", local / "kritarc", local / "gramarye")
    programs = [environ[name] for name in ("ProgramFiles", "ProgramW6432") if name in environ]
    yield _seen(usual, any(list(Path(one).glob("Krita*/bin/krita.exe")) for one in programs))
    for package in sorted((local / "Packages").glob(STORE)):
        own = package / "LocalCache"
        yield Places(
            "Krita from the Microsoft Store",
            own / "Roaming" / "krita",
            own / "Local" / "kritarc",
            own / "Local" / "gramarye",
        )


def _on_a_mac(environ: Mapping[str, str], home: Path) -> Iterator[Places]:  # noqa: ARG001
    library = home / "Library"
    support = library / "Application Support"
    usual = Places(
        "Krita", support / "krita", library / "Preferences" / "kritarc", support / "gramarye"
    )
    bundles = (Path("/Applications/krita.app"), home / "Applications" / "krita.app")
    yield _seen(usual, any(bundle.is_dir() for bundle in bundles))


def _seen(krita: Places, can_start: bool) -> Places:
    used = krita.resources.is_dir() or krita.kritarc.is_file()
    return replace(krita, is_here=can_start or used)


def _as_configured(krita: Places) -> Places:
    """With the resource folder that its settings name."""
    if not krita.kritarc.is_file():
        return krita
    chosen = resource_directory(krita.kritarc.read_bytes())
    return krita if chosen is None else replace(krita, resources=chosen)


def _folder(environ: Mapping[str, str], name: str, usual: Path) -> Path:
    value = environ.get(name, "").strip()
    return Path(value) if value else usual
