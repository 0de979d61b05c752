"""The rows of the docker: what the diary and the daemon know, put together."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gramarye_krita.logic import docket
from gramarye_krita.logic.choices import Choices, Style, to_json
from gramarye_krita.logic.diary import Diary, Entry
from gramarye_krita.logic.docket import Row, rows
from gramarye_protocol import JobReport

CHOICES = to_json(Choices(styles=(Style("/a/flow.jpg"),), quality="best", strength=60))
PLACE = {"node": "{1}"}


def entry(job: str, state: str = "going", words: str = "", begun: float = 0.0) -> Entry:
    return Entry(
        job, "Sky", "flow", begun=begun, state=state, words=words, choices=CHOICES, place=PLACE
    )


def report(job: str, state: str, **more: object) -> JobReport:
    return JobReport(job, "paula", state, **more)  # type: ignore[arg-type]


def only(*reports: JobReport, known: bool = True, live: tuple[str, ...] = ()) -> Row:
    [row] = rows([entry("a")] if known else [], reports, live, {})
    return row


@pytest.mark.parametrize(
    ("told", "words", "verbs"),
    [
        (report("a", "queued", position=2), "2 jobs are before yours…", ("pause", "cancel")),
        (report("a", "running", progress=0.25, seconds_left=42.0),
         "25 % · about 40 seconds left", ("pause", "cancel", "keep")),
        (report("a", "running"), "0 %", ("pause", "cancel")),
        (report("a", "running", progress=0.25, seconds_left=0.0, keeping=True),
         "Stopping; the picture as it stands comes next…", ("cancel",)),
        (report("a", "paused"), "Paused", ("resume", "cancel")),
        (report("a", "uploading"), "On its way to the daemon…", ("cancel",)),
        (report("a", "done"), "Done. The result waits here.", ("insert",)),
    ],
)  # fmt: skip
def test_a_job_says_how_it_stands_and_what_may_be_done(
    told: JobReport, words: str, verbs: tuple[str, ...]
) -> None:
    row = only(told)
    assert (row.title, row.words, row.verbs) == ("Sky – flow", words, (*verbs, "again"))


def test_a_result_that_a_window_waits_for_itself_is_not_offered() -> None:
    assert "insert" not in only(report("a", "done"), live=("a",)).verbs


def test_a_job_of_the_command_line_can_be_stopped_and_says_how_it_is_fetched() -> None:
    row = only(report("a", "running"), known=False)
    assert row.title == "A job from elsewhere"
    assert row.verbs == ("pause", "cancel")
    assert "gramarye fetch a -o FILE" in only(report("a", "done"), known=False).words


def test_a_job_whose_daemon_is_away_says_so_and_can_be_given_up() -> None:
    kept = Entry("a", "Sky", address="tcp://127.0.0.1:1")
    [away] = rows([kept], [], (), {})
    assert away.words == "No daemon answers at tcp://127.0.0.1:1. Start it to go on."
    assert away.verbs == ("cancel",)
    [sent] = rows([kept], [], ("a",), {})
    assert sent.words == "On its way to the daemon…"


def test_previews_and_questions_are_no_jobs_of_the_artists() -> None:
    assert rows([], [report(docket.aside(), "running")], (), {}) == []


def test_those_that_go_on_come_first_and_then_the_newest_that_ended() -> None:
    diary = [entry("a", "done"), entry("b"), entry("c", "failed", "Out of paint."), entry("d")]
    found = rows(diary, [report("d", "running")], (), {})
    assert [row.id for row in found] == ["d", "b", "c", "a"]
    assert found[2].verbs == ("retry", "again")
    assert found[2].words == "Out of paint."
    assert found[3].verbs == ("again",)


def test_what_went_wrong_with_a_job_stands_in_its_row() -> None:
    [row] = rows([entry("a")], [report("a", "done")], (), {"a": "There is no room."})
    assert row.words == "There is no room."
    assert "insert" in row.verbs


def test_a_notice_of_the_daemons_is_told() -> None:
    row = only(report("a", "running", notices=("A worker crashed.", "It goes on on the CPU.")))
    assert row.words == "0 % It goes on on the CPU."


def test_a_job_that_the_daemon_lost_is_missing_but_not_one_that_is_just_sent(
    tmp_path: Path,
) -> None:
    diary = Diary(tmp_path / "jobs.json")
    for job, begun in (("old", 1.0), ("listed", 1.0), ("here", 1.0), ("new", time.time())):
        diary.begin(entry(job, begun=begun))
    diary.begin(entry("ended", "done"))
    found = docket.missing(diary, [report("listed", "running")], {"here"})
    assert [one.id for one in found] == ["old"]


def test_the_details_tell_what_was_asked_for() -> None:
    told = docket.details(entry("a", "done", "Done in about 4 seconds.", begun=1e9))
    assert "Style: flow" in told
    assert "Quality: Best – takes its time" in told
    assert "Size: Medium – 512 pixels" in told
    assert "Strength: 60 %" in told
    assert "State: Done in about 4 seconds." in told


def test_an_empty_docker_says_what_to_do() -> None:
    assert "Filter ▸ Style Transfer" in docket.empty_words(ready=True)
    assert "no daemon answers" in docket.empty_words(ready=False)
