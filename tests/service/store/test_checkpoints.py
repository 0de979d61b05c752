"""Checkpoints: how often, and that a damaged one is never taken for a whole one."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gramarye.service.store.blobs import Part, view
from gramarye.service.store.checkpoints import (
    Array,
    Checkpoint,
    CheckpointPace,
    first_whole,
    read,
    write,
)
from gramarye.service.store.errors import DamagedError, DiskFullError

CHECKPOINT = Checkpoint(
    {
        "image": Array("float32", (1, 3, 5, 7), bytes(range(210)) * 2),
        "curvature": Array("float64", (2,), b"0123456789abcdef"),
        "nothing": Array("float32", (0,), b""),
    },
    {"step": 12, "octave": 2, "loss": 0.1, "recipe": {"seed": 7}},
)


def run(seconds: int, cost: float, first_cost: float = 0.0) -> list[int]:
    """After which seconds of work a checkpoint was taken."""
    pace, taken = CheckpointPace(first_cost), []
    for worked in range(1, seconds + 1):
        if pace.due(worked):
            pace.took(worked, cost)
            taken.append(worked)
    return taken


def test_a_cheap_checkpoint_is_taken_every_ten_seconds_of_work() -> None:
    assert run(60, cost=0.1) == [10, 20, 30, 40, 50, 60]


def test_a_dear_checkpoint_is_taken_as_rarely_as_keeps_it_under_a_twentieth() -> None:
    # The first one, of which nobody knew what it costs, is made up for.
    assert run(500, cost=2.0) == [10, 76, 114, 152, 190, 228, 266, 304, 342, 380, 418, 456, 494]
    assert run(200, cost=2.0, first_cost=2.0) == [38, 76, 114, 152, 190]


@given(st.floats(0, 30), st.integers(1, 3000))
def test_checkpoints_of_a_known_cost_never_take_more_than_a_twentieth(
    cost: float, seconds: int
) -> None:
    spent = cost * len(run(seconds, cost, first_cost=cost))
    assert spent <= 0.05 * (seconds + spent) + 1e-9


@given(st.lists(st.floats(0, 5), min_size=1, max_size=40))
def test_what_a_surprise_cost_is_saved_up_before_the_next_one(costs: list[float]) -> None:
    pace, worked, spent = CheckpointPace(), 0.0, 0.0
    for cost in costs:
        while not pace.due(worked):
            worked += 0.5
        assert spent <= 0.05 * (worked + spent) + 1e-9
        pace.took(worked, cost)
        spent += cost


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    ready = write(Part(tmp_path / "state"), CHECKPOINT)
    assert ready.size == ready.path.stat().st_size
    again = read(view(ready.path))
    assert again.about == CHECKPOINT.about
    assert {name: (one.dtype, one.shape) for name, one in again.arrays.items()} == {
        name: (one.dtype, one.shape) for name, one in CHECKPOINT.arrays.items()
    }
    for name, one in CHECKPOINT.arrays.items():
        assert bytes(again.arrays[name].data) == one.data


@given(
    st.dictionaries(st.text(max_size=8), st.binary(max_size=200), max_size=5),
    st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none()), max_size=4),
)
def test_any_arrays_and_any_json_come_back(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, bytes], about: dict[str, object]
) -> None:
    arrays = {name: Array("uint8", (len(one),), one) for name, one in data.items()}
    path = tmp_path_factory.mktemp("checkpoint") / "state"
    again = read(view(write(Part(path), Checkpoint(arrays, about)).path))
    assert again.about == about
    assert {name: bytes(one.data) for name, one in again.arrays.items()} == data


def test_every_array_lies_where_any_number_type_may_lie(tmp_path: Path) -> None:
    path = write(Part(tmp_path / "state"), CHECKPOINT).path
    raw = path.read_bytes()
    for one in CHECKPOINT.arrays.values():
        assert not one.data or raw.index(one.data) % 64 == 0


def test_a_checkpoint_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    raw = write(Part(tmp_path / "state"), CHECKPOINT).path.read_bytes()
    for length in range(len(raw)):
        with pytest.raises(DamagedError):
            read(memoryview(raw[:length]))


def test_a_checkpoint_with_any_byte_changed_or_one_too_many_is_refused(tmp_path: Path) -> None:
    raw = write(Part(tmp_path / "state"), CHECKPOINT).path.read_bytes()
    for place in range(len(raw)):
        damaged = bytearray(raw)
        damaged[place] ^= 1
        with pytest.raises(DamagedError):
            read(memoryview(damaged))
    with pytest.raises(DamagedError):
        read(memoryview(raw + b"\0"))


def test_the_one_before_is_used_where_the_newest_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    older = write(Part(tmp_path / "older"), CHECKPOINT).path
    newer = write(Part(tmp_path / "newer"), Checkpoint({}, {"step": 13})).path
    missing = tmp_path / "missing"
    assert (found := first_whole([newer, older])) is not None
    assert found.about == {"step": 13}
    os.truncate(newer, newer.stat().st_size // 2)
    assert (found := first_whole([missing, newer, older])) is not None
    assert found.about == CHECKPOINT.about
    assert str(newer) in caplog.text
    assert first_whole([missing, newer]) is None
    assert first_whole([]) is None


def test_a_checkpoint_that_the_disk_does_not_take_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = Part(tmp_path / "state")

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        write(part, CHECKPOINT)
    assert list(tmp_path.iterdir()) == []
