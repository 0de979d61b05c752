"""kill -9 at any moment: what was promised is there, whole, and nothing else is."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gramarye.service.store.lifecycle import State
from gramarye.service.store.store import Store

from ..daemon import ROOT
from .labour import check, complete, undisturbed

KILLS = 20
WORDS = ("accepted", "done")


def reports_until_killed(directory: Path, seed: int) -> list[tuple[str, str]]:
    """Let a process work in the directory and kill it somewhere; what it had reported."""
    chance = random.Random(seed)
    program = [sys.executable, "-m", "tests.service.store.labour", str(directory), str(seed)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randint(0, 8))]
        time.sleep(chance.uniform(0, 0.03))
        process.kill()
        lines += process.stdout.readlines()
    words = [line.split() for line in lines if line.endswith("\n")]
    return [(one[0], one[1]) for one in words if one != ["open"]]


def test_killed_again_and_again_no_accepted_job_is_lost_and_each_ends_once_as_it_should(
    tmp_path: Path,
) -> None:
    directory = tmp_path / "data"
    reports: list[tuple[str, str]] = []
    for seed in range(KILLS):
        reports += reports_until_killed(directory, seed)
        with Store(directory) as store:
            check(store, directory, reports)
    with Store(directory) as store:
        complete(store, lambda *report: reports.append(report))
        check(store, directory, reports)
        jobs = store.questions.jobs_of("ann")
        assert {job.state for job in jobs} == {State.DONE}
        assert all(job.crashes == 0 for job in jobs)
    accepted, done = ([name for what, name in reports if what == word] for word in WORDS)
    assert len(accepted) > KILLS // 2
    assert len(done) == len(set(done)), "a job was finished twice"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
def test_killed_just_before_each_of_its_steps_a_job_loses_nothing() -> None:
    program = [sys.executable, "-m", "tests.service.store.every_step"]
    run = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 100


def test_the_jobs_of_these_tests_have_results_of_their_own() -> None:
    assert len({undisturbed(number) for number in range(10)}) == 10
