"""The words for a job's progress."""

from __future__ import annotations

import pytest

from gramarye_krita.logic.telling import (
    done_words,
    estimate_words,
    failure_words,
    progress_words,
    sending_words,
    standing_words,
    time_words,
    waiting_words,
)
from gramarye_protocol import Estimate, Failure, JobReport, Progress


def test_progress_names_the_step_and_the_time_left() -> None:
    assert progress_words(Progress("j", 12, 60, seconds_left=21.0)) == (
        "Step 12 of 60 · about 20 seconds left"
    )
    assert progress_words(Progress("j", 1, 60)) == "Step 1 of 60"


def test_before_the_first_step_the_daemon_says_what_the_job_should_take() -> None:
    told = Progress("j", 0, 60, seconds_left=21.0, estimate=Estimate(21.0, 930_000_000))
    assert progress_words(told) == "The daemon begins · about 20 seconds and 0.9 GB of memory"
    assert progress_words(Progress("j", 0, 0)) == waiting_words(0)


def test_a_small_job_is_not_said_to_take_no_memory() -> None:
    assert estimate_words(Estimate(100.0, 1000)) == "about 2 minutes and 0.1 GB of memory"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "about 1 second"),
        (4.4, "about 4 seconds"),
        (9.9, "about 10 seconds"),
        (43, "about 45 seconds"),
        (58, "about 1 minute"),
        (125, "about 2 minutes"),
        (7200, "about 2 hours"),
    ],
)
def test_durations_are_told_as_one_would_say_them(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


def test_sending_and_waiting_have_words() -> None:
    assert sending_words(1, 4) == "Sending the picture… 25 %"
    assert waiting_words(0) == "The daemon begins…"
    assert waiting_words(1) == "1 job is before yours…"
    assert waiting_words(3) == "3 jobs are before yours…"


def test_a_failure_is_told_in_the_daemons_own_sentence() -> None:
    assert failure_words(Failure("picture", "Too small.", "j")) == "Too small."
    assert failure_words(Failure("odd", "", "j")) == "The daemon stopped the job (odd)."


def test_a_paused_job_says_so_and_any_other_standing_leaves_the_words_alone() -> None:
    paused, running = (JobReport("one", "frida", state) for state in ("paused", "running"))
    assert standing_words(paused, "Step 1 of 2") == "The job is paused at the daemon."
    kept = JobReport("one", "frida", "running", keeping=True)
    assert standing_words(kept, "Step 1 of 2").startswith("Stopping;")
    assert standing_words(running, "Step 1 of 2") == "Step 1 of 2"


def test_a_result_says_what_it_took_and_whether_it_was_stopped() -> None:
    assert done_words(20.0, {}) == "Done in about 20 seconds."
    stopped = done_words(20.0, {"stopped": {"step": 3, "steps": 40}})
    assert stopped == "Stopped at step 3 of 40, after about 20 seconds."
