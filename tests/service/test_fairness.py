"""Whose turn it is: shares, overtaking, and how long anybody waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramarye.service.fairness import LEAST, decide
from gramarye.service.standing import (
    QUANTUM,
    Device,
    End,
    Entry,
    Round,
    Slice,
    Snapshot,
    Start,
    line_up,
)

from ..simulation import SWAP, Fair, Outcome, Task, devices, simulate

SLICE = QUANTUM + LEAST
"""The longest turn, without the tile during which it ends."""


class Watched(Fair):
    """The policy, with an eye on every decision."""

    def wait(self, entry: Entry) -> None:
        super().wait(entry)
        self.entries = {**getattr(self, "entries", {}), entry.id: entry}

    def decide(
        self, devices: Sequence[Device], now: float
    ) -> tuple[Sequence[Start | End], float | None]:
        orders, until = super().decide(devices, now)
        starts = {order.device: order for order in orders if isinstance(order, Start)}
        idle = [d for d in devices if d.job is None and d.id not in starts]
        left = [entry for line in self._waiting.values() for entry in line]
        assert not [(d.id, e.id) for d in idle for e in left if e.need <= d.memory]
        for device in devices:
            order = starts.get(device.id)
            if order is not None:
                stays = {j: size for j, size in device.warm.items() if j not in order.moves}
                stays[order.job] = self.entries[order.job].need
                assert sum(stays.values()) <= device.memory
        return orders, until


def device_time(outcome: Outcome, end: float) -> dict[str, float]:
    """Each artist's device seconds until a moment."""
    shares: dict[str, float] = defaultdict(float)
    for stay in outcome.stays:
        shares[stay.task.artist] += max(0.0, min(stay.ended, end) - stay.began)
    return shares


def stays_of(outcome: Outcome, job: str) -> list[tuple[float, float]]:
    return [(stay.began, stay.ended) for stay in outcome.stays if stay.task.id == job]


def batch(artist: str, number: int, work: float, **more: float) -> list[Task]:
    """Jobs that an artist submits at once."""
    return [
        Task(f"{artist} {index}", artist, index, work, **more)  # type: ignore[arg-type]
        for index in range(number)
    ]


def numbered(tasks: Sequence[Task]) -> list[Task]:
    """The same tasks, with the order of arrival that follows from when they come."""
    ordered = sorted(tasks, key=lambda task: task.at)
    return [replace(task, arrival=index) for index, task in enumerate(ordered)]


@st.composite
def crowds(draw: st.DrawFn) -> list[Task]:
    """A few artists' jobs of all kinds; each fits a device with 10 bytes."""
    tasks = []
    for index in range(draw(st.integers(1, 25))):
        work = draw(st.sampled_from([0.3, 1.0, 2.0, 5.0, 30.0]))
        tasks.append(
            Task(
                f"job {index}",
                draw(st.sampled_from("abcd")),
                index,
                work,
                at=draw(st.sampled_from([0.0, 0.5, 1.7, 4.0, 20.0])),
                grain=draw(st.sampled_from([0.1, 0.7, 3.0])),
                estimate=draw(st.sampled_from([None, work, work / 4])),
                memory=draw(st.integers(0, 10)),
                priority=draw(st.integers(-1, 1)),
            )
        )
    return numbered(tasks)


HALLS = st.lists(st.sampled_from([4, 7, 10, 25]), max_size=5).map(
    lambda sizes: [Device(f"device {n}", size) for n, size in enumerate([10, *sizes])]
)


# --- everything is used, and nothing twice


@given(crowds(), HALLS)
@settings(deadline=None)
def test_no_device_idles_while_a_job_waits_that_fits_and_no_memory_is_promised_twice(
    tasks: list[Task], hall: list[Device]
) -> None:
    outcome = simulate(tasks, hall, Watched())
    assert outcome.done.keys() == {task.id for task in tasks}
    sizes = {device.id: device.memory for device in hall}
    assert all(stay.resident <= sizes[stay.device] for stay in outcome.stays)


