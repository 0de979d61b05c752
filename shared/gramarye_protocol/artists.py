"""Who a job belongs to, where nobody says."""

from __future__ import annotations

import getpass

LONGEST_ARTIST = 64
"""Letters in an artist's name."""


def login_name() -> str:
    """The user's, as far as it fits; empty where the system knows none."""
    try:
        return getpass.getuser()[:LONGEST_ARTIST]
    except (OSError, KeyError, ImportError):  # it depends on the system and on Python's version
        return ""
