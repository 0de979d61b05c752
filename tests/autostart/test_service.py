"""``gramarye service`` on systemd, whose stand-in runs a real daemon."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gramarye.autostart import installing
from gramarye.cli import main
from gramarye.doctor.listeners import listens
from gramarye.service.client import Client
from tests.service.conftest import SLOW
from tests.service.daemon import PATIENCE, running

from .fakes import SYSTEMCTL, calls, program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of systemd's stand-in, for a user with an empty home."""
    folder, home = tmp_path / "bin", tmp_path / "home"
    home.mkdir()
    program(folder, "systemctl", SYSTEMCTL)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GRAMARYE_CACHE", str(home / "cache"))
    yield folder
    subprocess.run([folder / "systemctl", "--user", "disable"], check=False)


@pytest.fixture
def address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{free.getsockname()[1]}"


def unit() -> Path:
    return Path.home() / ".config/systemd/user/gramarye.service"


def service(capsys: pytest.CaptureFixture[str], *words: str, fails: bool = False) -> str:
    """Run the command; gives what it says."""
    capsys.readouterr()
    status = main(["service", *words])
    told = capsys.readouterr()
    assert status == int(fails), told
    return told.out + told.err


def test_a_daemon_comes_is_replaced_and_goes(
    bin: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--bind", address, "--devices", "cpu", "--data-dir", str(Path.home() / "a b%c$d"))
    told = service(capsys, "install", *words)
    assert f"The daemon answers at {address}" in told
    assert "journalctl --user -u gramarye.service" in told
    first = (bin / "pid").read_text()
    assert (Path.home() / "a b%c$d" / "jobs.sqlite3").exists()
    assert "systemd runs the daemon" in service(capsys, "status")

    service(capsys, "install", *words, "--keep-hours", "1")
    assert "--keep-hours 1.0" in unit().read_text()
    assert (bin / "pid").read_text() != first
    Client.connect(address, PATIENCE).close()

    assert "has ended" in service(capsys, "uninstall")
    assert not unit().exists()
    assert not listens(address)
    assert calls(bin)[-1] == "--user is-active --quiet gramarye.service"
    assert "--user disable --now gramarye.service" in calls(bin)


def test_nothing_to_remove_is_said(bin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nothing to remove" in service(capsys, "uninstall")
    told = service(capsys, "status", fails=True)
    assert "gramarye service install" in told


def test_a_daemon_of_ones_own_keeps_its_port_and_is_named(
    bin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(tmp_path, SLOW) as daemon:
        told = service(capsys, "install", "--bind", daemon.address, fails=True)
        assert f"listens at {daemon.address} already (process {daemon.process.pid}" in told
        assert "gramarye drain" in told
        Client.connect(daemon.address, PATIENCE).close()
    assert not unit().exists()
    assert not any("enable" in call for call in calls(bin))


@pytest.mark.parametrize("missing", [True, False])
def test_without_systemd_it_says_what_to_do(
    bin: Path,
    missing: bool,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (bin / "off").touch()
    if missing:
        monkeypatch.setenv("PATH", str(bin / "empty"))
    for words in (("install", "--bind", address), ("uninstall",), ("status",)):
        told = service(capsys, *words, fails=True)
        assert "systemd does not run for this user here, as in most containers" in told
        assert "gramarye serve" in told
    assert not unit().exists()


def test_a_command_that_fails_leaves_nothing_behind(
    bin: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (bin / "fails").write_text("enable")
    told = service(capsys, "install", "--bind", address, fails=True)
    failed = "systemctl --user enable gramarye.service failed"
    assert f"{failed}: Unit gramarye.service is masked." in told
    assert not unit().exists()


def test_a_daemon_that_systemd_keeps_is_told(
    bin: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    service(capsys, "install", "--bind", address, "--devices", "cpu")
    (bin / "keeps").touch()
    told = service(capsys, "uninstall", fails=True)
    assert "systemd keeps the daemon" in told
    assert "systemctl --user disable --now gramarye.service" in told
    (bin / "keeps").unlink()
    service(capsys, "uninstall")


def test_a_daemon_that_does_not_come_up_is_not_promised(
    bin: Path,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(installing, "START_SECONDS", 0.2)
    program(bin, "systemctl", SYSTEMCTL.replace('dict(settings)["ExecStart"]', '"true"'))
    told = service(capsys, "install", "--bind", address)
    assert f"nothing answers at {address} yet" in told
    assert "journalctl" in told
    told = service(capsys, "status", fails=True)
    assert "but the daemon does not run" in told


def test_a_dry_run_only_prints(bin: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = service(capsys, "install", "--dry-run", "--bind", address)
    assert f"Would write {unit()}" in told
    assert f"ExecStart={sys.executable} -m gramarye serve --bind {address}" in told
    assert "systemctl --user enable gramarye.service" in told
    told = service(capsys, "uninstall", "--dry-run")
    assert "systemctl --user disable --now gramarye.service" in told
    assert not unit().exists()
    assert calls(bin) == []


def test_options_that_serve_does_not_have_are_wrong_usage(
    bin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["service", "install", "--colour"]) == 2
    assert "--colour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bind", "words"), [("tcp://127.0.0.1:*", "name a port"), ("tcp://0.0.0.0:1", "127.0.0.1")]
)
def test_an_address_that_no_client_finds_or_everybody_is_refused(
    bin: Path, bind: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in service(capsys, "install", "--bind", bind, fails=True)


def test_paths_are_made_whole(
    bin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    told = service(capsys, "install", "--dry-run", "--data-dir", "jobs")
    assert f"--data-dir {tmp_path / 'jobs'}" in told
