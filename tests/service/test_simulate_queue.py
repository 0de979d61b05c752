"""The simulator loses no job and no second, under either policy."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from ..simulate_queue import GIB, main, percentiles, workload
from ..simulation import Fair, FirstCome, Policy, devices, simulate


@pytest.mark.parametrize("policy", [Fair, FirstCome])
@pytest.mark.parametrize("count", [1, 3])
def test_every_job_ends_once_and_gets_exactly_its_work(policy: type[Policy], count: int) -> None:
    tasks = workload(12, count, seed=1)
    outcome = simulate(tasks, devices(count, 24 * GIB), policy())
    got: dict[str, float] = defaultdict(float)
    for stay in outcome.stays:
        got[stay.task.id] += stay.work
    assert outcome.done.keys() == {task.id for task in tasks}
    assert got == pytest.approx({task.id: task.work for task in tasks})
    assert all(outcome.done[t.id] >= outcome.started[t.id] + t.work - 1e-6 for t in tasks)
    assert all(outcome.started[task.id] >= task.at for task in tasks)


@pytest.mark.parametrize("policy", [Fair, FirstCome])
def test_no_device_has_two_jobs_and_no_job_two_devices(policy: type[Policy]) -> None:
    outcome = simulate(workload(12, 3, seed=2), devices(3, 24 * GIB), policy())
    stays = defaultdict(list)
    for stay in outcome.stays:
        stays[stay.device].append((stay.began, stay.ended))
        stays[stay.task.id].append((stay.began, stay.ended))
    for times in stays.values():
        times.sort()
        assert all(after[0] >= before[1] for before, after in pairwise(times))


def test_the_workload_is_the_same_for_any_number_of_devices_only_closer_together() -> None:
    one, four = (workload(5, count, seed=3) for count in (1, 4))
    assert [task.work for task in one] == [task.work for task in four]
    assert [task.at for task in one] == pytest.approx([4 * task.at for task in four])


def test_percentiles_are_values_that_so_many_do_not_exceed() -> None:
    assert percentiles(range(1, 101)) == (50, 95, 99)
    assert percentiles([7.0]) == (7.0, 7.0, 7.0)


def test_it_prints_a_table_and_how_much_less_previews_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    main(["--artists", "12", "--devices", "1", "2", "--json", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(("| 1 |", "| 2 |")) for line in lines) == 16
    told = json.loads(file.read_text())["seconds"]["2"]
    first, fair = (told[name]["preview"]["done"][1] for name in ("first come", "fair"))
    assert lines[-1] == f"ratio: {first / fair:.1f}"
    assert fair < first
