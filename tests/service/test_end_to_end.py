"""A picture and a style through the real daemon with the real studio."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from gramarye.cli import main
from gramarye.service.client import Client
from gramarye_protocol import Accepted, Finished, Progressed, Settings

from .daemon import PATIENCE, running
from .pictures import picture


def test_a_small_picture_is_painted_with_the_built_in_features(tmp_path: Path) -> None:
    content, style = picture("content", 64, 48, 1), picture("style", 64, 64, 2)
    with (
        running(tmp_path, "gramarye.studio:Studio", device="cpu", weights="") as daemon,
        Client.connect(daemon.address, PATIENCE) as client,
    ):
        settings = Settings(features="builtin", quality="draft", steps=2)
        events = list(client.follow(client.submit(settings, [content, style])))
        daemon_maps = Path(f"/proc/{daemon.process.pid}/maps").read_text()
    finished = events[-1]
    assert isinstance(finished, Finished), daemon.log
    plane = finished.result.plane
    assert (plane.width, plane.height, plane.layout, plane.dtype) == (64, 48, "BGRA", "u8")
    assert (plane.offset_x, plane.offset_y) == (3, -5)
    assert finished.pixels[3::4] == b"\xff" * (64 * 48)
    assert finished.pixels != content[1]
    assert finished.result.features.startswith("builtin")
    assert any(isinstance(event, Progressed) and event.preview for event in events)
    assert "torch" not in daemon_maps


def test_a_daemon_that_is_loading_answers_and_takes_a_job(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(features="builtin", quality="draft", steps=1)
    planes = [picture("content", 32, 32, 1), picture("style", 32, 32, 2)]
    with running(tmp_path, "gramarye.studio:Studio", device="cpu", weights="") as daemon:
        worker = daemon.worker()
        os.kill(worker, signal.SIGSTOP)  # in the middle of importing torch
        with Client.connect(daemon.address, PATIENCE) as client:
            events = client.follow(client.submit(settings, planes))
            while not isinstance(next(events), Accepted):
                pass
            assert client.status(PATIENCE).queued == 1
            assert main(["status", "--daemon", daemon.address]) == 0
            assert "loading its networks" in capsys.readouterr().out
            os.kill(worker, signal.SIGCONT)
            assert isinstance(list(events)[-1], Finished), daemon.log
