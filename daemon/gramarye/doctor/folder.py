"""The daemon's folder: jobs, results, and the note for Krita's Start button."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ..service.store.schema import VERSION
from .finding import Finding, own_command, quoted

DATABASE = "jobs.sqlite3"
PRIVATE = (DATABASE, "blobs", "incoming", "styles")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WRITING = stat.S_IWGRP | stat.S_IWOTH


def folder(data: Path, windows: bool = sys.platform == "win32") -> Iterator[Finding]:
    """Can it be written, and by its owner only?"""
    if not data.exists():
        yield _can_be_made(data)
        return
    if not data.is_dir():
        sentence = f"{data} is a file where the daemon's folder should be."
        yield Finding("folder", "wrong", sentence, moved(data, f"{data}.old", windows))
        return
    locked = next((one for one in _inside(data) if not os.access(one, os.R_OK | os.W_OK)), None)
    if locked is not None:
        sentence = f"{locked} cannot be read and written by you, so the daemon does not start."
        yield Finding("folder", "wrong", sentence, _owned(data, windows))
        return
    private = quoted("chmod", "-R", "go-rwx", data)
    shut = windows or not data.stat().st_mode & _OTHERS
    seen = [] if shut else [one for one in _inside(data) if one.stat().st_mode & _OTHERS]
    changing = next((one for one in seen if one.stat().st_mode & _WRITING), None)
    if changing is not None:
        sentence = f"Others can write to {changing}: they could change your pictures, or worse."
        yield Finding("folder", "wrong", sentence, private)
    elif any(one.name in PRIVATE for one in seen):
        yield Finding("folder", "wrong", f"Others can read your pictures in {data}.", private)
    else:
        yield Finding("folder", "ok", f"{data} is yours alone to write.")


def database(data: Path, windows: bool = sys.platform == "win32") -> Iterator[Finding]:
    """Can the list of jobs be read? Where a daemon has it, that is the daemon's to say."""
    file = data / DATABASE
    if not os.access(file, os.R_OK) or in_use(data):
        return
    try:
        with closing(_open(file)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            trouble = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        sentence = f"The list of jobs in {data} cannot be opened ({error})."
        yield Finding("database", "wrong", sentence, _owned(data, windows))
        return
    except sqlite3.DatabaseError as error:
        version, trouble = 0, str(error)
    if trouble != "ok":
        sentence = f"The list of jobs is damaged ({trouble}); without it the daemon begins anew."
        yield Finding("database", "wrong", sentence, _aside(file, windows))
    elif version > VERSION:
        elsewhere = own_command("serve", "--data-dir", data.with_name(f"{data.name}-old"))
        sentence = f"{file} is a newer Gramarye's: this one does not start with it."
        yield Finding("database", "wrong", sentence, elsewhere)
    else:
        yield Finding("database", "ok", "The list of jobs can be read.")


def moved(source: Path, target: str, windows: bool) -> str:
    """The command that gives a file or folder another name."""
    return quoted("move" if windows else "mv", source, target, windows=windows)


def in_use(data: Path) -> bool:
    """Whether a daemon works in the folder now: it keeps its database locked."""
    file = data / DATABASE
    if not os.access(file, os.R_OK | os.W_OK):
        return False
    try:
        with closing(_open(file)) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        return "locked" in str(error)
    return False


def _open(file: Path) -> sqlite3.Connection:
    """For reading: nothing is created, and nothing waits."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=0)


def _inside(data: Path) -> list[Path]:
    """The folder and what is in it, as far as one may look."""
    return [data, *sorted(data.iterdir())] if os.access(data, os.R_OK | os.X_OK) else [data]


def _aside(file: Path, windows: bool) -> str:
    """With the journal beside it: that of a damaged database must not get into a fresh one."""
    rest = [f"{file}-wal", f"{file}-shm"]
    remove = ("del", "/q", *rest) if windows else ("rm", "-f", *rest)
    return f"{moved(file, f'{file}.damaged', windows)} && {quoted(*remove, windows=windows)}"


def _owned(data: Path, windows: bool) -> str:
    if windows:
        return f"icacls {quoted(data, windows=True)} /grant %USERNAME%:F /T"
    return f'sudo chown -R "$USER" {quoted(data)} && chmod -R u+rwX {quoted(data)}'


def _can_be_made(data: Path) -> Finding:
    parent = next(one for one in data.parents if one.exists())
    if os.access(parent, os.W_OK | os.X_OK):
        return Finding("folder", "ok", f"{data} will be made when the daemon first starts.")
    sentence = f"{data} cannot be made: {parent} is not yours to write."
    mend = f'sudo install -d -m 700 -o "$USER" {quoted(data)}'
    return Finding("folder", "wrong", sentence, mend)
