"""Workers rest when nobody works, and are back for the next job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gramarye.service.idling import GPU_MINUTES
from gramarye_protocol import Status

from .hall import DEVICE, FakeWorker, Hall, cancel, submit

MINUTES = 5
SECONDS = 60.0 * MINUTES


@pytest.fixture
def hall(make_hall: Callable[..., Hall]) -> Hall:
    """A broker whose worker has come up, and may rest after five minutes."""
    hall = make_hall(idle_minutes=MINUTES)
    hall.worker.load()
    hall.carry()
    return hall


def rests(hall: Hall, device: str = DEVICE) -> bool:
    """Whether a device's worker is told to rest; there is another one then, not yet up."""
    if not hall.broker.shifts.idling.rest(device):
        return False
    hall.workers[device] = FakeWorker(hall.store.blobs.incoming)
    return True


def wakes(hall: Hall, device: str = DEVICE) -> bool:
    return not hall.broker.shifts.idling.resting(device)


def status(hall: Hall) -> Status:
    return hall.broker.status()


def test_a_worker_rests_when_nobody_has_worked_for_so_long(hall: Hall) -> None:
    hall.wait(SECONDS - 1)
    assert not rests(hall)
    hall.wait(1)
    assert rests(hall)
    assert not wakes(hall)


def test_it_says_that_it_sleeps_and_what_it_will_compute_with(hall: Hall) -> None:
    before = status(hall)
    assert not before.asleep
    hall.wait(SECONDS)
    assert rests(hall)
    after = status(hall)
    assert after.asleep
    assert (after.device, after.features, after.available) == (
        before.device,
        before.features,
        before.available,
    )


def test_the_next_job_wakes_it_and_is_done(hall: Hall) -> None:
    hall.wait(SECONDS)
    assert rests(hall)
    hall.client("frida", artist="frida")
    assert not wakes(hall), "who only looks wakes nobody"
    submit(hall, "frida")
    assert wakes(hall)
    assert not status(hall).asleep
    hall.worker.load()
    hall.carry()
    hall.worker.finish()
    hall.carry()
    assert not hall.failures("frida")
    assert hall.broker.shifts.crew.idle


def test_the_time_counts_from_the_end_of_the_last_job(hall: Hall) -> None:
    hall.client("frida", artist="frida")
    submit(hall, "frida")
    hall.wait(3 * SECONDS)
    assert not rests(hall), "a job is at hand"
    hall.worker.finish()
    hall.carry()
    assert not rests(hall)
    hall.wait(SECONDS)
    assert rests(hall)


def test_a_paused_job_is_kept_and_holds_up_nobodys_rest(hall: Hall) -> None:
    session = hall.client("frida", artist="frida")
    submit(hall, "frida")
    hall.do("frida", session.pause, "one")
    assert not rests(hall)
    hall.worker.give_back(warm=False)
    hall.carry()
    hall.wait(SECONDS)
    assert rests(hall)
    hall.do("frida", session.resume, "one")
    assert wakes(hall)


def test_a_job_that_is_cancelled_lets_it_sleep_on(hall: Hall) -> None:
    hall.wait(SECONDS)
    assert rests(hall)
    hall.client("frida", artist="frida")
    submit(hall, "frida")
    cancel(hall, "frida")
    assert not wakes(hall)


def test_all_workers_rest_and_wake_together(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(idle_minutes=MINUTES, devices=("first", "second"))
    for worker in hall.workers.values():
        worker.load()
    hall.carry()
    hall.client("frida", artist="frida")
    submit(hall, "frida")
    hall.wait(3 * SECONDS)
    assert not any(rests(hall, device) for device in ("first", "second"))
    hall.worker.finish()
    hall.carry()
    hall.wait(SECONDS)
    assert rests(hall, "first")
    assert rests(hall, "second")
    submit(hall, "frida", "two")
    assert wakes(hall, "first")
    assert wakes(hall, "second")


@pytest.mark.parametrize("device", ["cuda:0 NVIDIA H200", "xpu:0 Arc", "mps"])
def test_unasked_only_a_gpu_is_freed(make_hall: Callable[..., Hall], device: str) -> None:
    hall = make_hall()
    hall.worker.device = device
    hall.worker.load()
    hall.carry()
    hall.wait(60 * GPU_MINUTES)
    assert rests(hall)


@pytest.mark.parametrize(("device", "minutes"), [("cpu (2 threads)", None), ("cuda:0 H200", 0)])
def test_a_cpu_and_one_that_shall_not_never_rest(
    make_hall: Callable[..., Hall], device: str, minutes: float | None
) -> None:
    hall = make_hall(idle_minutes=minutes)
    hall.worker.device = device
    hall.worker.load()
    hall.carry()
    hall.wait(1e9)
    assert not rests(hall)


def test_a_worker_that_is_still_loading_is_left_alone(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(idle_minutes=MINUTES)
    hall.wait(SECONDS)
    assert not rests(hall)
    hall.worker.load()
    hall.carry()
    assert not rests(hall), "it has only just come up"
