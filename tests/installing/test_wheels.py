"""The pinned wheels: fetched through pip, refused when they are others, a sentence when offline."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from gramarye.krita.errors import KritaInstallError
from gramarye.krita.wheels import Wheel, fetch, for_system, pinned

NAME = "pyzmq-27.3.0-cp311-cp311-win_amd64.whl"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip knows, with a stand-in for one wheel."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    told = "pyzmq-27.3.0.dist-info"
    with zipfile.ZipFile(folder / NAME, "w") as wheel:
        wheel.writestr("zmq/__init__.py", "")
        wheel.writestr(f"{told}/METADATA", "Metadata-Version: 2.1\nName: pyzmq\nVersion: 27.3.0\n")
        wheel.writestr(f"{told}/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-win_amd64\n")
        wheel.writestr(f"{told}/RECORD", "")
    return folder


def stand_in(index: Path) -> Wheel:
    return Wheel(NAME, hashlib.sha256((index / NAME).read_bytes()).hexdigest())


def test_a_wheel_is_fetched_once_and_then_kept(index: Path, tmp_path: Path) -> None:
    wheel, said = stand_in(index), list[str]()
    [file] = fetch([wheel], tmp_path / "cache", said.append)
    assert file == tmp_path / "cache" / NAME
    assert file.read_bytes() == (index / NAME).read_bytes()
    (index / NAME).unlink()
    assert fetch([wheel], tmp_path / "cache", said.append) == [file]
    assert len(said) == 1
    assert [one.name for one in file.parent.iterdir()] == [NAME]


def test_a_wheel_with_another_hash_is_refused_and_not_kept(index: Path, tmp_path: Path) -> None:
    with pytest.raises(KritaInstallError, match="not the file that Gramarye was made") as refused:
        fetch([Wheel(NAME, "0" * 64)], tmp_path / "cache")
    assert refused.value.code == "wrong-wheel"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_file_that_was_damaged_in_the_cache_is_fetched_again(index: Path, tmp_path: Path) -> None:
    wheel = stand_in(index)
    [file] = fetch([wheel], tmp_path / "cache")
    file.write_bytes(b"")
    fetch([wheel], tmp_path / "cache")
    assert file.read_bytes() == (index / NAME).read_bytes()


def test_a_wheel_that_no_index_has_gets_a_sentence(index: Path, tmp_path: Path) -> None:
    with pytest.raises(KritaInstallError, match="could not be fetched") as refused:
        fetch([Wheel("pyzmq-99.0-cp311-cp311-win_amd64.whl", "0" * 64)], tmp_path / "cache")
    assert refused.value.code == "no-wheel"
    assert "Connect to the internet" in refused.value.sentence
    assert str(tmp_path / "cache") in refused.value.sentence


def test_a_dead_index_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nobody listens there
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(KritaInstallError, match="could not be fetched") as refused:
        fetch(pinned()[:1], tmp_path / "cache")
    assert refused.value.code == "no-wheel"


def test_a_python_without_pip_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gramarye.krita.wheels.find_spec", lambda name: None)
    with pytest.raises(KritaInstallError, match="-m ensurepip") as refused:
        fetch(pinned()[:1], tmp_path / "cache")
    assert refused.value.code == "no-wheel"


def test_a_cache_that_cannot_be_written_is_named(index: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(KritaInstallError, match="GRAMARYE_CACHE"):
        fetch([stand_in(index)], tmp_path / "cache")


def test_the_list_has_each_python_for_each_system() -> None:
    wheels = pinned()
    pairs = {(wheel.parts[2], system) for wheel in wheels for system in wheel.systems}
    systems = {"win_amd64", "win_arm64", "manylinux_2_28_x86_64", "manylinux_2_28_aarch64"}
    for python in ("cp310", "cp311", "cp312"):
        assert {system for one, system in pairs if one == python} > systems
    assert len(wheels) == 15
    assert len({wheel.parts[1] for wheel in wheels}) == 1
    assert all(len(wheel.sha256) == 64 for wheel in wheels)


@pytest.mark.parametrize(
    ("platform", "machine", "number"),
    [
        ("linux", "x86_64", 3),
        ("linux", "aarch64", 3),
        ("linux", "riscv64", 0),
        ("win32", "AMD64", 6),
        ("win32", "ARM64", 6),
        ("darwin", "arm64", 3),
        ("freebsd14", "amd64", 0),
    ],
)
def test_each_machine_gets_what_any_krita_on_it_may_need(
    platform: str, machine: str, number: int
) -> None:
    assert len(for_system(pinned(), platform, machine)) == number