@pytest.mark.parametrize("count", [1, 2, 8])
def test_an_artist_alone_has_every_device_and_is_never_interrupted(count: int) -> None:
    outcome = simulate(batch("ann", 16, 30.0), devices(count), Fair())
    assert len(outcome.stays) == 16
    assert max(outcome.done.values()) == pytest.approx(16 * 30.0 / count)


def test_as_many_artists_as_devices_keep_one_each_without_a_switch() -> None:
    outcome = simulate(batch("ann", 3, 20.0) + batch("bob", 3, 20.0), devices(2), Fair())
    assert len(outcome.stays) == 6
    assert {(stay.task.artist, stay.device) for stay in outcome.stays} == {
        ("ann", "device 0"),
        ("bob", "device 1"),
    }


# --- shares


@given(st.integers(2, 7), st.integers(1, 7), st.sampled_from([0.05, 0.3, 1.0]))
@settings(deadline=None, max_examples=40)
def test_artists_who_always_want_more_get_the_same_device_time(
    artists: int, count: int, grain: float
) -> None:
    """One has a single canvas, another short jobs, a third previews: within two quanta."""
    sorts = [(120, 1.0), (8, 15.0), (1, 120.0)]
    count = min(count, artists)  # a single canvas can have no more than one device
    tasks = []
    for number in range(artists):
        many, work = sorts[number % len(sorts)]
        tasks += batch(f"artist {number}", many, work, grain=grain, estimate=work)
    outcome = simulate(tasks, devices(count), Fair())
    for end in (50.0, 100.0):
        shares = device_time(outcome, end).values()
        assert max(shares) - min(shares) <= 2 * QUANTUM + grain


def test_what_a_tile_overruns_is_a_debt() -> None:
    coarse = batch("ann", 1, 600.0, grain=9.0)
    fine = batch("bob", 1, 600.0, grain=0.1)
    shares = device_time(simulate(coarse + fine, devices(1), Fair()), 400.0)
    assert abs(shares["ann"] - shares["bob"]) <= 9.0 + QUANTUM


def test_time_that_nobody_else_wanted_is_no_debt() -> None:
    late = [replace(task, at=300.5) for task in batch("bob", 1, 100.0)]
    outcome = simulate(numbered(batch("ann", 1, 500.0) + late), devices(1), Fair())
    after = device_time(outcome, 380.0)
    assert after["ann"] - 300.5 == pytest.approx(after["bob"], abs=2 * QUANTUM)


def test_nor_is_it_when_a_job_ended_in_it() -> None:
    ann = [Task("short", "ann", 0, 300.0), Task("long", "ann", 1, 900.0)]
    others = [Task(artist, artist, 2, 900.0, at=301.0) for artist in ("bob", "cem")]
    outcome = simulate(numbered([*ann, *others]), devices(2), Fair())
    before, after = device_time(outcome, 301.0), device_time(outcome, 361.0)
    assert after["ann"] - before["ann"] == pytest.approx(40.0, abs=2 * QUANTUM)


def test_the_rests_of_several_turns_are_not_saved_for_a_long_one() -> None:
    slices = {f"device {n}": Slice("ann", f"job {n}", 0.0, QUANTUM) for n in range(3)}
    snapshot = Snapshot(line_up([Entry("next", "ann", 3)]), [Device("device 0", 1)])
    [start] = decide(snapshot, Round(1, slices=slices), 0.1).orders
    assert isinstance(start, Start)
    assert start.quantum == QUANTUM


# --- the order among one artist's jobs


@given(crowds())
@settings(deadline=None)
def test_one_artists_jobs_start_by_priority_then_previews_then_as_they_came(
    tasks: list[Task],
) -> None:
    tasks = [replace(task, artist="ann", at=0.0) for task in tasks]
    outcome = simulate(tasks, devices(1, 10), Fair())
    order = sorted(tasks, key=lambda task: task.entry().place)
    assert sorted(outcome.started, key=outcome.started.__getitem__) == [t.id for t in order]


