"""Jobs that outlive connections, workers and the daemon, as the broker keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gramarye.service.broker import RETRY_SECONDS
from gramarye.service.inside import Appraised
from gramarye.service.standing import QUANTUM
from gramarye.service.store.errors import DiskFullError
from gramarye_protocol import (
    Accepted,
    Chunk,
    Credit,
    Failure,
    Finished,
    Progressed,
    Result,
    Settings,
    Standing,
    Status,
    Submit,
    decode,
    encode,
)

from .hall import Hall, cancel, jobs_of, submit
from .pictures import pair, picture

Make = Callable[..., Hall]


def states(hall: Hall, name: str) -> dict[str, str]:
    """Everybody's jobs, as a client is told of them."""
    return {report.id: report.state for report in jobs_of(hall, name)}


def up(hall: Hall) -> None:
    for worker in hall.workers.values():
        worker.load()
    hall.carry()


def put_anns_job_aside(hall: Hall) -> None:
    """Two artists have a job each, and the second one's has just been begun."""
    for name in ("ann", "ben"):
        hall.client(name, artist=name)
        submit(hall, name, name)
    hall.wait(QUANTUM)
    hall.worker.give_back(QUANTUM)
    hall.carry()


# --- connections that go and come


def test_a_job_goes_on_without_its_client_who_finds_it_again(hall: Hall) -> None:
    hall.client("krita", artist="ann")
    submit(hall, "krita")
    hall.broker.vanished(b"krita")
    del hall.clients[b"krita"]
    hall.worker.finish(b"painting")
    hall.carry()
    hall.client("terminal", artist="ann").follow("one")
    hall.carry()
    last = hall.heard("terminal")[-1]
    assert isinstance(last, Finished)
    assert last.pixels == b"painting"


def test_an_upload_that_broke_goes_on_where_it_broke(hall: Hall) -> None:
    (content, data), (style, _) = pair()
    hall.client("krita", artist="ann")
    hall.say("krita", *encode(Submit("one", (content, style))))
    hall.broker.receive(b"krita", encode(Chunk("one", 0, 0), data))
    hall.carry()
    hall.broker.vanished(b"krita")
    del hall.clients[b"krita"]
    hall.client("again", artist="ann")
    hall.broker.receive(b"again", encode(Submit("one", (content, style))))
    credits = [
        message
        for letter in hall.broker.letters()
        if isinstance(message := decode(letter.frames)[0], Credit)
    ]
    assert [(credit.have, credit.limit) for credit in credits] == [(256, 256), (0, 256)]
    submit(hall, "again")
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("again")[-1], Finished)


def test_what_a_lost_connection_had_on_its_way_does_no_harm(hall: Hall) -> None:
    (content, data), (style, _) = pair()
    hall.client("krita", artist="ann")
    hall.say("krita", *encode(Submit("one", (content, style))))
    hall.client("again", artist="ann")
    hall.say("again", *encode(Submit("one", (content, style))))
    hall.broker.receive(b"krita", encode(Chunk("one", 0, 0), data[::-1]))
    hall.carry()
    assert hall.failures("krita") == hall.failures("again") == []
    submit(hall, "again")
    assert hall.worker.begun == [data]


def test_two_clients_of_an_artist_both_follow_a_job_and_fetch_it(hall: Hall) -> None:
    hall.client("krita", artist="ann")
    submit(hall, "krita")
    hall.client("terminal", artist="ann").follow("one", pixels=False)
    hall.carry()
    hall.worker.progress(1)
    hall.worker.finish(b"painting")
    hall.carry()
    assert isinstance(hall.heard("krita")[-1], Finished)
    told = hall.heard("terminal")
    assert any(isinstance(event, Progressed) for event in told)
    assert isinstance(told[-1], Result)


