"""The daemon ends, or is killed, and another one opens its directory."""

from __future__ import annotations

from pathlib import Path

from gramarye.service.store.checkpoints import new_part
from gramarye.service.store.lifecycle import State
from gramarye.service.store.store import Store

from ..pictures import pair
from .conftest import Clock
from .orders import accepted, bring, files, finished, order, reopened, saved, settled, sha256


def test_an_upload_goes_on_where_it_broke_when_the_daemon_comes_back(
    store: Store, clock: Clock
) -> None:
    job = store.submit(order())
    data = pair()[0][1]
    store.plane_part(job.id, 0).append(0, data[:100])
    with reopened(store, clock) as later:
        again = later.submit(order())
        assert [later.have(again, place) for place in (0, 1)] == [100, 0]
        part = later.plane_part(again.id, 0)
        part.append(100, data[100:])
        again = later.plane_here(again.id, 0, part.settle(again.planes[0].sha256))
        assert later.have(again, 0) == len(data)
        assert bring(later, again).state is State.QUEUED


def test_a_running_job_is_queued_again_without_blame_when_the_daemon_comes_back(
    store: Store, clock: Clock
) -> None:
    first, second = accepted(store, "first", 1), accepted(store, "second", 2)
    store.start(first.id)
    saved(store, first.id, b"state", 10.0)
    for _ in range(3):
        with reopened(store, clock) as store:
            assert [job.id for job in store.questions.queued()] == [first.id, second.id]
            job = store.start(first.id)
            assert (job.crashes, job.served, len(job.checkpoints)) == (0, 10.0, 1)


def test_strays_are_swept_away_when_the_daemon_comes_back(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    job = accepted(store)
    store.start(job.id)
    store.result_part(job.id).append(0, b"half")
    new_part(store.blobs.incoming, job.id).append(0, b"half")
    store.blobs.place(settled(store.blobs.part(77, "plane-0"), b"placed, and killed"))
    with reopened(store, clock) as store:
        assert set(files(tmp_path / "data")) == {held.sha256 for held in job.planes}


def test_a_plane_that_was_placed_just_before_the_crash_counts(store: Store, clock: Clock) -> None:
    job = store.submit(order())
    for place, (_, data) in enumerate(pair()):
        store.blobs.place(settled(store.plane_part(job.id, place), data))
    with reopened(store, clock) as store:
        assert store.submit(order()).state is State.QUEUED


def test_a_job_whose_pictures_somebody_deleted_fails_and_the_others_go_on(
    store: Store, clock: Clock
) -> None:
    broken, whole = accepted(store, "broken", 1), accepted(store, "whole", 2)
    store.blobs.delete(broken.planes[0].sha256)
    with reopened(store, clock) as store:
        job = store.questions.job(broken.id)
        assert (job.state, job.code) == (State.FAILED, "lost-files")
        assert store.questions.queued() == [whole]


def test_a_result_that_somebody_deleted_is_expired(store: Store, clock: Clock) -> None:
    job = finished(store, accepted(store))
    store.blobs.delete(sha256(b"painted"))
    with reopened(store, clock) as store:
        assert store.questions.job(job.id).state is State.EXPIRED


def test_a_checkpoint_that_somebody_deleted_is_forgotten(store: Store, clock: Clock) -> None:
    job = accepted(store)
    store.start(job.id)
    for state in (b"older", b"newer"):
        saved(store, job.id, state, 1.0)
    store.blobs.delete(sha256(b"newer"))
    with reopened(store, clock) as store:
        [left] = store.questions.job(job.id).checkpoints
        assert left.sha256 == sha256(b"older")
