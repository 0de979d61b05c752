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
from .finding import Finding, quoted

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
        yield Finding("folder", "wrong", sentence, quoted("mv", data, f"{data}.old"))
        return
    own = f'sudo chown -R "$USER" {quoted(data)} && chmod -R u+rwX {quoted(data)}'
    locked = next((one for one in _inside(data) if not os.access(one, os.R_OK | os.W_OK)), None)
    if locked is not None:
        sentence = f"{locked} cannot be read and written by you, so the daemon does not start."
        yield Finding("folder", "wrong", sentence, own)
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


def database(data: Path) -> Iterator[Finding]:
    """Can the list of jobs be read? Where a daemon has it, that is the daemon's to say."""
    file = data / DATABASE
    if not os.access(file, os.R_OK) or in_use(data):
        return
    newer = f"{file} is a newer Gramarye's: this one does not start with it."
    elsewhere = quoted("gramarye", "serve", "--data-dir", data.with_name(f"{data.name}-old"))
    aside = quoted("mv", file, f"{file}.damaged")
    try:
        with closing(_open(file)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            trouble = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        version, trouble = 0, str(error)
    if trouble != "ok":
        sentence = f"The list of jobs is damaged ({trouble}); without it the daemon begins anew."
        yield Finding("database", "wrong", sentence, aside)
    elif version > VERSION:
        yield Finding("database", "wrong", newer, elsewhere)
    else:
        yield Finding("database", "ok", "The list of jobs can be read.")


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


def _can_be_made(data: Path) -> Finding:
    parent = next(one for one in data.parents if one.exists())
    if os.access(parent, os.W_OK | os.X_OK):
        return Finding("folder", "ok", f"{data} will be made when the daemon first starts.")
    sentence = f"{data} cannot be made: {parent} is not yours to write."
    mend = f'sudo install -d -m 700 -o "$USER" {quoted(data)}'
    return Finding("folder", "wrong", sentence, mend)
