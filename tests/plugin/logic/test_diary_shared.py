"""Two Kritas, or two of their windows, write one diary."""

from __future__ import annotations

from pathlib import Path

from gramarye_krita.logic.diary import Diary, Entry


def ids(diary: Diary) -> list[str]:
    return [one.id for one in diary]


def test_neither_of_two_kritas_forgets_what_the_other_wrote(tmp_path: Path) -> None:
    file = tmp_path / "jobs.json"
    one, other = Diary(file), Diary(file)
    one.begin(Entry("a", begun=1.0))
    other.begin(Entry("b", begun=2.0))
    one.begin(Entry("c", begun=3.0))
    assert ids(one) == ["a", "b", "c"]
    other.change("c", state="done", words="Done.")
    one.refresh()
    assert ids(Diary(file)) == ["a", "b", "c"]
    found = Diary(file).get("c")
    assert found is not None
    assert found.state == "done"


def test_what_one_forgot_does_not_come_back_with_its_own_next_change(tmp_path: Path) -> None:
    file = tmp_path / "jobs.json"
    one = Diary(file)
    one.begin(Entry("a"))
    one.begin(Entry("b", state="done"))
    assert one.forget_ended() == ["b"]
    one.change("a", words="Half.")
    assert ids(Diary(file)) == ["a"]


def test_a_file_that_was_removed_meanwhile_costs_only_the_others_entries(tmp_path: Path) -> None:
    file = tmp_path / "jobs.json"
    Diary(file).begin(Entry("theirs"))
    one = Diary(file)
    one.begin(Entry("mine"))
    file.unlink()
    one.change("mine", words="Half.")
    assert ids(Diary(file)) == ["mine"]
