"""Finding a Python, and fetching one where there is none."""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from pathlib import Path

import pytest

from gramarye_krita.errors import Refusal
from gramarye_krita.setting_up import fetching, pythons

from .index import served


def program(folder: Path, name: str, answer: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{answer}\n")
    file.chmod(0o755)
    return file


posix = pytest.mark.skipif(os.name == "nt", reason="shell scripts stand in for Pythons")


@posix
def test_the_first_python_that_can_make_environments_is_taken(tmp_path: Path) -> None:
    program(tmp_path, "python3.13", "exit 1")  # has no ensurepip
    program(tmp_path, "python3.12", "echo 3 9")  # says something else than its name
    wanted = program(tmp_path, "python3.11", "echo 3 11")
    program(tmp_path, "python3", "echo 3 12")
    assert pythons.find({"PATH": str(tmp_path)}, "linux", tmp_path) == wanted


@posix
def test_one_that_is_too_old_or_too_new_is_no_use(tmp_path: Path) -> None:
    program(tmp_path, "python3", "echo 3 9")
    program(tmp_path, "python", "echo 3 99")
    assert pythons.find({"PATH": str(tmp_path)}, "linux", tmp_path) is None


def test_this_very_python_is_found_on_the_path() -> None:
    folder = Path(sys.executable).parent
    assert pythons.find({"PATH": str(folder)}, sys.platform) is not None


def test_windows_launcher_is_asked_and_its_shop_is_not(tmp_path: Path) -> None:
    listed = (
        " -V:3.12 *        C:\\Users\\ada\\Python312\\python.exe\n"
        " -V:3.9           C:\\Python39\\python.exe\n"
    )
    asked: list[list[str]] = []

    def run(command: list[str]) -> str:
        asked.append(command)
        return listed if command[0] == "py" else "3 12"

    found = list(pythons.candidates({"PATH": ""}, "win32", tmp_path, run))
    assert [str(one) for one in found[:2]] == [
        "C:\\Users\\ada\\Python312\\python.exe",
        "C:\\Python39\\python.exe",
    ]
    assert asked == [["py", "-0p"]]


@pytest.mark.parametrize("computer", sorted(fetching._UV))
def test_there_is_a_pinned_uv_for_each_kind_of_computer(computer: tuple[str, str]) -> None:
    name, sha256 = fetching.wheel_name(*computer)
    assert name.startswith(f"uv-{fetching.VERSION}-py3-none-")
    assert name.endswith(".whl")
    assert len(bytes.fromhex(sha256)) == 32


def test_for_another_computer_the_sentence_says_what_to_install() -> None:
    with pytest.raises(Refusal, match="Install"):
        fetching.wheel_name("linux", "riscv64")


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel that stands for uv's: its program makes an environment with this Python."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    name = fetching.wheel_name()[0]
    script = (
        "#!/bin/sh\n"
        "for folder; do :; done\n"  # the last word
        'test -n "$UV_PYTHON_INSTALL_DIR" || exit 1\n'
        f'"{sys.executable}" -m venv --without-pip "$folder"\n'
    )
    with zipfile.ZipFile(wheels / name, "w") as archive:
        archive.writestr(f"uv-{fetching.VERSION}.data/scripts/uv", script)
    sha256 = hashlib.sha256((wheels / name).read_bytes()).hexdigest()
    monkeypatch.setattr(fetching, "wheel_name", lambda: (name, sha256))
    return wheels


@posix
def test_where_there_is_no_python_one_is_fetched_once(uv: Path, tmp_path: Path) -> None:
    told: list[str] = []
    with served(uv) as (index, address):
        for number in range(2):
            folder = tmp_path / f"environment-{number}"
            python = fetching.make_environment(
                folder, tmp_path / "tools", told.append, f"{address}/simple"
            )
            assert python.exists()
    assert sum(path.startswith("/files/") for path in index.asked) == 1
    assert told[0] == "Fetching uv, which fetches Pythons…"


@posix
def test_a_uv_that_is_not_the_pinned_one_is_never_run(
    uv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "wheel_name", lambda: (next(uv.iterdir()).name, "0" * 64))
    with served(uv) as (_, address), pytest.raises(Refusal, match="is not what it should be"):
        fetching.make_environment(
            tmp_path / "environment", tmp_path / "tools", lambda _: None, f"{address}/simple"
        )
    assert not (tmp_path / "tools").exists()


def test_without_a_connection_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="could not be fetched"):
        fetching.make_environment(
            tmp_path / "environment", tmp_path / "tools", lambda _: None, "http://127.0.0.1:9"
        )
