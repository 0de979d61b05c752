"""What is kept from one Krita to the next, whatever becomes of the file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gramarye_krita.logic import diary
from gramarye_krita.logic.diary import Diary, Entry


def entry(job: str, **more: object) -> Entry:
    return Entry(**{"id": job, "name": "Sky", "style": "flow", **more})  # type: ignore[arg-type]


def test_an_entry_is_there_again_in_the_next_krita(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "jobs.json"
    first = Diary(file)
    told = entry("a", place={"node": "{x}", "box": [0, 0, 4, 4]}, begun=12.5, recipe={"k": 1})
    first.begin(told)
    first.change("a", words="Half")
    first.change("unknown", words="nobody's")
    [again] = Diary(file)
    assert again.words == "Half"
    assert (again.place, again.begun, again.recipe) == (told.place, 12.5, {"k": 1})
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o077 == 0
    assert [one.name for one in file.parent.iterdir()] == ["jobs.json"]


def test_the_oldest_that_has_ended_is_forgotten_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diary, "MOST", 3)
    kept = Diary(tmp_path / "jobs.json")
    for job in "abc":
        kept.begin(entry(job))
    kept.change("b", state="done")
    kept.begin(entry("d"))
    assert [one.id for one in kept] == ["a", "c", "d"]
    kept.begin(entry("e"))  # none has ended: the oldest goes
    assert [one.id for one in kept] == ["c", "d", "e"]


def test_what_has_ended_is_forgotten_when_asked(tmp_path: Path) -> None:
    kept = Diary(tmp_path / "jobs.json")
    kept.begin(entry("a"))
    kept.begin(entry("b", state="failed"))
    assert kept.forget_ended() == ["b"]
    assert [one.id for one in Diary(tmp_path / "jobs.json")] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "7", "{}", "[7]", '[{"id": 7}]', '[{"id": ""}]', '[{"id": "a", "state": "odd"}]',
        '[{"id": "a", "place": []}]', '[{"id": "a", "begun": "noon"}]', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_broken_file_is_an_empty_diary(tmp_path: Path, text: str) -> None:
    file = tmp_path / "jobs.json"
    file.write_text(text)
    assert list(Diary(file)) == []


def test_what_a_newer_version_adds_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "jobs.json"
    file.write_text(json.dumps([{"id": "a", "name": "Sky", "mood": "calm"}]))
    assert [one.name for one in Diary(file)] == ["Sky"]


def test_a_disk_that_refuses_costs_no_more_than_the_diary(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = Diary(tmp_path / "file" / "jobs.json")  # its folder cannot be made
    kept.begin(entry("a"))
    assert [one.id for one in kept] == ["a"]
