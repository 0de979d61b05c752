"""The pinned ZeroMQ wheels, for tests that need the real ones: fetched once, kept in the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.krita.errors import KritaInstallError
from gramarye.krita.wheels import Wheel, fetch, pinned


def real_wheels(wheels: list[Wheel] | None = None) -> list[Path]:
    """All of them, or these; the test is skipped aloud where no package index has them."""
    try:
        return fetch(pinned() if wheels is None else wheels)
    except KritaInstallError as error:
        pytest.skip(f"NOT TESTED WITH THE REAL WHEELS: {error.sentence}")
