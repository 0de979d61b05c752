"""The command line with a running daemon: both real processes, over the real socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from gramarye.cli import main
from gramarye.pictures import read
from gramarye.service.client import Client
from gramarye.service.errors import NoDaemonError

from .helpers import GUARD_SECONDS, command, deep_content, environment


def stylize(*words: str | Path) -> int:
    return main(["stylize", *map(str, words)])


def test_both_ways_give_the_same_bytes(
    pair: tuple[Path, Path],
    address: str,
    weights: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    there, here = tmp_path / "there.png", tmp_path / "here.png"
    words = ("--steps", "4", "--seed", "5", "--init", "noise")

    assert stylize(*pair, "-o", there, "--daemon", address, *words) == 0
    assert f"Painting with the daemon at {address}." in capsys.readouterr().err
    alone = subprocess.run(
        command("stylize", *pair, "-o", here, "--weights", weights, *words),
        env=environment(tmp_path),
        timeout=GUARD_SECONDS,
        check=False,
    )

    assert alone.returncode == 0
    assert there.read_bytes() == here.read_bytes()


def test_both_ways_give_the_same_deep_bytes_in_the_contents_profile(
    pair: tuple[Path, Path], address: str, weights: Path, tmp_path: Path
) -> None:
    content = tmp_path / "content.tiff"
    light, linear = deep_content(content)
    there, here = tmp_path / "there.png", tmp_path / "here.png"

    assert stylize(content, pair[1], "-o", there, "--daemon", address, "--steps", "2") == 0
    assert stylize(content, pair[1], "-o", here, "--weights", weights, "--steps", "2") == 0

    result = read(there)
    assert (result.depth, result.profile) == ("16", linear)
    np.testing.assert_array_equal(result.samples[..., 3], light[..., 3])
    np.testing.assert_array_equal(result.samples, read(here).samples)


def test_a_daemon_estimates_a_job_and_does_not_do_it(
    pair: tuple[Path, Path], address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"

    assert stylize(*pair, "-o", out, "--daemon", address, "--steps", "99999", "--estimate") == 0

    cost, plan = capsys.readouterr().out.splitlines()
    assert cost.endswith(" GB")
    assert plan.startswith("plan: untiled, about ")
    assert not out.exists()
    with Client.connect(address) as client:
        while client.status().running:
            time.sleep(0.05)


def test_a_daemon_is_told_whose_turn_a_job_takes(
    pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def connect(address: str, timeout: float, artist: str) -> Client:
        told.append(artist)
        raise NoDaemonError(address)

    monkeypatch.setattr(Client, "connect", connect)
    monkeypatch.setattr("getpass.getuser", lambda: "frida")
    words = (*pair, "-o", tmp_path / "out.png", "--daemon", "tcp://127.0.0.1:5599")
    stylize(*words)
    monkeypatch.setenv("GRAMARYE_ARTIST", "diego")
    stylize(*words)
    stylize(*words, "--artist", "remedios")
    assert told == ["frida", "diego", "remedios"]
    assert stylize(*words, "--artist", 65 * "x") == 2


def test_status_tells_what_the_daemon_computes_with(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--daemon", address]) == 0

    told = capsys.readouterr().out
    assert f"at {address}" in told
    assert "0 running, 0 waiting" in told


def test_status_for_programs_is_json(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--daemon", address, "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert report["address"] == address
    assert report["running"] == report["queued"] == 0


def test_what_the_daemon_refuses_ends_in_its_sentence(
    pair: tuple[Path, Path], address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.png"

    assert stylize(*pair, "-o", out, "--daemon", address, "--features", "vgg16") == 1

    assert "Error: There are no weights for vgg16" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_cancels_the_job_in_the_daemon(
    pair: tuple[Path, Path], address: str, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    process = subprocess.Popen(
        command("stylize", *pair, "-o", out, "--daemon", address, "--steps", "100000"),
        env=environment(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step "):
            break
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=GUARD_SECONDS)[1]

    assert process.returncode == 130
    assert "Traceback" not in told
    assert not out.exists()
    with Client.connect(address) as client:
        for _ in range(GUARD_SECONDS * 10):
            if client.status().running == 0:
                return
            time.sleep(0.1)
    pytest.fail("the daemon went on with the job")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--bind", "tcp://0.0.0.0:5599"], "can be reached from other machines"),
        (["--bind", "5599"], "is not an address"),
    ],
)
def test_serve_refuses_an_address_with_a_sentence(
    words: list[str], part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words, "--data-dir", str(tmp_path / "data")]) == 1
    assert part in capsys.readouterr().err


def test_serve_refuses_a_port_in_use_with_a_sentence(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--bind", address, "--data-dir", str(tmp_path / "data")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("Error: ")


def test_serve_refuses_weights_that_are_not_there_before_it_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = tmp_path / "none.pth"

    words = ["--data-dir", str(tmp_path / "data"), "--weights", str(absent)]
    assert main(["serve", "--bind", "tcp://127.0.0.1:*", *words]) == 1

    told = capsys.readouterr()
    assert told.err.splitlines()[-1].startswith(f"Error: There is no weights file at {absent}")
    assert told.out == ""
