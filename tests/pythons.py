"""Other Pythons than the one that runs the tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path


def pythons(minors: Iterable[int]) -> list[str]:
    """Those at hand that start: on PATH, and those that pyenv has put aside."""
    names = [f"python3.{minor}" for minor in minors]
    aside = Path.home() / ".pyenv" / "versions"
    found = {str(one) for name in names for one in aside.glob(f"*/bin/{name}")}
    found |= {one for name in names if (one := shutil.which(name)) is not None}
    return sorted(one for one in found if _starts(one))


def _starts(python: str) -> bool:
    return subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0
