"""Making ZeroMQ importable, and what to say when it is not."""

from __future__ import annotations

import sys
import sysconfig
import zipfile
from pathlib import Path

from .paths import by_hand_dir, wheels_dir
from .translate import tr
from .unpacking import provide

MODULE = Path(__file__).parent
CARRIED = MODULE / "wheels"

folder: Path | None = None
"""Where the ZeroMQ lies that was unpacked for this Krita."""
trouble = ""
"""Why it could not be unpacked."""


def put_on_path() -> None:
    """Let ``import zmq`` find our own, before any that a PYTHONPATH brings along.

    Where none fits, whatever Krita's Python has is as good as any.
    """
    global folder, trouble
    try:
        folder = provide(CARRIED, wheels_dir())
    except (OSError, zipfile.BadZipFile) as error:
        trouble = getattr(error, "strerror", None) or str(error)
    if folder is not None:
        sys.path.insert(0, str(folder))
    elif by_hand_dir().is_dir():
        sys.path.append(str(by_hand_dir()))


def origin() -> str:
    """Which ZeroMQ is loaded, and from where: a PYTHONPATH may have brought another."""
    zmq = sys.modules.get("zmq")
    if zmq is None:
        return "not loaded"
    return f"{getattr(zmq, '__version__', '?')} from {getattr(zmq, '__file__', '?')}"


def missing_words(error: ImportError) -> str:
    """What to do when something cannot be imported, in the artist's own terms."""
    if "zmq" not in f"{error.name} {error}":
        return tr(
            "Gramarye's plugin is incomplete ({error}). Import its zip again, or run "
            "“gramarye krita install” in a terminal. Then restart Krita.",
            error=error,
        )
    if trouble:
        return tr(
            "ZeroMQ, which Gramarye needs to talk to its daemon, could not be unpacked into "
            "{folder}: {trouble}. Make room there or let Krita write there, then restart Krita. "
            "If it stays, import Gramarye's zip again.",
            folder=wheels_dir(),
            trouble=trouble,
        )
    if folder is not None:
        return tr(
            "ZeroMQ, which Gramarye needs to talk to its daemon, was unpacked into {folder} but "
            "cannot be loaded: {error}. Remove that folder and restart Krita. If it stays, "
            "programs may not be run from there: ask whoever looks after this machine.",
            folder=folder,
            error=error,
        )
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return tr(
        "Krita's Python has no ZeroMQ, which Gramarye needs to talk to its daemon, and none came "
        "with the plugin for Python {version} on {system}. If Krita comes from your Linux "
        "distribution, install its package python3-zmq. Otherwise run this in a terminal:\n\n"
        "{command}\n\nThen restart Krita.",
        version=version,
        system=sysconfig.get_platform(),
        command=f"python3 -m pip install --only-binary=:all: --python-version {version} "
        f'--target "{by_hand_dir()}" pyzmq',
    )
