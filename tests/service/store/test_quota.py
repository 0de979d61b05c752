"""What one artist, and all together, may keep; and what goes to make room."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.service.errors import RefusedError
from gramarye.service.store.errors import DiskFullError
from gramarye.service.store.lifecycle import State
from gramarye.service.store.quota import SPARE_BYTES, Quota
from gramarye.service.store.store import Store

from ..pictures import pair, picture
from .conftest import Clock
from .orders import accepted, bring, files, finished, order, saved, settled

PLANE = 8 * 8 * 4
JOB = 3 * PLANE
"""Bytes of a small job: content, style, and the room for its result."""


def opened(tmp_path: Path, quota: Quota, free: int = 1 << 40) -> Store:
    clock = Clock()

    def tick() -> float:
        clock.now += 1
        return clock.now

    return Store(tmp_path, quota, tick, lambda directory: free)


def painted(store: Store, name: str, seed: int, artist: str = "ann") -> int:
    """A finished job with a result of its own, as large as its content."""
    return finished(store, accepted(store, name, seed, artist), bytes([seed]) * PLANE).id


@pytest.mark.parametrize(
    ("quota", "code", "words"),
    [
        (Quota(jobs=2), "too-many", "2 of your jobs are waiting"),
        (Quota(pixels=5 * 64), "too-large", "million pixels"),
        (Quota(artist_bytes=3 * JOB - 1), "too-large", "Fetch your results"),
    ],
)
def test_an_artist_s_jobs_are_bounded_and_nobody_else_is_touched(
    tmp_path: Path, quota: Quota, code: str, words: str
) -> None:
    with opened(tmp_path, quota) as store:
        first = accepted(store, "first", 1)
        accepted(store, "second", 2)
        before = files(tmp_path)
        with pytest.raises(RefusedError, match=words) as caught:
            store.submit(order("third"))
        assert caught.value.code == code
        assert store.questions.find("ann", "third") is None
        assert files(tmp_path) == before
        store.submit(order("third", artist="bob"))
        store.cancel(first.id)
        store.submit(order("third"))


def test_a_known_order_is_answered_even_where_a_new_one_would_be_refused(tmp_path: Path) -> None:
    with opened(tmp_path, Quota(jobs=1)) as store:
        job = store.submit(order())
        assert store.submit(order()) == job


def test_announced_bytes_count_before_they_are_here(tmp_path: Path) -> None:
    with opened(tmp_path, Quota(directory_bytes=2 * JOB)) as store:
        store.submit(order("first"))
        store.submit(order("second", artist="bob"))
        with pytest.raises(RefusedError, match="full of jobs") as caught:
            store.submit(order("third", artist="eve"))
        assert caught.value.code == "busy"


def test_a_result_counts_for_its_artist_until_it_is_acknowledged(tmp_path: Path) -> None:
    with opened(tmp_path, Quota(artist_bytes=JOB + PLANE - 1)) as store:
        job = painted(store, "first", 1)
        with pytest.raises(RefusedError, match="Fetch your results"):
            store.submit(order("second"))
        store.acknowledge(job)
        store.submit(order("second"))


def test_acknowledged_results_go_to_make_room_the_oldest_first_and_no_other(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, Quota(directory_bytes=4 * PLANE + JOB - 1)) as store:
        unread, older, newer, newest = (painted(store, f"{n}", n) for n in range(1, 5))
        for job in (newest, older, newer):
            store.acknowledge(job)
        store.submit(order("next", [picture("content", seed=80), picture("style", seed=81)]))
        states = {job.id: job.state for job in store.questions.jobs_of("ann")}
        assert states[older] is State.EXPIRED
        assert {states[unread], states[newer], states[newest]} == {State.DONE}


def test_what_nobody_has_fetched_is_never_given_up(tmp_path: Path) -> None:
    with opened(tmp_path, Quota(directory_bytes=2 * PLANE + JOB - 1)) as store:
        jobs = [painted(store, f"{n}", n) for n in range(1, 3)]
        with pytest.raises(RefusedError, match="nobody has fetched yet"):
            store.submit(order("next"))
        assert all(store.questions.job(job).result for job in jobs)


def test_a_job_that_is_too_large_for_the_disk_is_refused_before_a_byte_comes(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, Quota(), free=SPARE_BYTES + JOB - 1) as store:
        with pytest.raises(DiskFullError, match=r"is full\. Free some space"):
            store.submit(order())
        assert store.questions.jobs_of("ann") == []


def test_what_has_arrived_of_a_plane_is_not_waited_for_again(tmp_path: Path) -> None:
    def free(directory: Path) -> int:
        return SPARE_BYTES + 2 * JOB - sum(files(directory).values())

    with Store(tmp_path, free=free) as store:
        job = store.submit(order("first"))
        store.plane_part(job.id, 0).append(0, bytes(PLANE))
        store.submit(order("second"))
        with pytest.raises(DiskFullError):
            store.submit(order("third"))


def test_the_room_promised_to_one_job_is_not_promised_to_another(tmp_path: Path) -> None:
    with opened(tmp_path, Quota(), free=SPARE_BYTES + 2 * JOB) as store:
        store.submit(order("first"))
        store.submit(order("second"))
        with pytest.raises(DiskFullError):
            store.submit(order("third"))


def test_a_full_disk_too_takes_acknowledged_results_first(tmp_path: Path) -> None:
    job = 0

    def free(directory: Path) -> int:
        kept = sum(path.stat().st_size for path in (directory / "blobs").iterdir())
        return SPARE_BYTES + JOB + PLANE - 1 - kept

    with Store(tmp_path, free=free) as store:
        job = painted(store, "first", 1)
        with pytest.raises(DiskFullError):
            store.submit(order("second"))
        store.acknowledge(job)
        store.submit(order("second"))
        assert store.questions.job(job).state is State.EXPIRED


def test_a_checkpoint_for_which_there_is_no_room_is_refused_and_the_job_goes_on(
    tmp_path: Path,
) -> None:
    with opened(tmp_path, Quota(directory_bytes=JOB + 10)) as store:
        job = bring(store, store.submit(order()), pair())
        store.start(job.id)
        assert len(saved(store, job.id, b"small").checkpoints) == 1
        with pytest.raises(RefusedError):
            saved(store, job.id, b"large state")
        assert not list(store.blobs.incoming.iterdir())
        assert len(store.questions.job(job.id).checkpoints) == 1
        done = store.finish(job.id, "{}", settled(store.result_part(job.id), bytes(PLANE)))
        assert done.state is State.DONE
