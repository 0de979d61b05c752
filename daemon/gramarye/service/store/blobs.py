"""Pixels and checkpoints as files, named by the SHA-256 of their bytes.

A blob arrives as a :class:`Part`: appended to as its chunks come, and still there after a crash, so
that a transfer goes on where it broke. :meth:`Part.settle` proves and flushes it (slow, and free to
run in another thread or process); :meth:`Blobs.place` then gives it its name by one rename. So
whatever lies under a blob's name is whole, at any moment. Which blobs are needed is the database's
to know.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import mmap
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gramarye_protocol import GarbageError

from .errors import DamagedError, disk_trouble

_PIECE = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settled:
    """A part that is whole and on the disk, but has not got its name yet."""

    path: Path
    sha256: str
    size: int


class Part:
    """A blob on its way in. It keeps no file open: any number of them costs nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def size(self) -> int:
        """Bytes that are here."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, offset: int, data: Any) -> int:
        """Add bytes at the end, which must be ``offset``; returns the new size.

        Raises:
            GarbageError: the part does not end at ``offset``.
            DiskFullError: there is no room; the part is as it was.
            DiskError: the disk fails otherwise; the same.
        """
        view = memoryview(data).cast("B")
        with _disk(self.path):
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | _BINARY, 0o600)
            try:
                have = os.lseek(file, 0, os.SEEK_END)
                if have != offset:
                    raise GarbageError(f"a chunk at {offset} where {have} was next")
                try:
                    _write(file, view)
                except OSError:
                    os.ftruncate(file, offset)
                    raise
            finally:
                os.close(file)
        return offset + len(view)

    def settle(self, sha256: str | None = None) -> Settled:
        """Prove that the bytes are those named ``sha256`` (if given) and flush them to the disk.

        This reads the whole part and waits for the disk: run it where nobody waits for you.

        Raises:
            DamagedError: they are others, or the part is gone. It is removed.
            DiskFullError, DiskError: the disk did not take them.
        """
        with _disk(self.path):
            try:
                with self.path.open("r+b") as file:
                    size, found = _digest(file)
                    os.fsync(file.fileno())
            except FileNotFoundError:
                raise DamagedError("A transfer was given up before it was whole.") from None
        if sha256 not in (None, found):
            self.drop()
            raise DamagedError("The pixels that arrived are not the announced ones.")
        return Settled(self.path, found, size)

    def drop(self) -> None:
        """Remove it, if it is there."""
        _remove(self.path)


class Blobs:
    """The blobs of one directory, which only this process places and deletes.

    Everything is readable by its owner only.
    """

    def __init__(self, directory: Path) -> None:
        self._blobs = directory / "blobs"
        self.incoming = directory / "incoming"
        """Where parts lie. A worker may write its own there, named ``JOB-anything.part``."""
        with _disk(directory):
            for folder in (directory, self._blobs, self.incoming):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self._blobs, self.incoming):
                folder.chmod(0o700)

    def part(self, job: int, name: str) -> Part:
        """The part ``name`` of a job, begun or not."""
        return Part(self.incoming / f"{job}-{name}.part")

    def place(self, settled: Settled) -> None:
        """Give a settled part its name. Doing it again does no harm.

        Raises:
            DamagedError: it is gone, or of another size.
            DiskFullError, DiskError: the disk refuses.
        """
        target = self.path(settled.sha256)
        with _disk(target):
            try:
                if settled.path.stat().st_size != settled.size:
                    raise DamagedError("A file was changed after it had been proven.")
                settled.path.replace(target)
            except FileNotFoundError:
                if not self.has(settled.sha256, settled.size):
                    raise DamagedError("A transfer was given up before it was whole.") from None
            flush_folder(self._blobs)

    def path(self, sha256: str) -> Path:
        """Where the blob lies, for another process to read."""
        return self._blobs / sha256

    def has(self, sha256: str, size: int) -> bool:
        """Whether the blob is here and of the right size."""
        try:
            return self.path(sha256).stat().st_size == size
        except FileNotFoundError:
            return False

    def view(self, sha256: str) -> memoryview:
        """The blob's bytes; see :func:`view`."""
        return view(self.path(sha256))

    def delete(self, sha256: str) -> None:
        """Remove a blob; whoever reads it reads on."""
        _remove(self.path(sha256))

    def drop_parts(self, job: int) -> None:
        """Remove everything that was on its way in for a job."""
        for path in self._parts():
            if path.name.startswith(f"{job}-"):
                _remove(path)

    def arriving_bytes(self) -> int:
        """Bytes of all planes that are on their way in, as far as they are here."""
        return sum(Part(path).size for path in self._parts() if "-plane-" in path.name)

    def _parts(self) -> list[Path]:
        """What is on its way in. No glob: each new pattern would be compiled, and kept."""
        return [path for path in self.incoming.iterdir() if path.suffix == ".part"]

    def sweep(self, blobs: Collection[str], jobs: Collection[int]) -> None:
        """Remove what a crash left: all but these blobs, and the parts of these jobs."""
        for path in self._blobs.iterdir():
            if path.name not in blobs:
                _log.info("a blob that no job needs is removed: %s", path.name)
                _remove(path)
        for path in self.incoming.iterdir():
            job, dash, _ = path.name.partition("-")
            if not (dash and job.isdecimal() and int(job) in jobs):
                _remove(path)


def view(path: Path) -> memoryview:
    """A file's bytes, read from the disk only where somebody looks; slices cost nothing.

    The file is let go when the last slice is.

    Raises:
        DamagedError: there is no such file, or nothing in it.
    """
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (FileNotFoundError, ValueError):  # ValueError: an empty file
        raise DamagedError("A file is missing from the daemon's folder.") from None


def _write(file: int, view: memoryview) -> None:
    while view:
        view = view[os.write(file, view) :]


def _digest(file: BinaryIO) -> tuple[int, str]:
    digest, size, piece = hashlib.sha256(), 0, memoryview(bytearray(_PIECE))
    while count := file.readinto(piece):  # type: ignore[attr-defined]
        digest.update(piece[:count])
        size += count
    return size, digest.hexdigest()


def flush_folder(folder: Path) -> None:
    """Make a rename last. Windows cannot be asked to, and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:  # Windows, while somebody reads it: the next start sweeps it away
        _log.warning("%s cannot be removed yet: %s", path, error)


@contextlib.contextmanager
def _disk(place: Path) -> Iterator[None]:
    """Say in the artist's words what the operating system says of the disk."""
    try:
        yield
    except OSError as error:
        raise disk_trouble(place.parent, error) from error
