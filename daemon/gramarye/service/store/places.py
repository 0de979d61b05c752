"""Where the daemon keeps its jobs, unless it is told."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def data_directory() -> Path:
    """The user's folder for what Gramarye must not lose."""
    return Path(platformdirs.user_data_dir("gramarye"))