def preview(artist: str, at: float) -> Task:
    return Task(f"{artist}'s preview", artist, 99, 1.0, at=at, estimate=1.0)


def test_a_preview_overtakes_its_own_artists_canvas_at_the_next_tile() -> None:
    canvas = Task("canvas", "ann", 0, 60.0, grain=0.5)
    outcome = simulate([canvas, preview("ann", 10.2)], devices(1), Fair())
    assert outcome.started["ann's preview"] == pytest.approx(10.5)
    assert stays_of(outcome, "canvas")[-1] == pytest.approx((11.5, 61.0))


def test_a_preview_takes_its_time_from_its_own_artists_turn() -> None:
    ours, theirs = Task("ours", "ann", 0, 60.0), Task("theirs", "bob", 1, 60.0)
    alone = simulate([ours, theirs], devices(1), Fair())
    beside = simulate([ours, theirs, preview("ann", 0.45)], devices(1), Fair())
    assert beside.started["ann's preview"] == pytest.approx(0.5)
    assert stays_of(beside, "theirs")[0] == pytest.approx(stays_of(alone, "theirs")[0], abs=0.3)


def test_a_preview_never_overtakes_another_artist_who_waits_longer() -> None:
    ours, theirs = Task("ours", "ann", 0, 60.0), Task("theirs", "bob", 1, 60.0)
    outcome = simulate([ours, theirs, preview("cem", 0.5)], devices(1), Fair())
    assert stays_of(outcome, "ours")[0] == pytest.approx((0.0, QUANTUM))
    assert outcome.started["theirs"] == pytest.approx(QUANTUM)


def test_the_very_next_preview_interrupts_a_turn_after_its_own_length_and_the_turn_goes_on() -> (
    None
):
    ours, theirs = Task("ours", "ann", 0, 60.0), Task("theirs", "bob", 1, 60.0)
    outcome = simulate([ours, theirs, preview("cem", 0.5)], devices(1), Fair())
    assert stays_of(outcome, "theirs")[:2] == [
        pytest.approx((QUANTUM, QUANTUM + 1.0)),
        pytest.approx((QUANTUM + 2.0, QUANTUM + 3.0)),
    ]
    assert outcome.done["cem's preview"] == pytest.approx(QUANTUM + 2.0)


def test_a_second_preview_during_the_same_turn_waits_no_longer_than_the_first() -> None:
    canvas = Task("canvas", "ann", 0, 60.0)
    previews = [Task(f"{at}", "bob", 1, 1.0, at=at, estimate=1.0) for at in (0.5, 2.3)]
    outcome = simulate(numbered([canvas, *previews]), devices(1), Fair())
    assert outcome.started == pytest.approx({"canvas": 0.0, "0.5": 1.0, "2.3": 3.1}, abs=0.11)


def test_who_is_in_debt_interrupts_nobody() -> None:
    turns = Round(
        number=3,
        ring=("bob",),
        due={"ann": 4, "bob": 4},
        deficits={"bob": -7.0},
        slices={"gpu": Slice("ann", "canvas", 0.0, QUANTUM)},
    )
    waiting = line_up([Entry("preview", "bob", 1, seconds=1.0)])
    snapshot = Snapshot(waiting, [Device("gpu", 1, Entry("canvas", "ann", 0))])
    assert decide(snapshot, turns, 1.5).orders == ()
    forgiven = replace(turns, deficits={})
    assert decide(snapshot, forgiven, 1.5).orders == (End("gpu", "canvas"),)


def test_a_preview_that_takes_longer_than_it_said_loses_its_place() -> None:
    liar = Entry("liar", "ann", 1, seconds=1.0, served=QUANTUM + 0.1)
    honest = Entry("honest", "ann", 0, seconds=60.0)
    [start] = decide(Snapshot(line_up([liar, honest]), [Device("gpu", 1)]), Round(), 0.0).orders
    assert start.job == "honest"


