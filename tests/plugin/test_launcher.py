"""Starting a daemon: the recorded interpreter, its clean environment, its log."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from gramarye_krita import launcher, paths
from gramarye_krita.errors import Refusal

ADDRESS = "tcp://127.0.0.1:5599"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, in which no interpreter is recorded yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(paths, "data_dir", lambda: tmp_path / "gramarye")
    (tmp_path / "gramarye").mkdir()
    return tmp_path / "gramarye"


def record(data: Path, python: Path) -> None:
    (data / "launcher.json").write_text(json.dumps({"python": str(python)}))


def program(folder: Path, text: str) -> Path:
    """A stand-in for the interpreter that runs ``text`` with the real one."""
    file = folder / "python"
    file.write_text(f"#!{sys.executable}\n{text}")
    file.chmod(0o755)
    return file


def end_of(process: launcher.DaemonProcess) -> str:
    """The sentence of a daemon that ends by itself."""
    for _ in range(600):
        try:
            process.check()
        except Refusal as refusal:
            return refusal.sentence
        time.sleep(0.05)
    raise AssertionError("it goes on")


def test_plugin_and_installer_agree_on_the_users_folder() -> None:
    assert paths.data_dir() == platformdirs.user_data_path("gramarye", appauthor=False)


def test_the_users_folder_on_each_system(tmp_path: Path) -> None:
    home = tmp_path
    assert paths.data_dir("linux", {}, home) == home / ".local/share/gramarye"
    assert paths.data_dir("linux", {"XDG_DATA_HOME": "/d"}, home) == Path("/d/gramarye")
    mac = home / "Library/Application Support/gramarye"
    assert paths.data_dir("darwin", {}, home) == mac
    assert paths.data_dir("win32", {"LOCALAPPDATA": "/l"}, home) == Path("/l/gramarye")


def test_kritas_own_python_settings_do_not_reach_the_daemon() -> None:
    bundled = {"PYTHONHOME": "/k", "PYTHONPATH": "/k", "LD_LIBRARY_PATH": "/k", "HOME": "/h"}
    assert launcher.clean_environment(bundled) == {"HOME": "/h"}


@pytest.mark.parametrize("variable", ["FLATPAK_ID", "SNAP"])
def test_in_a_sandbox_the_command_is_shown(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "org.kde.krita")
    with pytest.raises(Refusal, match=f"gramarye serve --bind {ADDRESS}"):
        launcher.DaemonProcess(ADDRESS)


def test_without_a_record_the_sentence_names_the_installer(data: Path) -> None:
    with pytest.raises(Refusal, match="Run “gramarye krita install”"):
        launcher.DaemonProcess(ADDRESS)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"python": 3}'])
def test_a_damaged_record_is_refused(data: Path, text: str) -> None:
    (data / "launcher.json").write_text(text)
    with pytest.raises(Refusal, match="cannot be read"):
        launcher.DaemonProcess(ADDRESS)


def test_an_interpreter_that_is_gone_is_named(data: Path) -> None:
    record(data, data / "gone")
    with pytest.raises(Refusal, match="which is gone"):
        launcher.DaemonProcess(ADDRESS)


def test_the_daemon_gets_its_address_a_clean_environment_and_a_private_log(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/krita")
    said = "import os, sys; print(sys.argv[1:], 'PYTHONPATH' in os.environ, os.getcwd())"
    record(data, program(data, said))
    process = launcher.DaemonProcess(ADDRESS)
    sentence = end_of(process)
    words = ["-m", "gramarye", "serve", "--bind", ADDRESS, "--until-unused", "15"]
    line = f"{words} False {data}"
    assert line in sentence
    assert (data / "daemon.log").stat().st_mode & 0o777 == 0o600


def test_a_daemon_that_cannot_be_run_comes_with_the_command(data: Path) -> None:
    (data / "python").write_text("no program")
    record(data, data / "python")
    with pytest.raises(Refusal, match=f"gramarye serve --bind {ADDRESS}"):
        launcher.DaemonProcess(ADDRESS)


def test_the_last_line_of_an_empty_log_says_so(data: Path) -> None:
    (data / "daemon.log").write_text("\n\n")
    assert launcher.last_line(data / "daemon.log") == "it said nothing"
