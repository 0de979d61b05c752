"""``gramarye demo``: everything at once, and nothing left running."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from gramarye.cli import main
from gramarye.cli.daemon_process import DaemonStartError, daemon_process

from .helpers import gramarye, picture


def test_the_demo_paints_the_samples_and_stops_its_daemon(tmp_path: Path) -> None:
    folder = tmp_path / "demo"

    done = gramarye("demo", "--size", "64", "--quality", "draft", "-o", folder, cache=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "No VGG weights were found, so the built-in patch features are used" in done.stderr
    assert str(folder) in done.stdout
    sizes = {}
    for name in ("content", "style", "result"):
        with Image.open(folder / f"{name}.png") as image:
            sizes[name] = image.size
    assert sizes["result"] == sizes["content"]
    assert max(sizes["result"]) == 64
    address = re.search(r"tcp://\S+", (folder / "daemon.log").read_text())
    assert address is not None
    assert main(["status", "--daemon", address[0]]) == 1


def test_the_demo_refuses_a_style_that_is_no_picture_before_it_starts_a_daemon(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "style.txt").write_text("impasto")
    content = picture(tmp_path / "content.png")
    words = ["--content", str(content), "--style", str(tmp_path / "style.txt")]

    assert main(["demo", *words, "-o", str(tmp_path / "demo")]) == 1

    assert "is not a picture" in capsys.readouterr().err
    assert not (tmp_path / "demo" / "daemon.log").exists()


def test_the_demo_refuses_a_folder_that_cannot_be_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main(["demo", "-o", str(tmp_path / "file")]) == 1
    assert "cannot be made" in capsys.readouterr().err


def test_a_daemon_that_does_not_start_is_told_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gramarye.cli.daemon_process.sys.executable", "/bin/false")

    with (
        pytest.raises(DaemonStartError, match=re.escape(str(tmp_path / "daemon.log"))),
        daemon_process(tmp_path / "daemon.log"),
    ):
        pytest.fail("there is no daemon to talk to")
