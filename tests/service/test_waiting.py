"""The queue as artists see it: who begins before whom, and how long it will take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gramarye.service.waiting import Waiter, positions, seconds_left

WAITERS = st.lists(
    st.builds(
        lambda artist, left, priority, begun: (artist, left, priority, begun),
        st.sampled_from("abc"),
        st.floats(0, 100),
        st.integers(-2, 2),
        st.booleans(),
    ),
    max_size=12,
).map(
    lambda rows: [
        Waiter(str(turn), artist, turn, left, priority, begun)
        for turn, (artist, left, priority, begun) in enumerate(rows)
    ]
)


def test_everybodys_first_job_comes_before_anybodys_second() -> None:
    jobs = [Waiter("a1", "a", 1, None), Waiter("a2", "a", 2, None), Waiter("b1", "b", 3, None)]
    assert positions(jobs) == {"a1": 0, "b1": 1, "a2": 2}


def test_a_job_that_has_begun_has_no_place_but_counts_for_its_artist() -> None:
    jobs = [
        Waiter("a1", "a", 1, None, begun=True),
        Waiter("a2", "a", 2, None),
        Waiter("b1", "b", 3, None),
    ]
    assert positions(jobs) == {"b1": 0, "a2": 1}


@given(WAITERS)
def test_places_are_the_first_numbers_and_keep_each_artists_order(jobs: list[Waiter]) -> None:
    places = positions(jobs)
    assert sorted(places.values()) == list(range(sum(not job.begun for job in jobs)))
    for artist in "abc":
        mine = [job for job in jobs if job.artist == artist and not job.begun]
        ordered = sorted(mine, key=lambda job: places[job.key])
        assert ordered == sorted(mine, key=lambda job: (-job.priority, job.turn))


def test_an_artist_alone_waits_for_their_own_jobs() -> None:
    jobs = [Waiter("a1", "a", 1, 10.0), Waiter("a2", "a", 2, 5.0)]
    assert seconds_left(jobs, 1) == {"a1": 10.0, "a2": 15.0}


def test_a_short_job_beside_a_long_one_takes_about_twice_its_time() -> None:
    jobs = [Waiter("long", "a", 1, 600.0), Waiter("short", "b", 2, 3.0)]
    assert seconds_left(jobs, 1) == {"long": 603.0, "short": 6.0}
    assert seconds_left(jobs, 2) == {"long": 600.0, "short": 3.0}


def test_a_job_without_an_estimate_hides_what_comes_after_it_and_nothing_else() -> None:
    jobs = [
        Waiter("a1", "a", 1, None),
        Waiter("a2", "a", 2, 5.0),
        Waiter("b1", "b", 3, 4.0),
    ]
    assert seconds_left(jobs, 1) == {"a1": None, "a2": None, "b1": 8.0}


@pytest.mark.parametrize("devices", [0])
def test_without_a_device_nothing_is_promised(devices: int) -> None:
    assert seconds_left([Waiter("a1", "a", 1, 1.0)], devices) == {"a1": None}


@given(WAITERS, st.integers(1, 4))
def test_the_last_job_of_all_ends_when_all_work_is_done_on_one_device_and_no_sooner_than_that(
    jobs: list[Waiter], devices: int
) -> None:
    told = seconds_left(jobs, devices)
    total = sum(job.left or 0.0 for job in jobs)
    for job in jobs:
        left = told[job.key]
        assert left is not None
        assert (job.left or 0.0) - 1e-9 <= left <= total + 1e-9
    if jobs and devices == 1:
        assert max(left or 0.0 for left in told.values()) == pytest.approx(total)
