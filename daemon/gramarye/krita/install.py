"""Putting the plugin into one Krita: its folder swapped whole, one line in the settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gramarye_protocol import __version__

from .contents import Contents
from .errors import KritaInstallError
from .files import mode, write, write_folder
from .places import Places
from .settings import enabled


def install(krita: Places, contents: Contents, launcher: Path) -> None:
    """Install or update the plugin, and enable it. What was there is replaced whole or not at all.

    ``launcher`` is the note that tells the plugin's Start button which Python has Gramarye.

    Raises:
        KritaInstallError: a file could not be written or read.
    """
    try:
        write_folder(krita.module, contents.module)
        write(krita.desktop, contents.desktop)
        write(krita.action, contents.action)
        launcher.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        note = {"python": sys.executable, "version": __version__}
        write(launcher, json.dumps(note).encode(), mode=0o600)
        settings = krita.kritarc.read_bytes() if krita.kritarc.exists() else b""
        write(krita.kritarc, enabled(settings), mode=mode(krita.kritarc))
    except OSError as error:
        raise KritaInstallError(
            f"The plugin could not be installed: {error.strerror or error} "
            f"({error.filename}). Close Krita, check that the folder can be written, and try again."
        ) from error
