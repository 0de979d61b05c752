"""The file and the commands of each system."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest

from gramarye.autostart import installing
from gramarye.autostart.definition import Definition
from gramarye.autostart.installing import install, uninstall
from gramarye.autostart.launchd import launchd
from gramarye.autostart.systemd import systemd
from gramarye.autostart.tasks import task
from gramarye.doctor.autostarting import service

from .fakes import RECORDER, calls, program

WORDS = [sys.executable, "-m", "gramarye", "serve", "--data-dir", "/jobs of & <all>"]
NOBODY = "tcp://127.0.0.1:1"


def agent(home: Path) -> Definition:
    return launchd(WORDS, home, {"TORCH_HOME": "/torch", "SECRET": "x"}, 501)


def scheduled(home: Path) -> Definition:
    return task([r"C:\Py\python.exe", *WORDS[1:]], home, {"USERDOMAIN": "D", "USERNAME": "frida"})


def of_user_501(words: list[str], home: Path, environ: dict[str, str]) -> Definition:
    return launchd(words, home, environ, 501)


@pytest.fixture
def bin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for launchctl and schtasks."""
    folder = tmp_path / "bin"
    for name in ("launchctl", "schtasks"):
        program(folder, name, RECORDER)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(installing, "START_SECONDS", 0.0)
    return folder


def test_the_unit_says_what_systemd_must_not_read_otherwise(tmp_path: Path) -> None:
    words = ["/a b/python", "100%", "$HOME", 'say "so"', ""]
    text = systemd(words, tmp_path, {"TORCH_HOME": "/t %", "SECRET": "x"}).content.decode()
    command = '"/a b/python" 100%% $$HOME "say \\"so\\"" ""'
    assert f"ExecStart={command}\n" in text
    assert 'Environment="TORCH_HOME=/t %%"\n' in text
    assert "SECRET" not in text


def test_the_unit_lies_where_the_users_settings_do(tmp_path: Path) -> None:
    assert systemd(WORDS, tmp_path, {}).file == tmp_path / ".config/systemd/user/gramarye.service"
    elsewhere = systemd(WORDS, tmp_path, {"XDG_CONFIG_HOME": "/c"}).file
    assert elsewhere == Path("/c/systemd/user/gramarye.service")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    wanted = systemd(WORDS, tmp_path, {"TORCH_HOME": "/torch"})
    (tmp_path / "gramarye.service").write_bytes(wanted.content)
    told = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", tmp_path / "gramarye.service"],
        env={"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "gramarye.service" not in told.stderr


def test_the_agent_is_a_plist_with_the_words_as_they_are(tmp_path: Path) -> None:
    wanted = agent(tmp_path)
    told = plistlib.loads(wanted.content)
    assert told["ProgramArguments"] == WORDS
    assert told["EnvironmentVariables"] == {"PYTHONSAFEPATH": "1", "TORCH_HOME": "/torch"}
    assert told["KeepAlive"] == {"SuccessfulExit": False}
    assert wanted.file == tmp_path / "Library/LaunchAgents/org.gramarye.daemon.plist"


def test_the_agent_comes_and_goes(bin: Path, tmp_path: Path) -> None:
    wanted = agent(tmp_path)
    assert install(wanted, NOBODY) is False
    assert wanted.file.read_bytes() == wanted.content
    assert f"bootstrap gui/501 {wanted.file}" in calls(bin)
    assert uninstall(wanted)
    assert not wanted.file.exists()
    assert "bootout gui/501/org.gramarye.daemon" in calls(bin)
    assert not uninstall(wanted)


def test_the_task_is_xml_that_runs_without_a_window(tmp_path: Path) -> None:
    root = ElementTree.fromstring(scheduled(tmp_path).content.decode("utf-16").split("?>")[1])
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    said = {one.tag.removeprefix(space): one.text for one in root.iter()}
    assert said["Command"] == r"C:\Py\pythonw.exe"
    assert said["UserId"] == r"D\frida"
    assert said["RunLevel"] == "LeastPrivilege"
    assert said["ExecutionTimeLimit"] == "PT0S"
    log = tmp_path / "daemon.log"
    arguments = f'-m gramarye serve --data-dir "/jobs of & <all>" --log-file {log}'
    assert said["Arguments"] == arguments


def test_the_task_comes_and_goes(bin: Path, tmp_path: Path) -> None:
    wanted = scheduled(tmp_path / "data")
    assert install(wanted, NOBODY) is False
    assert wanted.file.read_bytes() == wanted.content
    assert f"/Create /F /TN Gramarye /XML {wanted.file}" in calls(bin)
    assert "/Run /TN Gramarye" in calls(bin)
    assert uninstall(wanted)
    assert not wanted.file.exists()
    assert "/Delete /F /TN Gramarye" in calls(bin)


# --- what the doctor says of it


@pytest.mark.parametrize("make", [agent, scheduled])
def test_a_service_that_runs_is_well(
    make: Callable[[Path], Definition], bin: Path, tmp_path: Path
) -> None:
    wanted = make(tmp_path)
    assert list(service(wanted)) == []
    install(wanted, NOBODY)
    [told] = service(wanted)
    assert told.level == "ok"


def test_a_service_that_does_not_run_is_wrong(bin: Path, tmp_path: Path) -> None:
    wanted = agent(tmp_path)
    install(wanted, NOBODY)
    (bin / "known").unlink()
    [told] = service(wanted)
    assert told.level == "wrong"
    assert wanted.log in told.sentence
    assert told.mend.endswith("service install")


@pytest.mark.parametrize("system", [systemd, of_user_501])
def test_a_service_of_another_gramarye_is_wrong(
    system: Callable[..., Definition], tmp_path: Path
) -> None:
    old = system(["/old/python", *WORDS[1:]], tmp_path, {})
    old.file.parent.mkdir(parents=True)
    old.file.write_bytes(old.content)
    [told] = service(system(WORDS, tmp_path, {}))
    assert told.level == "wrong"
    assert "another Gramarye than this one" in told.sentence
    assert told.mend.endswith("service install")