def test_a_flood_of_previews_does_not_raise_an_artists_share() -> None:
    flood = batch("ann", 500, 0.3, estimate=0.3)
    outcome = simulate(flood + batch("bob", 1, 300.0), devices(1), Fair())
    shares = device_time(outcome, 100.0)
    assert abs(shares["ann"] - shares["bob"]) <= 2 * QUANTUM


def test_a_higher_priority_takes_the_device_from_the_artists_own_job_only() -> None:
    mine = [Entry("mine", "ann", 0), Entry("urgent", "ann", 2, priority=9)]
    theirs = Entry("theirs", "bob", 1)
    hall = [Device("a", 1, mine[0]), Device("b", 1, theirs)]
    decision = decide(Snapshot(line_up([mine[1]]), hall), Round(), 0.0)
    assert decision.orders == (End("a", "mine"),)


@given(crowds(), st.sampled_from("abcd"), st.integers(-9, 9))
@settings(deadline=None)
def test_priorities_mean_nothing_to_others(tasks: list[Task], artist: str, more: int) -> None:
    raised = [
        replace(task, priority=task.priority + more * (task.artist == artist)) for task in tasks
    ]
    hall = devices(2, 10)
    assert simulate(raised, hall, Fair()).done == simulate(tasks, hall, Fair()).done


# --- how long anybody waits


@given(
    st.sampled_from([1, 2, 8]),
    st.floats(0.0, 60.0),
    st.sampled_from([0.5, 3.0, 30.0]),
    st.sampled_from([0.1, 0.8]),
)
@settings(deadline=None)
def test_a_hundred_jobs_delay_anothers_single_job_by_one_slice_at_most(
    count: int, at: float, work: float, grain: float
) -> None:
    tasks = [*batch("ann", 100, work, grain=grain), Task("single", "bob", 100, 5.0, at=at)]
    outcome = simulate(tasks, devices(count), Fair())
    assert outcome.started["single"] - at <= SLICE + grain + SWAP


@given(st.floats(1.0, 20.0), st.floats(0.1, 1.0), st.floats(QUANTUM, 50.0))
@settings(deadline=None)
def test_a_preview_beside_a_huge_canvas_answers_within_three_times_its_own_time(
    work: float, tile: float, at: float
) -> None:
    """A tile is what the canvas can't be interrupted in; a whole step of it may take minutes."""
    canvas = Task("canvas", "ann", 0, 900.0, grain=tile)
    wanted = Task("preview", "bob", 1, work, at=at, estimate=work)
    outcome = simulate([canvas, wanted], devices(1), Fair())
    assert outcome.done["preview"] - at <= 3 * work


@given(st.floats(1.0, QUANTUM), st.floats(0.1, 1.0), st.lists(st.floats(3.1, 9.0), min_size=1))
@settings(deadline=None)
def test_so_does_every_one_of_a_row_of_previews(
    work: float, tile: float, pauses: list[float]
) -> None:
    previews, at = [], 0.0
    for number, pause in enumerate(pauses):
        previews.append(Task(f"{number}", "bob", 0, work, at=at, estimate=work))
        at += pause * work
    canvas = Task("canvas", "ann", 0, at + 100.0, grain=tile)
    outcome = simulate(numbered([canvas, *previews]), devices(1), Fair())
    assert all(outcome.done[task.id] - task.at <= 3 * work + 1e-6 for task in previews)
    assert outcome.done["canvas"] <= 2 * (at + 100.0)


@given(st.integers(1, 12), st.integers(1, 4), crowds())
@settings(deadline=None)
def test_nobody_starves_however_many_others_come(
    others: int, count: int, tasks: list[Task]
) -> None:
    crowd = [replace(task, artist=f"artist {index % others}") for index, task in enumerate(tasks)]
    single = Task("single", "bob", 0, 5.0, at=1.0)
    outcome = simulate(numbered([*crowd, single]), devices(count, 10), Fair())
    assert outcome.started["single"] - 1.0 <= (others + 1) * (SLICE + 3.0 + SWAP)


