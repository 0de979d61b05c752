"""A file that has only partly arrived, and survives whatever interrupts it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import DiskError

BLOCK = 1 << 18
FULL = (errno.ENOSPC, errno.EDQUOT)


class Part:
    """``FILE.part``, and beside it which version of the file the server said it was sending."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._version = path.with_name(path.name + ".json")

    @property
    def size(self) -> int:
        """How much has arrived."""
        return self.path.stat().st_size if self.path.exists() else 0

    def version(self, address: str) -> str:
        """The strong ETag under which ``address`` was sending this, or an empty string."""
        try:
            noted = json.loads(self._version.read_text("utf-8"))
            return str(noted["etag"]) if noted["address"] == address else ""
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return ""  # without it, the hash of the whole file is the judge

    @contextmanager
    def opened(self, start: int, address: str, etag: str) -> Iterator[IO[bytes]]:
        """Write on from ``start``, which is either everything so far or zero.

        Raises:
            DiskError: the disk takes no more.
        """
        with on_disk(self.path):
            self._version.write_text(
                json.dumps({"address": address, "etag": etag if _strong(etag) else ""}), "utf-8"
            )
            with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                file.seek(start)
                if start < self.size:
                    file.truncate()
                yield file

    def digest(self, report: Callable[[int], None]) -> str:
        """SHA-256 of everything that arrived."""
        return digest(self.path, report)

    def discard(self) -> None:
        """Leave nothing behind."""
        self.path.unlink(missing_ok=True)
        self._version.unlink(missing_ok=True)


def digest(path: Path, report: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file; ``report`` is told how many bytes have been read."""
    result, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            result.update(block)
            done += len(block)
            if report is not None:
                report(done)
    return result.hexdigest()


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Tell in a sentence why ``path`` cannot be written.

    Raises:
        DiskError: it cannot.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskError(
                f"The disk is full: make room in {path.parent} and run the same command again. "
                "What has arrived is kept."
            ) from error
        raise DiskError(
            f"{path} cannot be written ({error.strerror or error}): look at the rights of that "
            "folder, or set GRAMARYE_CACHE to another one."
        ) from error


def _strong(etag: str) -> bool:
    """A weak ETag (``W/"…"``) does not promise the same bytes."""
    return etag.startswith('"')
