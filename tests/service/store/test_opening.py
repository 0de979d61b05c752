"""Who may open a directory, and which."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.service.store.connection import Connection
from gramarye.service.store.errors import DiskError, InUseError, UnknownFormatError
from gramarye.service.store.places import data_directory
from gramarye.service.store.store import Store

from .orders import accepted, files

HOLDER = """
import sys, pathlib
from gramarye.service.store.store import Store
Store(pathlib.Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_daemon_on_the_same_directory_is_refused_until_the_first_is_killed(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        stray = tmp_path / "incoming" / "stray"
        stray.touch()
        with pytest.raises(InUseError, match="Another Gramarye daemon works in") as caught:
            Store(tmp_path)
        assert "--data-dir" in caught.value.sentence
        assert stray.exists(), "the second must not sweep in the first's directory"
        holder.kill()
    Store(tmp_path).close()


def test_a_second_store_in_the_same_process_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InUseError):
        Store(tmp_path / "data")


def test_commits_are_flushed_to_the_disk(tmp_path: Path) -> None:
    connection = Connection(tmp_path / "jobs.sqlite3")
    modes = [
        connection.run(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    ]
    connection.close()
    assert modes == ["wal", 2, 1]


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    path = tmp_path / "jobs.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    before = path.read_bytes()
    with pytest.raises(UnknownFormatError, match=r"of a newer Gramarye\. It was left") as caught:
        Store(tmp_path)
    assert caught.value.code == "format"
    assert path.read_bytes() == before


def test_somebody_else_s_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE recipes (name)")
    database.close()
    before = path.read_bytes()
    with pytest.raises(UnknownFormatError, match="not a database of Gramarye"):
        Store(tmp_path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    path.write_bytes(b"a letter to my grandmother, " * 100)
    with pytest.raises(UnknownFormatError, match="damaged, or not a database"):
        Store(tmp_path)
    assert path.read_bytes().startswith(b"a letter")


def test_a_database_that_was_damaged_is_told_of_and_its_pictures_are_left_alone(
    tmp_path: Path,
) -> None:
    with Store(tmp_path) as store:
        job = accepted(store)
    path = tmp_path / "jobs.sqlite3"
    raw = path.read_bytes()
    path.write_bytes(raw[:4096] + b"\x5a" * (len(raw) - 4096))
    with pytest.raises(UnknownFormatError, match="damaged"):
        Store(tmp_path)
    assert {held.sha256 for held in job.planes} == set(files(tmp_path))


def test_a_database_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").mkdir()
    with pytest.raises(DiskError, match="The daemon cannot use"):
        Store(tmp_path)


def test_the_database_is_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    accepted(store)
    databases = list((tmp_path / "data").glob("jobs.sqlite3*"))
    assert len(databases) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in databases} == {0o600}


def test_the_directory_is_the_user_s_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_directory().name == "gramarye"
