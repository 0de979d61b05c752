"""Where this user's Gramarye files lie. The installer uses the same folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def data_dir(
    platform: str = sys.platform, environ: Mapping[str, str] = os.environ, home: Path | None = None
) -> Path:
    """The user's own folder for settings and logs, outside the plugin's folder."""
    home = Path.home() if home is None else home
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else home / "AppData" / "Local") / "gramarye"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "gramarye"
    data = environ.get("XDG_DATA_HOME", "").strip()
    return (Path(data) if data else home / ".local" / "share") / "gramarye"


def launcher_file() -> Path:
    """What the installer wrote down for the Start button."""
    return data_dir() / "launcher.json"


def log_file() -> Path:
    """What a daemon that was started from Krita prints."""
    return data_dir() / "daemon.log"


def wheels_dir() -> Path:
    """Packages for Krita's own Python: a folder for each wheel that was unpacked."""
    return data_dir() / "krita-python"


def by_hand_dir() -> Path:
    """Where the artist may put packages for this Python, if no wheel that we carry fits."""
    return wheels_dir() / f"by-hand-{sys.version_info[0]}.{sys.version_info[1]}"


def jobs_file() -> Path:
    """What was asked for, and which layer each job is for."""
    return data_dir() / "jobs.json"


def job_pictures_dir() -> Path:
    """A small picture of each of these jobs."""
    return data_dir() / "jobs"


def environment_dir(version: str) -> Path:
    """Where the daemon is installed by *Set Up…*."""
    return data_dir() / f"environment-{version}"


def setup_lock() -> Path:
    """Held by the Krita that makes it."""
    return data_dir() / "setup.lock"


def tools_dir() -> Path:
    """What was fetched to make it, where the computer has no Python."""
    return data_dir() / "tools"


def styles_dir() -> Path:
    """Pictures that are kept as styles: pasted ones, and those taken from a layer."""
    return data_dir() / "styles"
