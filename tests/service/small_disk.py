"""A disk of a test's own that can be filled, and nobody else's with it."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from gramarye.service.store.quota import SPARE_BYTES

SIZE = SPARE_BYTES + (32 << 20)
"""The daemon leaves the first part of it free."""
_PIECE = 1 << 20


class Disk(Protocol):
    """Something that a daemon's folder lies on."""

    def fill(self) -> None:
        """Leave no room: every byte that is written now is refused."""
        ...

    def free(self) -> None:
        """Give the room back."""
        ...


class MemoryDisk:
    """A file system in memory, full when a ballast is in it."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Let the ballast grow until nothing more fits."""
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            for piece in (bytes(_PIECE), b"0"):
                with contextlib.suppress(OSError):  # full
                    while file.write(piece):
                        pass

    def free(self) -> None:
        """Remove the ballast."""
        self._ballast.unlink(missing_ok=True)


class ShortFiles:
    """Where nothing may be mounted: the processes' files may not grow, which they are told in the
    same words. ``processes`` tells which; those that they start are under the same limit."""

    def __init__(self, processes: Callable[[], list[int]]) -> None:
        self._processes = processes

    def fill(self) -> None:
        """Let no file be longer than a byte."""
        self._limit(1)

    def free(self) -> None:
        """Lift that."""
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, most: int) -> None:
        for process in self._processes():
            with contextlib.suppress(ProcessLookupError):  # killed meanwhile
                hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
                resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))


@contextlib.contextmanager
def small_disk(folder: Path, processes: Callable[[], list[int]]) -> Iterator[Disk]:
    """A disk for ``folder``, on which these processes write."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(folder)]
    may_mount = os.geteuid() == 0
    if not may_mount or subprocess.run(command, capture_output=True).returncode:
        yield ShortFiles(processes)
        return
    try:
        yield MemoryDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
