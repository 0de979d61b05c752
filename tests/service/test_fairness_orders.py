"""What the policy orders: memory, pauses, devices that are freed or lost, and lending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gramarye.service.fairness import LARGE, decide, lend, misfits
from gramarye.service.standing import (
    QUANTUM,
    Decision,
    Device,
    End,
    Entry,
    Help,
    Round,
    Snapshot,
    Start,
    line_up,
)

# --- memory


def test_a_job_takes_the_smallest_device_that_it_fits() -> None:
    hall = [Device("a", 10), Device("b", 4), Device("c", 7)]
    snapshot = Snapshot(line_up([Entry("job", "ann", 0, memory=3)]), hall)
    [start] = decide(snapshot, Round(), 0.0).orders
    assert start.device == "b"


def test_a_job_that_fits_nowhere_is_named_and_does_not_hold_up_others() -> None:
    huge, fine = Entry("huge", "ann", 0, memory=11), Entry("fine", "ann", 1, memory=10)
    snapshot = Snapshot(line_up([huge, fine]), [Device("gpu", 10), Device("cpu", 4)])
    assert misfits(snapshot) == (huge,)
    [start] = decide(snapshot, Round(), 0.0).orders
    assert (start.device, start.job) == ("gpu", "fine")


def test_what_a_job_really_used_counts_once_it_is_more_than_the_estimate() -> None:
    snapshot = Snapshot(line_up([Entry("job", "ann", 0, memory=3, used=5)]), [Device("gpu", 4)])
    assert decide(snapshot, Round(), 0.0).orders == ()
    assert [entry.id for entry in misfits(snapshot)] == ["job"]


def test_a_job_goes_back_to_where_it_lies_warm_and_only_what_is_in_the_way_is_moved() -> None:
    job = Entry("job", "ann", 0, memory=4)
    hall = [Device("a", 10), Device("b", 10, warm={"job": 4, "other": 3, "third": 5})]
    [start] = decide(Snapshot(line_up([job]), hall), Round(), 0.0).orders
    assert start == Start("b", "job", QUANTUM, moves=("third",))


# --- pause and resume


def given_back(decision: Decision, entries: Sequence[Entry], now: float) -> Decision:
    """The next decision, after the one device gave its job back."""
    return decide(Snapshot(line_up(entries), [Device("gpu", 1)]), decision.round, now)


def test_a_paused_job_leaves_its_device_and_is_not_chosen_until_it_is_resumed() -> None:
    job, other = Entry("job", "ann", 0), Entry("other", "ann", 1)
    running = Device("gpu", 1, replace(job, paused=True))
    decision = decide(Snapshot(line_up([other]), [running]), Round(), 0.0)
    assert decision.orders == (End("gpu", "job"),)
    decision = given_back(decision, [replace(job, paused=True), other], 0.1)
    assert [order.job for order in decision.orders] == ["other"]
    assert given_back(decision, [replace(job, paused=True)], 5.0).orders == ()


def test_a_job_that_is_resumed_has_its_old_place_again() -> None:
    job, other = Entry("job", "ann", 0), Entry("other", "ann", 1)
    decision = decide(Snapshot(line_up([job]), [Device("gpu", 1, other)]), Round(), 0.0)
    assert decision.orders == (End("gpu", "other"),)
    assert [order.job for order in given_back(decision, [job, other], 0.1).orders] == ["job"]


def test_who_pauses_a_job_keeps_the_rest_of_the_turn_for_another() -> None:
    first, second, theirs = Entry("1", "ann", 0), Entry("2", "ann", 1), Entry("3", "bob", 2)
    hall = [Device("gpu", 1)]
    decision = decide(Snapshot(line_up([first, second, theirs]), hall), Round(), 0.0)
    paused = replace(first, paused=True)
    running = [Device("gpu", 1, paused)]
    decision = decide(Snapshot(line_up([second, theirs]), running), decision.round, 0.5)
    [start] = given_back(decision, [paused, second, theirs], 0.6).orders
    assert isinstance(start, Start)
    assert (start.job, start.quantum) == ("2", pytest.approx(QUANTUM - 0.6))


# --- asking


def test_one_device_is_freed_for_one_waiting_job_and_asking_again_frees_no_other() -> None:
    entries = [Entry(str(number), "ann", number) for number in range(4)]
    hall = [Device(f"device {entry.id}", 1, entry) for entry in entries]
    decision = decide(Snapshot({}, hall), Round(), 0.0)
    assert decision.until is None
    snapshot = Snapshot(line_up([Entry("single", "bob", 4)]), hall)
    decision = decide(snapshot, decision.round, 100.0)
    assert len(decision.orders) == 1
    assert decide(snapshot, decision.round, 100.1).orders == ()
    assert decision.until == 100.0 + QUANTUM


def test_a_slice_that_is_over_while_another_device_is_being_freed_goes_on() -> None:
    first, second = (Device(f"{n}", 1, Entry(f"{n}", "ann", n)) for n in range(2))
    decision = decide(Snapshot({}, [first]), Round(), 0.0)
    decision = decide(Snapshot({}, [first, second]), decision.round, 1.0)
    snapshot = Snapshot(line_up([Entry("single", "bob", 2)]), [first, second])
    decision = decide(snapshot, decision.round, 2.5)
    assert decision.orders == (End("0", "0"),)
    assert decision.until == 3.0
    assert decide(snapshot, decision.round, 3.0).orders == ()


def test_a_lost_device_is_forgotten_and_its_job_starts_elsewhere() -> None:
    job = Entry("job", "ann", 0)
    hall = [Device("a", 1), Device("b", 1)]
    decision = decide(Snapshot(line_up([job]), hall), Round(), 0.0)
    assert [order.device for order in decision.orders] == ["a"]
    decision = decide(Snapshot(line_up([job]), hall[1:]), decision.round, 1.0)
    assert [order.device for order in decision.orders] == ["b"]
    assert decision.round.slices.keys() == {"b"}


# --- lending

CANVAS = Entry("canvas", "ann", 0, seconds=900.0, memory=8, tiles=3, tile_memory=4)


def test_idle_devices_help_with_the_one_large_canvas_as_far_as_they_and_its_tiles_go() -> None:
    hall = [
        Device("a", 8, CANVAS),
        *(Device(f"idle {n}", size) for n, size in enumerate([3, 4, 5, 6])),
    ]
    assert lend(Snapshot({}, hall)) == (Help("idle 1", "canvas"), Help("idle 2", "canvas"))


@pytest.mark.parametrize(
    ("change", "others"),
    [
        ({"tiles": 1}, []),
        ({"served": 900.0 - LARGE / 2}, []),
        ({"paused": True}, []),
        ({}, [replace(CANVAS, id="second", artist="bob")]),
    ],
    ids=["it has no tiles", "it is nearly done", "it is paused", "there are two"],
)
def test_nothing_is_lent_without_exactly_one_large_canvas(
    change: dict[str, int], others: list[Entry]
) -> None:
    jobs = [replace(CANVAS, **change), *others]
    hall = [Device(job.id, 8, job) for job in jobs]
    assert lend(Snapshot({}, [*hall, Device("idle", 8)])) == ()


def test_nothing_is_lent_while_somebody_waits_and_a_helper_is_idle_to_who_comes() -> None:
    hall = [Device("a", 8, CANVAS), Device("helper", 8)]
    snapshot = Snapshot(line_up([Entry("job", "bob", 1)]), hall)
    assert lend(snapshot) == ()
    [start] = decide(snapshot, Round(), 0.0).orders
    assert start.device == "helper"
