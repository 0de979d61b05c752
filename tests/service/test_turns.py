"""Artists who take turns at the daemon's worker: who works when, and what is put aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from gramarye.service.inside import Appraised, Drop, GiveBack, GivenBack, ToWorker, Work
from gramarye.service.standing import QUANTUM
from gramarye_protocol import (
    Accepted,
    Estimate,
    Failure,
    Finished,
    Progressed,
    Status,
    encode,
)

from .hall import Hall, cancel, submit

SLICE = QUANTUM * 5 / 4
"""The longest that a turn may last: a quantum, and at most a quarter kept from the turn before."""
GIB = 1 << 30
Make = Callable[..., Hall]


def slice_over(hall: Hall, seconds: float = QUANTUM) -> None:
    """Let so much time pass, and the worker give back what it is asked for."""
    hall.wait(seconds)
    if hall.worker.asked_back:
        hall.worker.give_back(seconds)
        hall.carry()


def hall_that_knows(make_hall: Make, memory: int, sizes: Sequence[int]) -> Hall:
    """A worker of so much memory, and artists whose jobs take so much each."""
    hall = make_hall()
    hall.worker.memory = memory
    for number, size in enumerate(sizes):
        hall.worker.appraisals[number] = Appraised("0", 60.0, size)
    hall.worker.load()
    hall.carry()
    for number, name in zip(range(len(sizes)), ("ann", "ben", "cid"), strict=False):
        hall.client(name)
        submit(hall, name, seed=number)
    return hall


def begin(hall: Hall, memory: int, seconds: float = 60.0) -> None:
    """Let the job at hand say what it will take."""
    hall.worker.progress(0, estimate=Estimate(seconds, memory))
    hall.carry()


def test_two_artists_alternate_and_go_on_where_they_were(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    for _ in range(5):
        slice_over(hall)
    assert hall.worker.worked_on == ["1", "2"] * 3
    assert len(hall.worker.begun) == 2  # each was sent once
    for name in ("ben", "ann"):
        hall.worker.finish(name.encode())
        hall.carry()
        last = hall.heard(name)[-1]
        assert isinstance(last, Finished)
        assert last.pixels == name.encode()


def test_an_artist_alone_is_never_interrupted(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    for _ in range(9):
        slice_over(hall)
    assert hall.worker.worked_on == ["1"]


def test_a_hundred_jobs_delay_another_artists_single_one_by_one_slice(make_hall: Make) -> None:
    hall = make_hall()
    hall.worker.load()
    hall.client("ann")
    for number in range(100):
        submit(hall, "ann", f"job{number}")
    hall.wait(7.0)
    hall.client("ben")
    submit(hall, "ben")
    came = hall.now
    while "101" not in hall.worker.worked_on:
        slice_over(hall, 0.1)
        assert hall.now - came <= SLICE + 0.1


def test_within_one_artist_who_comes_first_is_served_first_from_any_connection(hall: Hall) -> None:
    hall.client("krita", artist="ann")
    hall.client("terminal", artist="ann")
    submit(hall, "krita")
    submit(hall, "terminal", "two")
    submit(hall, "krita", "three")
    for _ in range(3):
        slice_over(hall)
        hall.worker.finish()
        hall.carry()
    assert hall.worker.worked_on == ["1", "2", "3"]


def test_two_connections_of_one_artist_have_no_more_turns_than_one(hall: Hall) -> None:
    hall.client("krita", artist="ann")
    hall.client("terminal", artist="ann")
    hall.client("ben", artist="ben")
    for name in ("krita", "terminal", "ben"):
        submit(hall, name, name)
    for _ in range(5):
        slice_over(hall)
    assert hall.worker.worked_on == ["1", "3"] * 3


def test_a_name_that_looks_like_an_unnamed_connection_is_another_artist(hall: Hall) -> None:
    hall.client("ben")
    hall.client("mal", artist="#" + b"ben".hex())
    submit(hall, "ben")
    submit(hall, "mal")
    slice_over(hall)
    assert hall.worker.worked_on == ["1", "2"]


def test_a_job_that_was_put_aside_can_be_cancelled(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    slice_over(hall)
    cancel(hall, "ann")
    assert hall.failures("ann") == [("cancelled", "one")]
    assert list(hall.worker.jobs) == ["2"]
    for _ in range(3):
        slice_over(hall)
    assert hall.worker.worked_on == ["1", "2"]


def test_a_job_that_is_cancelled_while_it_is_given_back_leaves_the_worker_to_the_next(
    hall: Hall,
) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    hall.wait(QUANTUM)
    assert hall.worker.asked_back
    hall.worker.give_back(QUANTUM)  # is on its way when the cancel comes
    cancel(hall, "ann")
    assert hall.failures("ann") == [("cancelled", "one")]
    assert hall.worker.worked_on == ["1", "2"]
    assert list(hall.worker.jobs) == ["2"]
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ben")[-1], Finished)


def test_weights_that_came_are_told_and_only_jobs_that_wait_are_appraised_anew(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    assert hall.worker.appraised == ["1", "2"]
    hall.heard("ann")
    hall.broker.shifts.look_again()
    hall.carry()
    [status] = [event for event in hall.heard("ann") if isinstance(event, Status)]
    assert (status.features, status.notice) == ("vgg19", "")
    assert hall.worker.appraised == ["1", "2", "2"]
    hall.broker.shifts.look_again()  # and nothing new is there
    hall.carry()
    assert hall.worker.appraised == ["1", "2", "2"]


def test_a_job_that_ends_while_it_is_wanted_back_is_delivered(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    hall.wait(QUANTUM)
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)
    assert hall.worker.worked_on == ["1", "2"]


def test_a_client_that_vanishes_takes_the_jobs_that_were_put_aside_along(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    slice_over(hall)
    hall.broker.vanished(b"ann")
    hall.carry()
    assert list(hall.worker.jobs) == ["2"]


def test_when_a_worker_dies_its_jobs_are_begun_again_and_none_is_lost(hall: Hall) -> None:
    for name in ("ann", "ben", "cid"):
        hall.client(name)
        submit(hall, name)
    slice_over(hall)
    hall.lose()
    hall.worker.load()
    hall.carry()
    for _ in range(3):
        slice_over(hall)
    assert set(hall.worker.worked_on) == {"1", "2", "3"}
    for _ in range(3):
        hall.worker.finish()
        hall.carry()
    for name in ("ann", "ben", "cid"):
        assert isinstance(hall.heard(name)[-1], Finished)


@pytest.mark.parametrize(("served", "short"), [(QUANTUM, True), (QUANTUM + 0.5, False)])
def test_a_job_known_to_be_short_does_not_wait_for_the_end_of_a_turn_until_it_proves_long(
    hall: Hall, served: float, short: bool
) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    slice_over(hall)
    begin(hall, 0, seconds=1.0)
    hall.client("cid")
    submit(hall, "cid")
    hall.wait(QUANTUM)
    hall.worker.give_back(served)
    hall.carry()
    slice_over(hall)
    assert hall.worker.worked_on == ["1", "2", "1", "3"]
    slice_over(hall, 1.0)
    assert (hall.worker.worked_on[-1] == "2") == short


def test_positions_count_the_jobs_that_begin_before(hall: Hall) -> None:
    def places(name: str) -> list[tuple[str, int]]:
        return [(e.job, e.position) for e in hall.heard(name) if isinstance(e, Accepted)]

    hall.client("ann")
    for job in ("one", "two", "three"):
        submit(hall, "ann", job)
    assert places("ann") == [("one", 0), ("two", 0), ("three", 1)]
    hall.client("ben")
    submit(hall, "ben")
    assert places("ben") == [("one", 0)]
    assert places("ann") == [("two", 1), ("three", 2)]
    for _ in range(6):
        slice_over(hall)
    assert places("ben") == []
    assert places("ann") == [("two", 0), ("three", 1)]


def test_progress_and_status_tell_one_job_at_work_and_the_others_aside(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name)
        submit(hall, name)
    submit(hall, "ben", "two")
    slice_over(hall)
    hall.heard("ann")
    hall.worker.progress(3)
    hall.clients[b"ben"].status()
    hall.carry()
    assert not any(isinstance(event, Progressed) for event in hall.heard("ann"))
    *_, status, progressed = hall.heard("ben")
    assert isinstance(progressed, Progressed)
    assert isinstance(status, Status)
    assert (status.running, status.suspended, status.queued) == (1, 1, 1)


# --- memory


def test_what_is_in_the_way_of_a_job_is_saved_before_it_begins(make_hall: Make) -> None:
    hall = hall_that_knows(make_hall, 10 * GIB, (6 * GIB, 3 * GIB, 6 * GIB))
    slice_over(hall)  # the second fits beside the first
    assert hall.worker.worked_on == ["1", "2"]
    assert set(hall.worker.jobs) == {"1", "2"}
    slice_over(hall)  # the third does not: the larger of the two has to leave
    assert hall.worker.worked_on == ["1", "2", "3"]
    assert set(hall.worker.jobs) == {"2", "3"}
    hall.worker.finish()
    hall.carry()
    assert [*hall.worker.begun] == [hall.worker.begun[0]] * 4  # the first one was sent once more
    assert hall.worker.worked_on[-1] == "1"


def test_a_job_that_takes_more_than_was_free_at_the_start_has_the_device_to_itself(
    make_hall: Make,
) -> None:
    hall = hall_that_knows(make_hall, GIB, (9 * GIB, 9 * GIB))
    for _ in range(3):
        assert len(hall.worker.jobs) == 1
        slice_over(hall)
    assert hall.worker.worked_on == ["1", "2", "1", "2"]


def test_a_job_that_finds_no_room_begins_anew_when_it_has_the_device_to_itself(
    make_hall: Make,
) -> None:
    hall = hall_that_knows(make_hall, 10 * GIB, (GIB, GIB))
    slice_over(hall)
    assert hall.worker.worked_on == ["1", "2"]
    hall.worker.give_back(0.1, warm=False, alone=True)
    hall.carry()
    while hall.worker.job != "2":
        slice_over(hall)
    assert set(hall.worker.jobs) == {"2"}
    assert hall.failures("ben") == []


def test_an_estimate_that_was_too_low_is_reckoned_with_afterwards(make_hall: Make) -> None:
    hall = hall_that_knows(make_hall, 10 * GIB, (4 * GIB, 4 * GIB, 4 * GIB))
    hall.worker.finish(memory=6 * GIB)
    hall.carry()
    slice_over(hall)
    slice_over(hall)
    assert len(hall.worker.jobs) == 1  # two of 6 GiB do not fit


@pytest.mark.parametrize(
    "message", [Work("one"), GiveBack("one"), Drop("one"), GivenBack("one", 1.0)]
)
def test_what_only_broker_and_worker_say_is_refused_from_a_client(
    hall: Hall, message: ToWorker | GivenBack
) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.client("mal")
    hall.heard("mal")
    hall.say("mal", *encode(message))
    [failure] = hall.heard("mal")
    assert isinstance(failure, Failure)
    assert failure.code == "garbage"
    assert message.TYPE in failure.sentence
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)
