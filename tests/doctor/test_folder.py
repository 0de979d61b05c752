"""The daemon's folder: missing, shut, open to others, damaged, newer, in use."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gramarye.doctor import folder as module
from gramarye.doctor.folder import DATABASE, database, folder, in_use
from gramarye.service.store.store import Store


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder that a daemon has used and left."""
    Store(tmp_path / "data").close()
    return tmp_path / "data"


@pytest.fixture
def busy(data: Path) -> Iterator[Path]:
    """One in which a daemon works."""
    with Store(data):
        yield data


def unwritable(monkeypatch: pytest.MonkeyPatch, *places: Path) -> None:
    """These are somebody else's (the tests may run as root, who may everything)."""
    may = os.access
    monkeypatch.setattr(
        module.os, "access", lambda path, mode: Path(path) not in places and may(path, mode)
    )


def test_a_folder_that_a_daemon_made_is_well(data: Path) -> None:
    [told] = folder(data)
    assert told.level == "ok"


def test_one_that_is_not_there_will_be_made(tmp_path: Path) -> None:
    [told] = folder(tmp_path / "to" / "come")
    assert told.level == "ok"
    assert "will be made" in told.sentence


def test_one_that_cannot_be_made_comes_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unwritable(monkeypatch, tmp_path)
    [told] = folder(tmp_path / "to" / "come")
    assert told.level == "wrong"
    assert f"{tmp_path} is not yours to write" in told.sentence
    assert told.mend == f'sudo install -d -m 700 -o "$USER" {tmp_path / "to" / "come"}'


def test_a_file_in_its_place_is_moved_away(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    [told] = folder(tmp_path / "data")
    assert told.level == "wrong"
    assert told.mend == f"mv {tmp_path / 'data'} {tmp_path / 'data.old'}"


def test_what_somebody_else_owns_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unwritable(monkeypatch, data / "blobs")
    [told] = folder(data)
    assert told.level == "wrong"
    assert str(data / "blobs") in told.sentence
    assert told.mend.startswith(f'sudo chown -R "$USER" {data}')


def test_a_folder_that_others_can_read_is_closed(data: Path) -> None:
    data.chmod(0o755)
    (data / "blobs").chmod(0o755)
    [told] = folder(data)
    assert told.level == "wrong"
    assert "Others can read your pictures" in told.sentence
    assert told.mend == f"chmod -R go-rwx {data}"
    assert [one.level for one in folder(data, windows=True)] == ["ok"]


def test_a_folder_that_others_can_write_to_is_closed(data: Path) -> None:
    (data / "launcher.json").write_text("{}")
    (data / "launcher.json").chmod(0o666)
    data.chmod(0o755)
    [told] = folder(data)
    assert told.level == "wrong"
    assert f"Others can write to {data / 'launcher.json'}" in told.sentence
    assert told.mend == f"chmod -R go-rwx {data}"


def test_what_lies_in_a_folder_that_is_shut_is_safe(data: Path) -> None:
    data.chmod(0o700)
    (data / "blobs").chmod(0o777)
    [told] = folder(data)
    assert told.level == "ok"


def test_a_sound_database_can_be_read(data: Path) -> None:
    [told] = database(data)
    assert told.level == "ok"


def test_a_database_that_is_none_is_moved_away(data: Path) -> None:
    (data / DATABASE).write_bytes(b"no database, but long enough to be looked at" * 40)
    [told] = database(data)
    assert told.level == "wrong"
    assert "The list of jobs is damaged (file is not a database)" in told.sentence
    file = data / DATABASE
    assert told.mend == f"mv {file} {file}.damaged && rm -f {file}-wal {file}-shm"


def test_on_windows_the_commands_are_its_own(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / DATABASE).write_bytes(b"no database, but long enough to be looked at" * 40)
    [told] = database(data, windows=True)
    assert told.mend.startswith(f"move {data / DATABASE} ")
    unwritable(monkeypatch, data / "blobs")
    [told] = folder(data, windows=True)
    assert told.mend == f"icacls {data} /grant %USERNAME%:F /T"


def test_a_database_that_cannot_be_opened_is_no_damaged_one(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(module, "_open", refuse)
    [told] = database(data)
    assert told.level == "wrong"
    assert "cannot be opened (unable to open database file)" in told.sentence
    assert told.mend.startswith("sudo chown")


def test_a_damaged_page_is_found(data: Path) -> None:
    with (data / DATABASE).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    [told] = database(data)
    assert told.level == "wrong"
    assert told.mend.startswith("mv ")


def test_a_newer_database_is_left_alone(data: Path) -> None:
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    [told] = database(data)
    assert told.level == "wrong"
    assert "a newer Gramarye's" in told.sentence
    assert told.mend.endswith(f"serve --data-dir {data}-old")


def test_a_daemon_in_the_folder_is_noticed_and_not_disturbed(busy: Path) -> None:
    assert in_use(busy)
    assert list(database(busy)) == []
    assert [one.level for one in folder(busy)] == ["ok"]


def test_a_folder_without_a_daemon_is_free(data: Path, tmp_path: Path) -> None:
    assert not in_use(data)
    assert not in_use(tmp_path / "none")
