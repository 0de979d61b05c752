"""One writer at a time; the system lets go of the lock however its holder ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import BusyError
from .part import on_disk


@contextmanager
def only_writer(directory: Path, network: str) -> Iterator[None]:
    """Hold the right to write ``network`` in ``directory``, which is made if it is not there.

    Raises:
        BusyError: another process holds it. DiskError: the folder cannot be written.
    """
    path = directory / f"{network}.lock"
    with on_disk(path):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(handle)
        except OSError as error:
            raise BusyError(
                f"Another command is busy with {network}: wait until it is done."
            ) from error
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
