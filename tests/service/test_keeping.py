"""Stop and keep: whoever has the job is told that its picture as it stands is enough."""

from __future__ import annotations

import pytest

from gramarye_protocol import Failure, Finished, Keep, Result, Standing, encode

from .hall import Hall, submit
from .test_turns import slice_over


def keep(hall: Hall, name: str, job: str = "one") -> None:
    hall.clients[name.encode()].keep(job)
    hall.carry()


def standings(hall: Hall, name: str) -> list[tuple[str, bool]]:
    """State and ``keeping`` of all standings that a client heard since it was last asked."""
    told = [event.report for event in hall.heard(name) if isinstance(event, Standing)]
    return [(report.state, report.keeping) for report in told]


def test_the_job_at_hand_ends_with_its_picture_as_it_stands(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.worker.progress(3)
    hall.carry()
    hall.heard("ann")
    keep(hall, "ann")
    assert hall.worker.kept == ["1"]
    assert standings(hall, "ann") == [("running", True)]
    hall.worker.finish(b"as it stands")
    hall.carry()
    last = hall.heard("ann")[-1]
    assert isinstance(last, Finished)
    assert last.pixels == b"as it stands"


def test_a_job_that_was_put_aside_is_told_there_and_has_its_turn(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    slice_over(hall)
    assert hall.worker.job == "2"
    keep(hall, "ann")
    assert hall.worker.kept == ["1"]
    slice_over(hall)
    assert hall.worker.job == "1"
    assert len(hall.worker.begun) == 2


def test_a_job_that_has_not_begun_brings_the_wish_along(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    keep(hall, "ann", "two")
    assert hall.worker.kept == []
    hall.worker.finish()
    hall.carry()
    assert hall.worker.kept == ["2"]


@pytest.mark.parametrize("away", [True, False])
def test_a_paused_job_goes_on_for_it_also_one_whose_worker_has_not_let_go(
    hall: Hall, away: bool
) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.do("ann", hall.clients[b"ann"].pause, "one")
    if away:
        hall.worker.give_back(warm=False)
        hall.carry()
        assert hall.worker.job is None
    keep(hall, "ann")
    if not away:
        hall.worker.give_back(warm=False)
        hall.carry()
    assert hall.worker.job == "1"
    assert set(hall.worker.kept) == {"1"}
    assert hall.worker.jobs["1"].keeping
    assert standings(hall, "ann")[-1][1]


def test_a_worker_that_dies_over_it_leaves_the_wish_to_the_next(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    keep(hall, "ann")
    hall.lose()
    hall.worker.load()
    hall.carry()
    assert hall.worker.kept == ["1"]


def test_a_daemon_that_was_killed_is_told_again_by_whoever_comes_back(hall: Hall) -> None:
    session = hall.client("ann", "ann")
    submit(hall, "ann")
    keep(hall, "ann")
    hall.restart()
    hall.clients[b"ann"] = session
    session.again()
    hall.carry()
    hall.worker.load()
    hall.carry()
    assert hall.worker.kept == ["1"]


def test_a_job_that_is_done_already_is_announced_and_an_unknown_one_refused(hall: Hall) -> None:
    hall.client("ann", "ann")
    submit(hall, "ann")
    hall.worker.finish()
    hall.carry()
    hall.heard("ann")
    hall.client("terminal", "ann").follow("one", pixels=False)
    keep(hall, "terminal")
    assert isinstance(hall.heard("terminal")[-1], Result)
    hall.say("ann", *encode(Keep("unknown")))
    [refused] = hall.heard("ann")
    assert isinstance(refused, Failure)
    assert (refused.code, refused.ended) == ("no-job", False)


def test_another_artist_cannot_end_a_job(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.client("ben")
    keep(hall, "ben")
    assert hall.worker.kept == []
    assert hall.failures("ben") == [("no-job", "one")]


def test_no_time_is_left_to_it(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    keep(hall, "ann")
    [job] = hall.broker.shifts.crew.at_work()
    assert hall.broker.shifts.prospects()[job.key] == 0
