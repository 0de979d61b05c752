"""Workers on one processor share it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gramarye.service import cores
from gramarye.service.cores import threads_each

from .daemon import listening, spawn, wait_for

STUDIO = "tests.service.studios:SlowStudio"


@pytest.mark.parametrize(
    ("devices", "wanted"),
    [
        (["auto"], None),
        (["cpu"], None),
        (["cuda:0", "cuda:1"], None),
        (["cuda:0", "cpu"], None),
        (["cpu", "cpu"], 4),
        (["cpu:0", "cuda", "cpu:1", "cpu"], 2),
        (["cpu"] * 12, 1),
    ],
)
def test_several_workers_on_the_processor_have_a_share_of_its_cores(
    devices: list[str], wanted: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores, "_cores", lambda: 8)
    assert threads_each(devices) == wanted


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("said", [{}, {"OMP_NUM_THREADS": "1", "GOMP_SPINCOUNT": "7"}])
def test_a_worker_is_started_with_its_share_and_patient_unless_something_else_was_said(
    tmp_path: Path, said: dict[str, str]
) -> None:
    share = max(1, len(os.sched_getaffinity(0)) // 2)
    wanted = {"OMP_NUM_THREADS": str(share), "GOMP_SPINCOUNT": "1000", **said}
    process = spawn("tcp://127.0.0.1:*", STUDIO, tmp_path / "log", "cpu,cpu", environment=said)
    daemon = listening(process, tmp_path / "log")
    try:
        wait_for(lambda: len(daemon.workers()) == 2, "two workers do not come up")
        for worker in daemon.workers():
            variables = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
            assert {f"{name}={value}".encode() for name, value in wanted.items()} <= set(variables)
    finally:
        process.terminate()
        process.communicate()
