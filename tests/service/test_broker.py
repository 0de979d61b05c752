"""The broker's decisions, one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from gramarye.service.broker import EXPIRY_SECONDS, PROBE_SECONDS, STALL_SECONDS
from gramarye.service.limits import Limits
from gramarye.service.shifts import STOP_SECONDS
from gramarye.service.store.quota import KEEP_HOURS
from gramarye_protocol import (
    Accepted,
    Chunk,
    Credit,
    Failure,
    Finished,
    Hello,
    Progressed,
    Settings,
    Status,
    Submit,
    Welcome,
    encode,
)

from .hall import DEVICE, Hall, cancel, submit
from .pictures import pair

Make = Callable[..., Hall]

# --- hello


def test_hello_is_answered_with_what_the_worker_has(hall: Hall) -> None:
    hall.client("ann")
    [welcome] = hall.heard("ann")
    assert isinstance(welcome, Welcome)
    assert (welcome.device, welcome.features, welcome.notice) == (
        "test device",
        "builtin",
        "no weights",
    )


def test_clients_are_told_when_the_worker_has_loaded(make_hall: Make) -> None:
    hall = make_hall()
    hall.client("ann")
    [welcome] = hall.heard("ann")
    assert isinstance(welcome, Welcome)
    assert welcome.features == ""
    hall.worker.load()
    hall.carry()
    [status] = hall.heard("ann")
    assert isinstance(status, Status)
    assert status.features == "builtin"


def test_nothing_is_done_before_hello(hall: Hall) -> None:
    ann = hall.client("ann")
    hall.broker.vanished(b"ann")
    hall.heard("ann")
    ann.submit("one", Settings(), pair())
    hall.carry()
    assert hall.failures("ann") == [("hello", None)]


def test_a_client_of_another_version_is_refused_in_a_sentence(hall: Hall) -> None:
    hall.client("old")
    hall.heard("old")
    hall.say("old", *encode(Hello((2, 3), "from the future")))
    [failure] = hall.heard("old")
    assert isinstance(failure, Failure)
    assert failure.code == "version"
    assert "protocol 2, 3, this side speaks 1" in failure.sentence


def test_one_client_too_many_is_refused(make_hall: Make) -> None:
    hall = make_hall(limits=Limits(clients=1))
    hall.client("ann")
    hall.client("ben")
    assert hall.failures("ben") == [("busy", None)]


# --- the queue


def test_a_job_comes_back_as_its_result(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.worker.progress(1)
    hall.worker.finish(b"painting")
    hall.carry()
    *_, progressed, finished = hall.heard("ann")
    assert isinstance(progressed, Progressed)
    assert progressed.progress.job == "one"
    assert isinstance(finished, Finished)
    assert (finished.result.job, finished.pixels) == ("one", b"painting")


def test_jobs_run_first_come_first_served_and_hear_their_position(hall: Hall) -> None:
    for name in ("ann", "ben", "cid"):
        hall.client(name)
        submit(hall, name)
    assert [e for e in hall.heard("cid") if isinstance(e, Accepted)] == [Accepted("one", 1)]
    hall.worker.finish()
    hall.carry()
    assert [e for e in hall.heard("cid") if isinstance(e, Accepted)] == [Accepted("one", 0)]
    hall.worker.progress(1)
    hall.carry()
    assert any(isinstance(e, Progressed) for e in hall.heard("ben"))


def test_jobs_are_accepted_while_the_worker_is_loading(make_hall: Make) -> None:
    hall = make_hall()
    hall.client("ann")
    submit(hall, "ann")
    assert Accepted("one", 0) in hall.heard("ann")
    hall.worker.load()
    hall.carry()
    assert len(hall.worker.begun) == 1


def test_a_failed_job_tells_why_and_the_next_one_runs(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    hall.worker.fail("picture")
    hall.carry()
    assert hall.failures("ann") == [("picture", "one")]
    assert len(hall.worker.begun) == 2


# --- cancel


def test_a_queued_job_is_cancelled_without_touching_the_running_one(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    cancel(hall, "ann", "two")
    assert hall.failures("ann") == [("cancelled", "two")]
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)
    assert len(hall.worker.begun) == 1


def test_a_cancelled_job_frees_the_worker_for_the_next(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    cancel(hall, "ann", "one")
    assert hall.failures("ann") == [("cancelled", "one")]
    assert len(hall.worker.begun) == 2


def test_a_job_can_be_cancelled_while_its_planes_arrive(hall: Hall) -> None:
    hall.client("ann")
    planes = tuple(plane for plane, _ in pair())
    hall.say("ann", *encode(Submit("one", planes)))
    cancel(hall, "ann", "one")
    assert hall.failures("ann") == [("cancelled", "one")]
    submit(hall, "ann", "one")
    assert hall.failures("ann") == [("cancelled", "one")]  # an id is never another job's
    submit(hall, "ann", "two")
    assert len(hall.worker.begun) == 1


def test_a_finished_job_that_is_cancelled_is_not_delivered(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.worker.finish()
    hall.clients[b"ann"].cancel("one")
    hall.carry()
    assert hall.failures("ann") == [("cancelled", "one")]
    submit(hall, "ann", "two")
    assert len(hall.worker.begun) == 2


def test_a_worker_that_does_not_stop_is_overdue_after_a_while(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.worker.deaf = True
    cancel(hall, "ann")
    assert hall.failures("ann") == [("cancelled", "one")]
    hall.now += STOP_SECONDS - 1
    assert not hall.broker.shifts.overdue(DEVICE)
    hall.now += 2
    assert hall.broker.shifts.overdue(DEVICE)


def test_nobody_can_cancel_or_fetch_the_job_of_another(hall: Hall) -> None:
    hall.client("ann")
    hall.client("mal")
    hall.heard("mal")
    submit(hall, "ann")
    cancel(hall, "mal")
    hall.say("mal", *encode(Credit("one", 0, 0, 4)))
    hall.say("mal", *encode(Chunk("one", 0, 0), b"evil"))
    hall.worker.finish(b"painting")
    hall.carry()
    assert hall.failures("mal") == [("no-job", "one")]
    assert isinstance(hall.heard("ann")[-1], Finished)


# --- clients that go, stall or speak nonsense


def test_the_jobs_of_a_client_that_vanished_end_and_no_others(hall: Hall) -> None:
    hall.client("ann")
    hall.client("ben")
    submit(hall, "ann", "one")
    submit(hall, "ben", "one")
    submit(hall, "ann", "two")
    hall.heard("ann")
    hall.broker.vanished(b"ann")
    hall.carry()
    assert len(hall.worker.begun) == 2
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ben")[-1], Finished)
    assert len(hall.worker.begun) == 2
    assert hall.heard("ann") == []


def test_silent_clients_are_written_to_so_that_dead_ones_are_found(hall: Hall) -> None:
    hall.client("ann")
    hall.heard("ann")
    hall.now += PROBE_SECONDS - 1
    hall.broker.tick()
    assert list(hall.broker.letters()) == []
    hall.now += 2
    hall.broker.tick()
    assert [(letter.client, letter.droppable) for letter in hall.broker.letters()] == [
        (b"ann", True)
    ]


def test_an_upload_that_stands_still_is_given_up(hall: Hall) -> None:
    hall.client("ann")
    hall.say("ann", *encode(Submit("one", tuple(plane for plane, _ in pair()))))
    hall.now += STALL_SECONDS + 1
    hall.broker.tick()
    hall.carry()
    assert hall.failures("ann") == [("stalled", "one")]


def test_a_result_that_nobody_fetches_is_kept_for_as_long_as_was_said(hall: Hall) -> None:
    hall.client("ann", artist="ann")
    submit(hall, "ann")
    hall.worker.finish()
    del hall.clients[b"ann"]
    hall.carry()
    hall.wait(3600 * KEEP_HOURS - 1)
    hall.client("later", artist="ann").follow("one")
    hall.carry()
    assert isinstance(hall.heard("later")[-1], Finished)
    hall.wait(EXPIRY_SECONDS + 1)
    hall.client("too late", artist="ann").follow("one")
    hall.carry()
    assert hall.failures("too late") == [("expired", "one")]


@pytest.mark.parametrize(
    "frames",
    [[b""], [b"\xff\x00"], [b"{}"], [b"null", b"x", b"y"], [b'{"gramarye":1,"type":"welcome"}']],
)
def test_garbage_is_answered_to_its_sender_and_harms_nobody(
    hall: Hall, frames: list[bytes]
) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.client("mal")
    hall.heard("mal")
    hall.say("mal", *frames)
    assert hall.failures("mal") == [("garbage", None)]
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)


def test_a_broken_message_about_a_job_ends_that_job_with_a_sentence(hall: Hall) -> None:
    hall.client("ann")
    hall.heard("ann")
    broken = {"gramarye": 1, "type": "submit", "job": "one", "planes": [], "settings": {"steps": 0}}
    hall.say("ann", json.dumps(broken).encode())
    assert hall.failures("ann") == [("garbage", "one")]


def test_pixels_that_are_not_the_announced_ones_end_the_job(hall: Hall) -> None:
    hall.client("ann")
    (content, data), (style, _) = pair()
    hall.say("ann", *encode(Submit("one", (content, style))))
    hall.say("ann", *encode(Chunk("one", 0, 0), data[::-1]))
    assert hall.failures("ann") == [("damaged", "one")]
    assert hall.worker.begun == []


# --- the worker, and the end


def test_a_job_whose_worker_dies_twice_fails_and_the_queue_goes_on(hall: Hall) -> None:
    hall.client("ann")
    hall.client("ben")
    submit(hall, "ann")
    submit(hall, "ben")
    hall.lose()
    assert hall.failures("ann") == []
    hall.worker.load()
    hall.carry()
    assert hall.worker.begun == [pair()[0][1]]
    hall.lose()
    assert hall.failures("ann") == [("worker-died", "one")]
    hall.worker.load()
    hall.carry()
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ben")[-1], Finished)


def test_everybody_with_an_unfinished_job_hears_that_the_daemon_stops(hall: Hall) -> None:
    for name in ("ann", "ben", "cid"):
        hall.client(name)
    submit(hall, "ann")
    submit(hall, "ben")
    hall.heard("cid")
    hall.broker.leave("Bye.")
    hall.carry()
    assert hall.failures("ann") == [("stopping", "one")]
    assert hall.failures("ben") == [("stopping", "one")]
    assert hall.heard("cid") == []


def test_status_counts_what_runs_what_waits_and_who_is_there(hall: Hall) -> None:
    hall.client("ann")
    hall.client("ben")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    hall.now = 7.0
    hall.clients[b"ben"].status()
    hall.carry()
    status = hall.heard("ben")[-1]
    assert isinstance(status, Status)
    assert (status.running, status.queued, status.clients, status.seconds_up) == (1, 1, 2, 7.0)
