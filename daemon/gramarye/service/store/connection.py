"""The one connection to the SQLite file, and its lock.

The journal is a write-ahead log, flushed at each commit (``synchronous=FULL``): with ``NORMAL`` a
power cut could take back what a client was told already. The file is locked for as long as it is
open (``locking_mode=EXCLUSIVE``), so that no second daemon works in the same directory; the system
frees the lock of a process that was killed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import DiskError, DiskFullError, InUseError, UnknownFormatError, disk_trouble
from .schema import SCHEMA, VERSION

_PATIENCE = 1.0
"""Seconds to wait for a daemon that is just ending."""

Run = Callable[..., sqlite3.Cursor]


class Connection:
    """An open database, with the tables of this version.

    Raises:
        InUseError: another process has it open.
        UnknownFormatError: it is not a database of this version; it was left as it is.
        DiskFullError, DiskError: the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise disk_trouble(path.parent, error) from error
        self._sqlite = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        self._sqlite.row_factory = sqlite3.Row
        self.run: Run = self._run
        """Run one statement. Raises as the constructor does."""
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file. The process may be killed instead: nothing is lost."""
        self._sqlite.close()

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        """All or nothing; once it ends it is safe on the disk.

        Raises:
            DiskFullError, DiskError: the disk refuses. Nothing is changed.
        """
        try:
            self.run("BEGIN IMMEDIATE")
            yield self.run
            self.run("COMMIT")
        except BaseException:
            if self._sqlite.in_transaction:
                self.run("ROLLBACK")
            raise

    def _open(self) -> None:
        self.run("PRAGMA locking_mode = EXCLUSIVE")
        self.run("BEGIN IMMEDIATE")  # takes the lock, which then stays
        self.run("COMMIT")
        version = self.run("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise UnknownFormatError(self._path, "of a newer Gramarye")
        if version == 0 and self.run("SELECT 1 FROM sqlite_master").fetchone():
            raise UnknownFormatError(self._path, "not a database of Gramarye")
        self.run("PRAGMA journal_mode = WAL")
        self.run("PRAGMA synchronous = FULL")
        self.run("PRAGMA foreign_keys = ON")
        if version == 0:
            with self._told():
                self._sqlite.executescript(SCHEMA)

    def _run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        with self._told():
            return self._sqlite.execute(sql, values)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in the artist's words what SQLite says of the disk."""
        try:
            yield
        except sqlite3.IntegrityError:  # a mistake of ours
            raise
        except sqlite3.DatabaseError as error:
            raise self._trouble(error) from error

    def _trouble(self, error: sqlite3.DatabaseError) -> Exception:
        """The typed error for SQLite's (which has codes from Python 3.11 on only)."""
        words = str(error)
        if "locked" in words:
            return InUseError(self._path.parent)
        if "full" in words:
            return DiskFullError(self._path.parent)
        if "not a database" in words or "malformed" in words:
            return UnknownFormatError(self._path, "damaged, or not a database of Gramarye")
        return DiskError(self._path.parent, words)
