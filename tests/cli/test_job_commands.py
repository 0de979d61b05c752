"""jobs, cancel, pause, resume, priority, watch: what can be asked and told about a job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from gramarye.cli import main
from gramarye.service.client import Client
from gramarye_protocol import Accepted, Settings
from tests.protocol.daemons import plane
from tests.service.router import Router

from .helpers import GUARD_SECONDS, command, environment

Out = pytest.CaptureFixture[str]
PLANES = [plane("content", b"content"), plane("style", b"style")]


@pytest.fixture
def jobs(router: Router) -> Sequence[str]:
    """Two accepted jobs."""
    names = ("one", "two")
    with Client.connect(router.address, artist="frida") as client:
        for name in names:
            client.submit(Settings(), PLANES, name)
            assert any(isinstance(event, Accepted) for event in client.follow(name))
    return names


def run(router: Router, *words: str) -> int:
    return main([*words, "--daemon", router.address])


def test_jobs_are_listed_for_people_and_for_programs(
    router: Router, jobs: Sequence[str], capsys: Out
) -> None:
    assert run(router, "jobs") == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["ID", "STATE", "PLACE"]
    assert [row.split()[:3] for row in rows] == [["one", "queued", "1"], ["two", "queued", "1"]]
    assert run(router, "jobs", "--all", "--json") == 0
    reports = json.loads(capsys.readouterr().out)
    assert [report["id"] for report in reports] == list(jobs)
    fields = {"id", "artist", "state", "position", "progress", "seconds_left"}
    assert all(fields <= report.keys() for report in reports)


def test_no_jobs_are_an_empty_list(router: Router, capsys: Out) -> None:
    assert run(router, "jobs", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run(router, "jobs") == 0
    assert capsys.readouterr().err == "No jobs.\n"


def test_a_job_is_paused_and_resumed(router: Router, jobs: Sequence[str], capsys: Out) -> None:
    assert run(router, "pause", "one") == 0
    assert capsys.readouterr().out.startswith("one: Paused.")
    assert run(router, "resume", "one", "--json") == 0
    assert json.loads(capsys.readouterr().out)["state"] == "queued"


def test_a_job_is_stopped_and_its_picture_kept(
    router: Router, jobs: Sequence[str], capsys: Out
) -> None:
    assert run(router, "keep", "one") == 0
    told = "one: Ends with the picture as it stands. Then: gramarye fetch one\n"
    assert capsys.readouterr().out == told
    assert run(router, "keep", "one", "--json") == 0
    assert json.loads(capsys.readouterr().out)["keeping"]


@pytest.mark.parametrize("number", ["5", "-5"])
def test_a_job_is_given_a_priority(
    router: Router, jobs: Sequence[str], number: str, capsys: Out
) -> None:
    assert run(router, "priority", "two", number, "--json") == 0
    assert json.loads(capsys.readouterr().out)["priority"] == int(number)
    assert run(router, "priority", "two", "101") == 2


def test_jobs_are_cancelled_and_those_that_cannot_be_are_named(
    router: Router, jobs: Sequence[str], capsys: Out
) -> None:
    router.work("two")
    assert run(router, "cancel", "one", "two", "--json") == 1
    told = capsys.readouterr()
    one, two = json.loads(told.out)
    assert one == {"id": "one", "state": "cancelled"}
    assert two["error"] == "done"
    assert "Error: two: The job two is done already." in told.err
    assert list(router.daemon.jobs) == ["two"]


@pytest.mark.parametrize(
    "words",
    [("pause",), ("resume",), ("keep",), ("watch",), ("fetch", "-o", "out.png"), ("priority", "1")],
)
def test_a_job_that_nobody_knows_is_an_error(
    router: Router, words: tuple[str, ...], capsys: Out
) -> None:
    verb, *rest = words
    assert run(router, verb, "unknown", *rest) == 1
    assert "There is no such job." in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["pause", "cancel", "watch"])
def test_what_cannot_be_an_id_is_wrong_usage(router: Router, verb: str, capsys: Out) -> None:
    assert run(router, verb, "no id") == 2
    assert "1 to 64 letters" in capsys.readouterr().err


def test_a_job_is_watched_to_its_end(router: Router, jobs: Sequence[str], capsys: Out) -> None:
    router.work("one")
    assert run(router, "watch", "one") == 0
    assert "gramarye fetch one" in capsys.readouterr().out
    assert run(router, "watch", "one", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"id": "one", "state": "done"}
    assert not router.daemon.jobs["one"].kept


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_leaves_a_watched_job_alone(
    router: Router, jobs: Sequence[str], tmp_path: Path
) -> None:
    with Client.connect(router.address, artist="frida") as client:
        client.pause("one")
    process = subprocess.Popen(
        command("watch", "one", "--daemon", router.address, "--json"),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "Paused" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=GUARD_SECONDS)
    assert process.returncode == 130
    assert "one" in router.daemon.jobs


@pytest.mark.parametrize(
    "words", [["jobs"], ["drain"], ["pause", "one"], ["keep", "one"], ["watch", "one"]]
)
def test_an_older_daemon_is_said_to_be_one(router: Router, words: list[str], capsys: Out) -> None:
    router.daemon.capabilities = ()
    assert run(router, *words) == 1
    assert "is an older Gramarye and cannot" in capsys.readouterr().err


def test_a_daemon_is_drained(router: Router, jobs: Sequence[str], capsys: Out) -> None:
    router.daemon.ends = True
    router.work("two")
    assert run(router, "drain", "--json") == 0
    told = capsys.readouterr()
    assert "0 job(s) to finish; 1 stay in the queue." in told.err
    assert json.loads(told.out) == {"address": router.address, "kept": 1}


def test_status_says_that_a_daemon_drains(router: Router, capsys: Out) -> None:
    router.daemon.draining = True
    assert run(router, "status") == 0
    assert "draining" in capsys.readouterr().out
