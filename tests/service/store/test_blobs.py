"""Blobs: whole or not there, at any moment."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gramarye.service.store.blobs import Blobs
from gramarye.service.store.errors import DamagedError, DiskError, DiskFullError
from gramarye_protocol import GarbageError

from .orders import files, settled, sha256

PIXELS = bytes(range(256)) * 20


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8), st.integers(0, 8))
def test_a_blob_arrives_in_pieces_even_if_the_daemon_is_another_one_in_between(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], broken_after: int
) -> None:
    directory = tmp_path_factory.mktemp("blobs")
    part = Blobs(directory).part(7, "plane-0")
    for place, piece in enumerate(pieces):
        if place == broken_after:
            part = Blobs(directory).part(7, "plane-0")
        part.append(part.size, piece)
    whole = b"".join(pieces)
    blobs = Blobs(directory)
    blobs.place(part.settle(sha256(whole)))
    assert bytes(blobs.view(sha256(whole))) == whole
    assert files(directory) == {sha256(whole): len(whole)}


@pytest.mark.parametrize("offset", [0, 99, 101])
def test_a_piece_that_does_not_belong_at_the_end_is_refused(blobs: Blobs, offset: int) -> None:
    part = blobs.part(1, "plane-0")
    part.append(0, PIXELS[:100])
    with pytest.raises(GarbageError, match="100 was next"):
        part.append(offset, b"more")
    assert part.size == 100


def test_bytes_that_are_not_the_announced_ones_are_refused_and_removed(
    blobs: Blobs, tmp_path: Path
) -> None:
    part = blobs.part(1, "plane-0")
    part.append(0, PIXELS)
    with pytest.raises(DamagedError, match="not the announced ones") as caught:
        part.settle(sha256(b"others"))
    assert caught.value.code == "damaged"
    assert files(tmp_path) == {}


def test_a_part_that_was_dropped_cannot_be_settled_or_placed(blobs: Blobs) -> None:
    part = blobs.part(1, "plane-0")
    with pytest.raises(DamagedError, match="given up"):
        part.settle()
    ready = settled(part, PIXELS)
    blobs.drop_parts(1)
    with pytest.raises(DamagedError, match="given up"):
        blobs.place(ready)


def test_a_part_that_changed_after_its_proof_gets_no_name(blobs: Blobs, tmp_path: Path) -> None:
    part = blobs.part(1, "plane-0")
    ready = settled(part, PIXELS)
    part.append(len(PIXELS), b"more")
    with pytest.raises(DamagedError, match="changed after"):
        blobs.place(ready)
    assert not blobs.has(ready.sha256, ready.size)


def test_placing_twice_does_no_harm(blobs: Blobs) -> None:
    ready = settled(blobs.part(1, "plane-0"), PIXELS)
    blobs.place(ready)
    blobs.place(ready)
    assert blobs.has(ready.sha256, len(PIXELS))


def test_a_blob_of_another_size_is_not_here(blobs: Blobs) -> None:
    ready = settled(blobs.part(1, "plane-0"), PIXELS)
    assert not blobs.has(ready.sha256, ready.size)
    blobs.place(ready)
    os.truncate(blobs.path(ready.sha256), 10)
    assert not blobs.has(ready.sha256, ready.size)


def test_only_the_owner_can_read_anything_of_it(blobs: Blobs, tmp_path: Path) -> None:
    blobs.part(1, "plane-1").append(0, PIXELS)
    blobs.place(settled(blobs.part(1, "plane-0"), PIXELS))
    for path in tmp_path.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_folders_that_others_could_read_are_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir(mode=0o755)
    Blobs(tmp_path)
    assert stat.S_IMODE((tmp_path / "blobs").stat().st_mode) == 0o700


def test_a_blob_that_is_read_while_it_is_deleted_is_read_to_its_end(blobs: Blobs) -> None:
    ready = settled(blobs.part(1, "plane-0"), PIXELS)
    blobs.place(ready)
    view = blobs.view(ready.sha256)
    blobs.delete(ready.sha256)
    assert bytes(view[1000:]) == PIXELS[1000:]
    with pytest.raises(DamagedError, match="missing"):
        blobs.view(ready.sha256)


def test_a_large_blob_costs_no_memory_to_look_at(blobs: Blobs) -> None:
    """A sparse file larger than this machine's memory, read at both ends."""
    path = blobs.path("0" * 64)
    with path.open("wb") as file:
        file.truncate(1 << 40)
    view = blobs.view("0" * 64)
    assert len(view) == 1 << 40
    assert bytes(view[-16:]) == bytes(16)


def test_what_a_crash_left_is_swept_away_and_the_rest_is_not(blobs: Blobs, tmp_path: Path) -> None:
    wanted = settled(blobs.part(1, "plane-0"), PIXELS)
    blobs.place(wanted)
    blobs.place(settled(blobs.part(1, "plane-0"), b"orphan"))
    for job in (1, 12, 2):
        blobs.part(job, "plane-0").append(0, b"half")
    (tmp_path / "incoming" / "nonsense").touch()
    (tmp_path / "a file of the artist's own").touch()
    blobs.sweep({wanted.sha256}, {12})
    assert files(tmp_path) == {wanted.sha256: len(PIXELS), "12-plane-0.part": 4}
    assert (tmp_path / "a file of the artist's own").exists()


def test_dropping_the_parts_of_job_1_spares_those_of_job_12(blobs: Blobs, tmp_path: Path) -> None:
    for job in (1, 12):
        blobs.part(job, "plane-0").append(0, b"half")
    blobs.drop_parts(1)
    assert files(tmp_path) == {"12-plane-0.part": 4}


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, DiskFullError, "is full. Free some space"),
        (errno.EDQUOT, DiskFullError, "is full. Free some space"),
        (errno.EIO, DiskError, "Check the disk"),
    ],
)
def test_a_disk_that_takes_half_a_piece_leaves_the_part_as_it_was(
    blobs: Blobs,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    kind: type[Exception],
    words: str,
) -> None:
    part = blobs.part(1, "plane-0")
    part.append(0, PIXELS[:1000])
    write = os.write
    calls: list[int] = []

    def half(file: int, data: memoryview) -> int:
        calls.append(len(data))
        if len(calls) == 2:
            raise OSError(number, os.strerror(number))
        return write(file, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(kind, match=words):
            part.append(1000, PIXELS[1000:])
    assert part.size == 1000
    part.append(1000, PIXELS[1000:])
    part.settle(sha256(PIXELS))


def test_a_disk_that_fails_to_flush_leaves_nothing_under_the_blob_s_name(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = blobs.part(1, "plane-0")
    part.append(0, PIXELS)

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        part.settle(sha256(PIXELS))
    assert files(tmp_path) == {"1-plane-0.part": len(PIXELS)}


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match="--data-dir"):
        Blobs(tmp_path / "file" / "data")
