"""submit and fetch: a job is handed over, and its result becomes a file, once and for all."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from gramarye.cli import main
from gramarye.pictures import read
from gramarye.service.client import Client
from gramarye_protocol import Accepted, Settings, describe
from tests.service.router import Router

from .helpers import GUARD_SECONDS, command, environment, picture

Out = pytest.CaptureFixture[str]


def submitted(pair: tuple[Path, Path], router: Router, capsys: Out, *words: str) -> str:
    """Submit a job; its id."""
    status = main(["submit", *map(str, pair), "--daemon", router.address, "--json", *words])
    assert status == 0
    return json.loads(capsys.readouterr().out)["id"]


def fetch(job: str, output: Path, router: Router, *words: str) -> int:
    return main(["fetch", job, "-o", str(output), "--daemon", router.address, *words])


def test_the_id_is_printed_once_the_job_is_safe(
    pair: tuple[Path, Path], router: Router, capsys: Out
) -> None:
    assert main(["submit", *map(str, pair), "--daemon", router.address, "--steps", "7"]) == 0
    job = capsys.readouterr().out.strip()
    assert router.whole(job)
    assert router.daemon.jobs[job].order.settings.steps == 7


def test_the_same_job_under_the_same_id_is_submitted_once(
    pair: tuple[Path, Path], router: Router, capsys: Out
) -> None:
    words = ("--id", "evening", "--priority", "-4")
    assert submitted(pair, router, capsys, *words) == "evening"
    assert submitted(pair, router, capsys, *words) == "evening"
    router.work("evening")
    assert submitted(pair, router, capsys, *words) == "evening"
    assert [job.order.priority for job in router.daemon.jobs.values()] == [-4]
    assert router.daemon.painted == ["evening"]


def test_a_job_that_nobody_owns_is_not_handed_over(
    pair: tuple[Path, Path], router: Router, capsys: Out
) -> None:
    words = ["--daemon", router.address, "--artist", ""]
    assert main(["submit", *map(str, pair), *words]) == 2
    assert "give --artist" in capsys.readouterr().err


def test_an_older_daemon_is_handed_nothing(
    pair: tuple[Path, Path], router: Router, capsys: Out
) -> None:
    router.daemon.capabilities = ()
    assert main(["submit", *map(str, pair), "--daemon", router.address]) == 1
    assert "is an older Gramarye and cannot" in capsys.readouterr().err
    assert router.daemon.jobs == {}


def test_a_result_is_written_and_then_acknowledged(
    pair: tuple[Path, Path], router: Router, tmp_path: Path, capsys: Out
) -> None:
    job, out = submitted(pair, router, capsys), tmp_path / "out.png"
    router.work(job)
    assert fetch(job, out, router) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"{out}: 48×32 pixels, features builtin")
    assert "Error" not in told.err
    content = read(pair[0]).samples.tobytes()
    assert read(out).samples.tobytes() == content[::-1]
    assert main(["status", "--daemon", router.address]) == 0
    assert router.daemon.jobs[job].kept


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files")
def test_a_result_that_could_not_be_written_is_not_acknowledged(
    pair: tuple[Path, Path], router: Router, tmp_path: Path, capsys: Out
) -> None:
    job, out = submitted(pair, router, capsys), tmp_path / "out.png"
    router.work(job)
    done = subprocess.run(
        command("fetch", job, "-o", out, "--daemon", router.address),
        env={**environment(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64)),
        capture_output=True,
        text=True,
        timeout=GUARD_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert not out.exists()
    assert not router.daemon.jobs[job].kept
    assert fetch(job, out, router) == 0


def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_asked(
    router: Router, tmp_path: Path, capsys: Out
) -> None:
    assert fetch("unknown", tmp_path / "none" / "out.png", router) == 1
    assert "does not exist" in capsys.readouterr().err


def test_a_depth_that_was_asked_for_is_not_given_up_in_silence(
    pair: tuple[Path, Path], router: Router, tmp_path: Path, capsys: Out
) -> None:
    job = submitted(pair, router, capsys, "--depth", "16")
    router.work(job)
    assert fetch(job, tmp_path / "out.jpg", router) == 1
    assert "cannot hold 16 bits" in capsys.readouterr().err
    assert fetch(job, tmp_path / "out.png", router) == 0
    assert read(tmp_path / "out.png").depth == "16"


def test_a_job_that_is_not_done_is_waited_for_or_not(
    pair: tuple[Path, Path], router: Router, tmp_path: Path, capsys: Out
) -> None:
    job, out = submitted(pair, router, capsys), tmp_path / "out.png"
    assert fetch(job, out, router, "--no-wait") == 1
    assert "is not done yet" in capsys.readouterr().err
    router.work(job)
    assert fetch(job, out, router, "--no-wait", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["id"], report["width"], report["height"]) == (job, 48, 32)
    assert report["output"] == str(out)


def test_a_failed_job_ends_in_its_sentence(
    pair: tuple[Path, Path], router: Router, tmp_path: Path, capsys: Out
) -> None:
    job = submitted(pair, router, capsys)
    router.daemon.fail(job, "This picture cannot be painted.")
    assert fetch(job, tmp_path / "out.png", router) == 1
    assert capsys.readouterr().err.endswith("Error: This picture cannot be painted.\n")
    assert main(["watch", job, "--daemon", router.address]) == 1


def test_a_job_that_another_program_submitted_is_written_with_a_word_about_its_colours(
    router: Router, tmp_path: Path, capsys: Out
) -> None:
    data = bytes(range(256)) * 4
    plane = describe("content", 16, 16, "BGRA", "u8", data, profile="sRGB-elle-V2-srgbtrc.icc")
    with Client.connect(router.address, artist="frida") as client:
        client.submit(Settings(), [(plane, data)], "krita")
        assert any(isinstance(event, Accepted) for event in client.follow("krita"))
    router.work("krita")
    assert fetch("krita", tmp_path / "out.png", router) == 0
    assert "sRGB-elle-V2-srgbtrc.icc" in capsys.readouterr().err
    red_first = read(tmp_path / "out.png").samples[0, 0]
    assert list(red_first) == [253, 254, 255, 252]


def test_notices_about_the_files_are_told_when_submitting_and_when_fetching(
    pair: tuple[Path, Path], router: Router, tmp_path: Path, capsys: Out
) -> None:
    odd = tmp_path / "odd.png"
    Image.open(picture(odd)).save(odd, icc_profile=b"no profile at all")
    status = main(["submit", str(odd), str(pair[1]), "--daemon", router.address, "--id", "odd"])
    told = capsys.readouterr()
    assert status == 0
    assert "profile" in told.err
    router.work("odd")
    assert fetch("odd", tmp_path / "out.png", router) == 0
    assert told.err.strip() in capsys.readouterr().err
