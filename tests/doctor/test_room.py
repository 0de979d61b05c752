"""Memory and disks, with much, little and nothing free."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.doctor.machine import Probe
from gramarye.doctor.room import disk, memory

GIB = 1 << 30


@pytest.mark.parametrize(
    ("free", "level", "words"),
    [
        (8 * GIB, "ok", "8.6 GB of memory free."),
        (1 * GIB, "note", "larger ones are painted in tiles"),
        (GIB // 4, "wrong", "too little to paint anything"),
    ],
)
def test_the_machines_memory(free: int, level: str, words: str) -> None:
    [told] = memory(Probe(device="cpu (2 threads)", ram=free, free=free))
    assert told.level == level
    assert words in told.sentence
    assert bool(told.mend) == (level != "ok")


def test_a_graphics_cards_memory_has_a_line_of_its_own() -> None:
    first, second = memory(Probe(device="cuda:0 H200", ram=8 * GIB, free=GIB // 4))
    assert first.level == "ok"
    assert second.level == "wrong"
    assert second.sentence.startswith("cuda:0 H200 has 0.3 GB of memory free")
    assert second.mend == "nvidia-smi tells who uses it"


def test_what_nobody_tells_is_left_out() -> None:
    assert list(memory(Probe())) == []


@pytest.mark.parametrize(
    ("free", "level", "words"),
    [
        (90 * GIB, "ok", "free."),
        (GIB, "note", "large jobs may be refused"),
        (GIB // 16, "wrong", "too little for any job"),
    ],
)
def test_the_disk_of_a_folder_that_is_not_there_yet(
    free: int, level: str, words: str, tmp_path: Path
) -> None:
    [told] = disk(tmp_path / "to" / "come", "jobs", free)
    assert told.level == level
    assert words in told.sentence
    assert str(tmp_path / "to" / "come") in told.sentence
    assert told.mend.startswith("du -xh") == (level != "ok")


def test_the_disk_is_really_looked_at(tmp_path: Path) -> None:
    [told] = disk(tmp_path / "to" / "come", "jobs")
    assert "GB free" in told.sentence