def test_who_comes_to_an_artist_alone_starts_at_the_next_tile() -> None:
    tasks = [
        Task("canvas", "ann", 0, 60.0, grain=0.5),
        Task("second", "bob", 1, 60.0, at=10.0, grain=0.5),
        Task("third", "cem", 2, 60.0, at=10.6, grain=0.5),
    ]
    outcome = simulate(tasks, devices(2), Fair())
    assert outcome.started == pytest.approx({"canvas": 0.0, "second": 10.0, "third": 11.0})


def test_a_stream_of_newcomers_starves_nobody() -> None:
    """As many come as a device can serve, each another artist."""
    old = [Task(artist, artist, 0, 100.0) for artist in ("ann", "bob")]
    new = [Task(f"new {n}", f"new {n}", 0, QUANTUM, at=QUANTUM * n) for n in range(60)]
    outcome = simulate(numbered([*old, *new]), devices(1), Fair())
    shares = device_time(outcome, 60 * QUANTUM)
    assert min(shares["ann"], shares["bob"]) >= 5 * QUANTUM
    assert all(outcome.started[task.id] - task.at <= 30 * QUANTUM for task in new)


def test_a_newcomer_gets_no_more_because_a_large_device_stands_still() -> None:
    """A tile of a minute keeps its artist's next turn, and with it the round, far behind."""
    hall = [Device("small", 4), Device("large", 10)]
    tasks = [
        Task("still", "ann", 0, 180.0, grain=60.0, memory=9),
        *(Task(artist, artist, 1, 90.0, memory=4) for artist in ("bob", "cem")),
        Task("new", "dee", 2, 90.0, at=50.0, memory=4),
        Task("waits", "eve", 2, 90.0, at=1.0, memory=9),
    ]
    outcome = simulate(numbered(tasks), hall, Fair())
    before, after = device_time(outcome, 50.0), device_time(outcome, 80.0)
    gains = [after[artist] - before[artist] for artist in ("bob", "cem", "dee")]
    assert max(gains) - min(gains) <= 3 * QUANTUM


def test_a_job_that_needs_the_large_device_keeps_its_place_for_it() -> None:
    hall = [Device("small", 4), Device("large", 10)]
    tasks = batch("ann", 200, 3.0, memory=4) + batch("cem", 200, 3.0, memory=4)
    large = Task("large", "bob", 0, 5.0, at=10.0, memory=9)
    own = [Task(f"own {n}", "bob", 0, 3.0, at=11.0, memory=4) for n in range(50)]
    outcome = simulate(numbered([*tasks, large, *own]), hall, Watched())
    assert outcome.started["large"] - 10.0 <= 3 * (SLICE + 0.1 + SWAP)
    assert outcome.started["large"] < outcome.started["own 0"]


def test_an_artist_whose_small_jobs_run_meanwhile_still_gets_the_large_device() -> None:
    hall = [Device("small", 4), Device("large", 10)]
    tasks = [
        Task("ann's", "ann", 0, 100.0, memory=9),
        Task("bob's", "bob", 1, 100.0, memory=9),
        *(Task(f"small {n}", "bob", 2 + n, 3.0, memory=4) for n in range(50)),
    ]
    outcome = simulate(tasks, hall, Watched())
    assert outcome.started["small 0"] == 0.0
    assert outcome.started["bob's"] == pytest.approx(QUANTUM)
    shares = {"ann's": 0.0, "bob's": 0.0}
    for stay in outcome.stays:
        if stay.device == "large" and stay.began < 60.0:
            shares[stay.task.id] += stay.work
    assert min(shares.values()) >= 15.0


# --- asking


@given(crowds(), HALLS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_same_snapshot_gets_the_same_decision_in_whatever_order_it_is_told(
    tasks: list[Task], hall: list[Device], chance: object
) -> None:
    entries = [task.entry() for task in tasks]
    lines = line_up(entries)
    shuffled = dict(reversed(lines.items()))
    turns = decide(Snapshot(lines, hall), Round(), 0.0)
    assert decide(Snapshot(shuffled, hall), Round(), 0.0) == turns
    assert lines == line_up(reversed(entries))
