"""Starting a daemon from inside Krita, with the Python that the installer wrote down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from . import paths
from .errors import Refusal
from .model import serve_words
from .translate import tr

UNUSED_SECONDS = 15
"""After the last Krita the daemon waits so long for another, perhaps the same one that is started
again; then it saves its jobs and ends."""
_KRITAS_OWN = ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH")
"""What a bundled Krita sets for its own Python; another Python would not start with it."""


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for a Python that is not Krita's."""
    return {name: value for name, value in environ.items() if name not in _KRITAS_OWN}


def in_sandbox(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this Krita is a flatpak or a snap, which cannot start the user's programs."""
    return "FLATPAK_ID" in environ or "SNAP" in environ


def read_python(file: Path) -> Path:
    """The interpreter that has Gramarye, as ``gramarye krita install`` recorded it.

    Raises:
        Refusal: nothing usable is recorded.
    """
    again = tr("Run “gramarye krita install” in a terminal, then press Start Daemon again.")
    try:
        python = Path(json.loads(file.read_text(encoding="utf-8"))["python"])
    except FileNotFoundError as error:
        raise Refusal(
            tr(
                "It is not recorded where Gramarye is installed. {again}",
                again=again,
            )
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(
            tr(
                "{file} cannot be read. {again}",
                file=file,
                again=again,
            )
        ) from error
    if not python.is_file():
        raise Refusal(
            tr(
                "Gramarye was installed with {python}, which is gone. {again}",
                python=python,
                again=again,
            )
        )
    return python


class DaemonProcess:
    """A daemon started from here, for other Kritas too. It ends by itself, with its jobs saved,
    soon after the last of them."""

    def __init__(self, address: str) -> None:
        """Start it; it answers at ``address`` some seconds later.

        Raises:
            Refusal: it cannot be started from here; the sentence says how to start it by hand.
        """
        if in_sandbox():
            raise Refusal(
                tr(
                    "This Krita runs in a sandbox and cannot start the daemon. Run this in "
                    "a terminal:\n{command}",
                    command=serve_words(address),
                )
            )
        python = read_python(paths.launcher_file())
        self._log = paths.log_file()
        command = [str(python), "-m", "gramarye", "serve", "--bind", address]
        command += ["--until-unused", str(UNUSED_SECONDS)]
        try:
            self._process = _spawn(command, self._log)
        except OSError as error:
            raise Refusal(
                tr(
                    "The daemon could not be started ({reason}). Run this in a "
                    "terminal:\n{command}",
                    reason=error.strerror,
                    command=serve_words(address),
                )
            ) from error

    def check(self) -> None:
        """Look whether it still runs.

        Raises:
            Refusal: it ended; the sentence carries the last line that it wrote.
        """
        if self._process.poll() is None:
            return
        raise Refusal(
            tr(
                "The daemon stopped at once: {line} (log: {log})",
                line=last_line(self._log),
                log=self._log,
            )
        )


def last_line(log: Path) -> str:
    """The last line of text in a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next(
        (line.strip()[:300] for line in reversed(lines) if line.strip()), tr("it said nothing")
    )


def _spawn(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    folder = log.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            env=clean_environment(os.environ),
            cwd=folder,  # python -m looks here first: a folder that only this user can write
            start_new_session=True,
            creationflags=flags,
        )
    finally:
        os.close(descriptor)
