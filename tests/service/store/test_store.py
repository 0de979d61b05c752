"""A job's life in the store, and what is left on the disk of it."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from gramarye.service.store.blobs import Part
from gramarye.service.store.checkpoints import new_part
from gramarye.service.store.errors import (
    DifferentJobError,
    DiskFullError,
    NoSuchJobError,
    TransitionError,
)
from gramarye.service.store.lifecycle import State
from gramarye.service.store.store import Store
from gramarye_protocol import GarbageError

from ..pictures import pair, picture
from .conftest import Clock
from .orders import accepted, bring, files, finished, order, reopened, saved, settled, sha256

HOUR = 3600.0


# --- it arrives


def test_a_job_is_queued_with_its_last_plane_and_keeps_what_it_was_told(store: Store) -> None:
    job = store.submit(order(settings='{"size": 512}', priority=3))
    assert job.state is State.UPLOADING
    job = store.plane_here(job.id, 1, settled(store.plane_part(job.id, 1), pair()[1][1]))
    assert job.state is State.UPLOADING
    job = bring(store, job)
    assert job.state is State.QUEUED
    assert (job.artist, job.name, job.settings, job.priority) == ("ann", "one", '{"size": 512}', 3)
    assert [held.plane for held in job.planes] == [plane for plane, _ in pair()]
    assert [bytes(store.blobs.view(held.sha256)) for held in job.planes] == [
        data for _, data in pair()
    ]


def test_the_same_order_again_is_the_same_job_wherever_it_stands(
    store: Store, clock: Clock
) -> None:
    first = store.submit(order())
    assert store.submit(order(settings='{ "strength":50 }')) == first
    bring(store, first)
    assert store.submit(order()).state is State.QUEUED
    done = finished(store, first)
    assert store.submit(order()) == done
    with reopened(store, clock) as later:
        assert later.submit(order()) == done


def test_another_order_under_the_same_id_is_refused_and_the_first_goes_on(store: Store) -> None:
    first = bring(store, store.submit(order()))
    for other in (order(settings='{"strength": 51}'), order(pictures=pair(4, 4))):
        with pytest.raises(DifferentJobError, match="another job one of yours") as caught:
            store.submit(other)
        assert caught.value.code == "duplicate"
    assert store.questions.queued() == [first]


def test_two_artists_may_use_the_same_id(store: Store) -> None:
    ann, bob = (store.submit(order(artist=artist)) for artist in ("ann", "bob"))
    assert ann.id != bob.id
    assert store.questions.find("bob", "one") == bob
    assert store.questions.jobs_of("ann") == [ann]
    assert store.questions.find("eve", "one") is None


def test_pictures_that_are_here_need_not_come_again(store: Store) -> None:
    accepted(store)
    content, style = picture("content"), picture("style", seed=9)
    job = store.submit(order("two", [content, style]))
    assert [held.here for held in job.planes] == [True, False]
    assert store.have(job, 0) == content[0].nbytes
    again = store.submit(order("three", [content, picture("style", seed=1)]))
    assert again.state is State.QUEUED


def test_two_uploads_of_one_picture_do_not_disturb_each_other(store: Store, tmp_path: Path) -> None:
    first, second = store.submit(order("first")), store.submit(order("second"))
    store.plane_part(second.id, 0).append(0, pair()[0][1][:100])
    bring(store, first)
    assert store.have(store.questions.job(second.id), 0) == 100, "its transfer goes on"
    assert store.submit(order("second")).state is State.QUEUED, "or the client asks anew"
    assert len(files(tmp_path / "data")) == 2


def test_a_plane_of_another_job_is_not_taken(store: Store, tmp_path: Path) -> None:
    job = store.submit(order())
    for place, data in ((0, pair()[1][1]), (2, pair()[0][1])):
        wrong = settled(store.plane_part(job.id, place), data)
        with pytest.raises(GarbageError, match="not awaited"):
            store.plane_here(job.id, place, wrong)
    assert files(tmp_path / "data") == {}


def test_a_plane_for_a_job_that_was_cancelled_meanwhile_leaves_nothing(
    store: Store, tmp_path: Path
) -> None:
    job = store.submit(order())
    late = settled(store.plane_part(job.id, 0), pair()[0][1])
    store.cancel(job.id)
    later = settled(store.plane_part(job.id, 0), pair()[0][1])
    for one in (late, later):
        with pytest.raises(TransitionError):
            store.plane_here(job.id, 0, one)
    assert files(tmp_path / "data") == {}


# --- it is worked on


def test_jobs_wait_in_the_order_of_acceptance_within_their_priority(store: Store) -> None:
    slow = store.submit(order("slow", pair(4, 4)))
    accepted(store, "first", 1)
    accepted(store, "second", 2)
    urgent = [picture("content", seed=50), picture("style", seed=51)]
    bring(store, store.submit(order("urgent", urgent, priority=1)), urgent)
    bring(store, slow, pair(4, 4))
    names = [job.name for job in store.questions.queued()]
    assert names == ["urgent", "first", "second", "slow"]


def test_a_job_that_is_paused_or_put_back_keeps_its_place(store: Store) -> None:
    first, second = accepted(store, "first", 1), accepted(store, "second", 2)
    store.start(first.id)
    store.pause(first.id, served=4.0)
    assert store.questions.queued() == [second]
    store.resume(first.id)
    store.start(first.id)
    job = store.put_back(first.id, served=1.5)
    assert job.served == 5.5
    assert [job.name for job in store.questions.queued()] == ["first", "second"]


def test_a_finished_job_keeps_its_result_and_nothing_else(store: Store, tmp_path: Path) -> None:
    job = accepted(store)
    store.start(job.id)
    saved(store, job.id, b"state", 10.0)
    result = settled(store.result_part(job.id), b"painted")
    job = store.finish(job.id, '{"steps": 9}', result, 2.5)
    assert job.state is State.DONE
    assert job.served == 12.5
    assert (job.planes, job.checkpoints) == ((), ())
    assert job.result is not None
    assert (job.result.descriptor, job.result.size) == ('{"steps": 9}', 7)
    assert bytes(store.blobs.view(job.result.sha256)) == b"painted"
    assert files(tmp_path / "data") == {sha256(b"painted"): 7}


def test_a_job_ends_once(store: Store, tmp_path: Path) -> None:
    job = finished(store, accepted(store))
    with pytest.raises(TransitionError):
        store.finish(job.id, "{}", settled(store.result_part(job.id), b"other"))
    with pytest.raises(TransitionError):
        store.fail(job.id, "late", "Too late.")
    with pytest.raises(TransitionError):
        store.cancel(job.id)
    assert store.questions.job(job.id) == job
    assert files(tmp_path / "data") == {sha256(b"painted"): 7}


def test_the_last_two_checkpoints_are_kept_newest_first(store: Store, tmp_path: Path) -> None:
    job = accepted(store)
    store.start(job.id)
    for state in (b"first", b"second", b"third"):
        job = saved(store, job.id, state, 10.0)
    assert [held.sha256 for held in job.checkpoints] == [sha256(b"third"), sha256(b"second")]
    assert json.loads(job.checkpoints[0].descriptor) == {"state": b"third".hex()}
    assert job.served == 30.0
    assert sha256(b"first") not in files(tmp_path / "data")
    job = saved(store, job.id, b"third", 1.0)
    assert [held.sha256 for held in job.checkpoints] == [sha256(b"third")] * 2
    assert sha256(b"third") in files(tmp_path / "data")
    assert sha256(b"second") not in files(tmp_path / "data")


def test_a_checkpoint_may_be_written_while_the_last_one_waits_for_its_name(store: Store) -> None:
    job = accepted(store)
    store.start(job.id)
    first = settled(new_part(store.blobs.incoming, job.id), b"first")
    second = settled(new_part(store.blobs.incoming, job.id), b"second")
    store.checkpoint(job.id, "{}", first, 1.0)
    job = store.checkpoint(job.id, "{}", second, 1.0)
    states = [bytes(store.blobs.view(held.sha256)) for held in job.checkpoints]
    assert states == [b"second", b"first"]


def test_a_checkpoint_of_a_job_that_is_not_running_leaves_nothing(
    store: Store, tmp_path: Path
) -> None:
    job = accepted(store)
    before = files(tmp_path / "data")
    with pytest.raises(TransitionError):
        saved(store, job.id, b"state", 1.0)
    assert files(tmp_path / "data") == before


def test_a_crash_of_the_worker_is_forgiven_once(store: Store, tmp_path: Path) -> None:
    job = accepted(store)
    store.start(job.id)
    saved(store, job.id, b"state", 10.0)
    new_part(store.blobs.incoming, job.id).append(0, b"half a state")
    job = store.lost(job.id, "The worker ended.")
    assert (job.state, job.crashes, job.code) == (State.QUEUED, 1, "")
    assert job.notices == ("The worker ended.",)
    assert len(job.checkpoints) == 1
    assert not [name for name in files(tmp_path / "data") if name.endswith(".part")]
    store.start(job.id)
    job = store.lost(job.id, "It ended again.")
    assert (job.state, job.crashes) == (State.FAILED, 2)
    assert (job.code, job.sentence) == ("worker-died", "It ended again.")
    assert files(tmp_path / "data") == {}


def test_a_failed_job_tells_why_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    job = store.fail(accepted(store).id, "memory", "Too large for this device.")
    assert (job.state, job.code) == (State.FAILED, "memory")
    assert job.sentence == "Too large for this device."
    assert files(tmp_path / "data") == {}


@pytest.mark.parametrize("when", ["uploading", "queued", "running", "paused"])
def test_a_cancelled_job_leaves_nothing(store: Store, tmp_path: Path, when: str) -> None:
    if when == "uploading":
        job = store.submit(order())
        store.plane_part(job.id, 0).append(0, b"half")
    else:
        job = accepted(store)
    if when == "running":
        store.start(job.id)
        store.result_part(job.id).append(0, b"half")
    if when == "paused":
        store.pause(job.id)
    assert store.cancel(job.id).state is State.CANCELLED
    assert files(tmp_path / "data") == {}


def test_pictures_of_two_jobs_live_until_both_have_ended(store: Store, tmp_path: Path) -> None:
    first, second = accepted(store, "first"), accepted(store, "second")
    store.cancel(first.id)
    assert len(files(tmp_path / "data")) == 2
    job = finished(store, second)
    assert files(tmp_path / "data") == {sha256(b"painted"): 7}
    assert job.result is not None


def test_the_same_result_of_two_jobs_lives_until_both_let_it_go(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    finished(store, accepted(store, "first", 1))
    clock.now += HOUR
    finished(store, accepted(store, "second", 2))
    store.expire(HOUR)
    assert files(tmp_path / "data") == {sha256(b"painted"): 7}
    clock.now += HOUR
    store.expire(HOUR)
    assert files(tmp_path / "data") == {}


def test_a_result_is_not_lost_when_the_disk_is_full_at_its_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = accepted(store)
    store.start(job.id)
    ready = settled(store.result_part(job.id), b"painted")

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(DiskFullError):
            store.finish(job.id, "{}", ready)
    assert store.questions.job(job.id).state is State.RUNNING
    assert Part(ready.path).size == 7
    assert store.finish(job.id, "{}", ready).state is State.DONE


# --- it is kept


def test_a_result_is_kept_for_so_long_and_its_end_is_told_for_as_long_again(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    job = finished(store, accepted(store))
    clock.now += HOUR - 1
    assert store.expire(HOUR) == []
    clock.now += 1
    [expired] = store.expire(HOUR)
    assert (expired.id, expired.state, expired.result) == (job.id, State.EXPIRED, None)
    assert files(tmp_path / "data") == {}
    clock.now += HOUR - 1
    store.expire(HOUR)
    assert store.questions.job(job.id).state is State.EXPIRED
    clock.now += 1
    store.expire(HOUR)
    with pytest.raises(NoSuchJobError, match="Send it again"):
        store.questions.job(job.id)


def test_an_accepted_job_never_expires(store: Store, clock: Clock) -> None:
    jobs = [accepted(store, str(index), index) for index in range(3)]
    store.start(jobs[1].id)
    store.pause(jobs[2].id)
    clock.now += 1000 * HOUR
    assert store.expire(HOUR) == []
    assert len(store.questions.unfinished()) == 3


def test_an_upload_that_nobody_goes_on_with_expires(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    job = store.submit(order())
    clock.now += HOUR - 1
    store.plane_here(job.id, 0, settled(store.plane_part(job.id, 0), pair()[0][1]))
    store.plane_part(job.id, 1).append(0, b"half")
    clock.now += 1
    assert store.expire(HOUR) == []
    clock.now += HOUR
    assert [job.state for job in store.expire(HOUR)] == [State.EXPIRED]
    assert files(tmp_path / "data") == {}


def test_only_an_end_can_be_acknowledged(store: Store) -> None:
    job = accepted(store)
    with pytest.raises(TransitionError, match="queued: it cannot be acknowledged"):
        store.acknowledge(job.id)
    job = finished(store, job)
    assert not job.acknowledged
    assert store.acknowledge(job.id).acknowledged
    assert store.acknowledge(job.id).result == job.result


def test_a_notice_is_kept_with_the_others(store: Store) -> None:
    job = store.submit(order())
    store.note(job.id, "The disk is slow.")
    assert store.note(job.id, "Very.").notices == ("The disk is slow.", "Very.")


def test_a_job_that_does_not_exist_is_refused_everywhere(store: Store) -> None:
    for ask in (store.start, store.cancel, store.resume, store.acknowledge, store.questions.job):
        with pytest.raises(NoSuchJobError):
            ask(99)