def test_a_nameless_job_ends_with_its_connection_or_its_daemon(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.restart()
    up(hall)
    assert hall.worker.begun == []
    hall.client("ben")
    assert set(states(hall, "ben").values()) == {"cancelled"}


def test_a_result_is_kept_after_it_was_acknowledged_until_room_is_needed(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann")
    hall.worker.finish()
    hall.carry()
    ann.received("one")
    hall.carry()
    ann.jobs()
    hall.carry()
    assert [report.id for e in hall.heard("ann") for report in getattr(e, "jobs", ())] == []
    ann.follow("one")
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)


# --- a daemon that is killed


def test_every_accepted_job_goes_on_after_the_daemon_was_killed(hall: Hall) -> None:
    hall.client("ann", artist="ann")
    for job in ("one", "two"):
        submit(hall, "ann", job)
    hall.worker.save(3.0, step=7)
    hall.carry()
    hall.restart()
    up(hall)
    assert hall.worker.resumed == [{"checkpoints": 1, "served": 3.0}]
    hall.worker.finish(b"first")
    hall.carry()
    hall.worker.finish(b"second")
    hall.carry()
    ann = hall.client("ann", artist="ann")
    for job, pixels in (("one", b"first"), ("two", b"second")):
        ann.follow(job)
        hall.carry()
        last = hall.heard("ann")[-1]
        assert isinstance(last, Finished)
        assert last.pixels == pixels


def test_a_daemons_end_is_not_held_against_a_job(hall: Hall) -> None:
    hall.client("ann", artist="ann")
    submit(hall, "ann")
    for _ in range(3):
        hall.restart()
        up(hall)
        assert hall.worker.job is not None
    hall.client("ann", artist="ann")
    [report] = jobs_of(hall, "ann")
    assert (report.state, report.crashes) == ("running", 0)


def test_a_client_that_comes_back_after_a_restart_keeps_its_place(hall: Hall) -> None:
    for name in ("ann", "ben"):
        hall.client(name, artist=name)
        submit(hall, name, name)
        submit(hall, name, f"{name} 2".replace(" ", "-"))
    session = hall.clients[b"ben"]
    hall.heard("ben")
    hall.restart()
    hall.clients[b"ben"] = session
    session.again()
    hall.carry()
    told = [(e.job, e.position) for e in hall.heard("ben") if isinstance(e, Accepted)]
    assert told == [("ben", 1), ("ben-2", 3)]


# --- a worker that is lost


def test_only_the_job_at_hand_is_blamed_for_a_crash(hall: Hall) -> None:
    put_anns_job_aside(hall)
    assert hall.worker.job == "2"
    hall.lose()
    crashes = {report.id: report.crashes for report in jobs_of(hall, "ann")}
    assert crashes == {"ann": 0, "ben": 1}
    told = [e.report for e in hall.heard("ben") if isinstance(e, Standing)]
    assert [(report.state, report.notices) for report in told] == [("queued", ("It died.",))]


def test_a_worker_that_dies_before_it_began_is_nobodys_crash(hall: Hall) -> None:
    hall.lose()
    hall.client("ann", artist="ann")
    submit(hall, "ann")
    hall.lose()
    hall.lose()
    [report] = jobs_of(hall, "ann")
    assert (report.state, report.crashes) == ("queued", 0)


# --- pause, priority, cancel


def test_a_paused_job_is_saved_leaves_its_worker_and_goes_on_later(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    ann.pause("one")
    hall.carry()
    assert hall.worker.asked_back is not None
    assert not hall.worker.asked_back.warm
    hall.worker.save(1.0)
    hall.worker.give_back(warm=False)
    hall.carry()
    assert states(hall, "ann") == {"one": "paused", "two": "running"}
    hall.worker.finish()
    hall.carry()
    assert hall.worker.job is None
    ann.resume("one")
    hall.carry()
    assert hall.worker.resumed[-1] == {"checkpoints": 1, "served": 1.0}
    assert states(hall, "ann")["one"] == "running"


def test_a_waiting_job_is_paused_at_once_and_stays_so_over_a_restart(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    ann.pause("two")
    hall.carry()
    assert states(hall, "ann") == {"one": "running", "two": "paused"}
    hall.restart()
    up(hall)
    hall.worker.finish()
    hall.carry()
    assert hall.worker.job is None


def test_a_job_that_is_resumed_before_it_was_saved_goes_on(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann")
    ann.pause("one")
    hall.carry()
    ann.resume("one")
    hall.carry()
    hall.worker.give_back(warm=False)
    hall.carry()
    assert states(hall, "ann") == {"one": "running"}


def test_what_cannot_be_paused_or_resumed_is_said_in_a_sentence(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann")
    ann.resume("one")
    hall.carry()
    [failure] = [e for e in hall.heard("ann") if isinstance(e, Failure)]
    assert (failure.code, failure.sentence) == (
        "state",
        "The job is running: it cannot be resumed.",
    )
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)


def test_a_job_that_is_cancelled_while_it_is_being_paused_is_cancelled(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann")
    ann.pause("one")
    hall.carry()
    cancel(hall, "ann")
    hall.carry()
    assert states(hall, "ann") == {"one": "cancelled"}
    assert hall.worker.jobs == {}


def test_priority_reorders_an_artists_own_jobs_and_nobody_elses(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    hall.client("ben", artist="ben")
    for job in ("one", "two", "three"):
        submit(hall, "ann", job)
    submit(hall, "ben", "four")
    ann.prioritise("three", 5)
    hall.carry()
    positions = {report.id: report.position for report in jobs_of(hall, "ann")}
    waiting = {job: place for job, place in positions.items() if place is not None}
    assert sorted(waiting, key=lambda job: waiting[job]) == ["three", "four", "two"]


# --- what a slow reader gets


def test_a_client_gets_a_preview_only_when_it_has_seen_the_last(hall: Hall) -> None:
    hall.client("ann", artist="ann")
    submit(hall, "ann")
    hall.heard("ann")
    for step in (1, 2, 3):
        hall.worker.progress(step, preview=True)
        told = hall.worker.letters.popleft()
        hall.broker.shifts.receive("test", told)
    letters = list(hall.broker.letters())
    assert [len(letter.frames) for letter in letters] == [2, 1, 1]
    hall.clients[b"ann"].receive(letters[0].frames)  # it says that it has seen it
    hall.carry()
    hall.worker.progress(4, preview=True)
    hall.carry()
    *_, last = hall.heard("ann")
    assert isinstance(last, Progressed)
    assert last.preview == bytes(3)


# --- the end


def test_a_drained_daemon_finishes_what_runs_keeps_the_queue_and_takes_nothing_new(
    hall: Hall,
) -> None:
    ann = hall.client("ann", artist="ann")
    hall.client("ben", artist="ben")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    hall.heard("ben")
    ann.drain()
    hall.carry()
    [status] = [e for e in hall.heard("ben") if isinstance(e, Status)]
    assert status.draining
    submit(hall, "ben", "three")
    assert hall.failures("ben") == [("draining", "three")]
    assert not hall.broker.shifts.over
    hall.wait(10 * QUANTUM)
    assert hall.worker.asked_back is None
    hall.worker.finish()
    hall.carry()
    assert hall.broker.shifts.over
    assert hall.worker.begun == [pair()[0][1]]
    hall.restart()
    up(hall)
    assert hall.worker.job == "2"


def test_a_daemon_that_is_drained_saves_what_was_put_aside(hall: Hall) -> None:
    put_anns_job_aside(hall)
    hall.clients[b"ann"].drain()
    hall.carry()
    assert set(hall.worker.jobs) == {"2"}
    hall.worker.finish()
    hall.carry()
    assert hall.broker.shifts.over


def test_a_daemon_that_is_stopped_asks_for_all_its_jobs_and_ends_without_them(hall: Hall) -> None:
    put_anns_job_aside(hall)
    hall.broker.leave("Bye.")
    hall.carry()
    assert not hall.broker.shifts.over
    hall.worker.save()
    hall.worker.give_back(warm=False)
    hall.carry()
    assert hall.broker.shifts.over
    hall.restart()
    hall.client("ann", artist="ann")
    assert states(hall, "ann") == {"ann": "queued", "ben": "queued"}


# --- a disk that is full


def test_a_result_that_the_disk_refuses_is_kept_until_there_is_room(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.client("ann", artist="ann")
    submit(hall, "ann", "one")
    submit(hall, "ann", "two")
    real = hall.store.finish

    def refuse(*_words: Any) -> None:
        raise DiskFullError(hall.folder)

    monkeypatch.setattr(hall.store, "finish", refuse)
    hall.worker.finish(b"painting")
    hall.carry()
    assert hall.worker.job is None  # nothing is begun that could not be written down
    assert hall.failures("ann") == []
    monkeypatch.setattr(hall.store, "finish", real)
    hall.wait(RETRY_SECONDS)
    finished = [e for e in hall.heard("ann") if isinstance(e, Finished)]
    assert [done.pixels for done in finished] == [b"painting"]
    assert hall.worker.job == "2"


def test_an_upload_that_the_disk_refuses_can_be_sent_again(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    hall.heard("ann")
    hall.free = 0
    submit(hall, "ann")
    assert hall.failures("ann") == [("disk-full", "one")]
    hall.free = 1 << 40
    ann.submit("one", Settings(), pair())
    hall.carry()
    assert hall.worker.begun == [pair()[0][1]]


# --- several devices


def test_two_devices_work_on_two_artists_jobs_at_once(make_hall: Make) -> None:
    hall = make_hall(devices=("test", "test"))
    up(hall)
    for name in ("ann", "ben"):
        hall.client(name, artist=name)
        submit(hall, name, name)
    assert [worker.job for worker in hall.workers.values()] == ["1", "2"]
    hall.wait(3 * QUANTUM)
    assert all(worker.asked_back is None for worker in hall.workers.values())


def test_a_job_moves_to_another_device_only_once_it_is_saved(make_hall: Make) -> None:
    hall = make_hall(devices=("test", "test"))
    first, second = hall.workers.values()
    first.load()
    hall.carry()
    for name in ("ann", "ben"):
        hall.client(name, artist=name)
        submit(hall, name, name)
    hall.wait(QUANTUM)
    first.give_back(QUANTUM)
    hall.carry()
    assert (first.job, set(first.jobs)) == ("2", {"1", "2"})
    first.deaf = True
    second.load()
    hall.carry()
    assert second.jobs == {}  # ann's job still lies with the first
    first.deaf = False
    first.put_away("1")
    hall.carry()
    assert (first.job, second.job) == ("2", "1")


def test_an_idle_device_is_lent_to_a_large_canvas_and_comes_back_when_it_is_needed(
    make_hall: Make,
) -> None:
    hall = make_hall(devices=("test", "test"))
    first, second = hall.workers.values()
    for worker in (first, second):
        worker.appraisals[7] = Appraised("0", 600.0, 1 << 20, tiles=16, tile_memory=1 << 20)
    up(hall)
    hall.client("ann", artist="ann")
    submit(hall, "ann", "large", seed=7)
    assert first.lent == [("test",)]
    assert second.job is None
    first.deaf = True
    hall.client("ben", artist="ben")
    submit(hall, "ben", "small")
    assert first.lent[-1] == ()
    assert second.job is None  # its device is still in use
    first.returned()
    hall.carry()
    assert second.job == "2"
    second.finish()
    hall.carry()
    assert first.lent[-1] == ("test",)


@pytest.mark.parametrize(
    ("other", "lent"),
    [("cuda:1 H100", True), ("cuda:1 A100", False), ("cpu (2 threads)", False)],
)
def test_a_device_is_lent_only_to_one_of_its_own_kind(
    make_hall: Make, other: str, lent: bool
) -> None:
    hall = make_hall(devices=("cuda:0", "other"))
    first, second = hall.workers.values()
    first.device, second.device = "cuda:0 H100", other
    for worker in (first, second):
        worker.appraisals[7] = Appraised("0", 600.0, 1 << 20, tiles=16, tile_memory=1 << 20)
    up(hall)
    hall.client("ann", artist="ann")
    submit(hall, "ann", "large", seed=7)
    assert bool(first.lent or second.lent) == lent


def test_other_pictures_under_the_same_id_are_refused(hall: Hall) -> None:
    ann = hall.client("ann", artist="ann")
    submit(hall, "ann")
    ann.submit("one", Settings(), [picture("content", seed=8), picture("style", seed=9)])
    hall.carry()
    assert hall.failures("ann") == [("duplicate", "one")]
