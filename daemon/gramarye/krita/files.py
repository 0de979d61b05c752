"""Writing files and folders so that nobody ever finds half of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write(file: Path, content: bytes, mode: int = 0o644) -> None:
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


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Build a folder beside its place, then swap it in by renaming; the old one goes.

    What a running program has open of the old one stays as it is for that program.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    remove_half_done(folder)
    scratch = Path(tempfile.mkdtemp(prefix=_prefix(folder), dir=folder.parent))
    fresh, old = scratch / "fresh", scratch / "old"
    try:
        for name, content in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        replacing = folder.exists()
        if replacing:
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if replacing:
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)  # on Windows an open file outlives this: below


def remove_half_done(folder: Path) -> None:
    """Remove what an earlier :func:`write_folder` could not."""
    for left in folder.parent.glob(f"{_prefix(folder)}*"):
        shutil.rmtree(left, ignore_errors=True)


def mode(file: Path) -> int:
    """A file's permissions; owner-only for one that is yet to be made."""
    return file.stat().st_mode & 0o777 if file.exists() else 0o600


def _prefix(folder: Path) -> str:
    return f".{folder.name}-"
