"""``gramarye krita zip``: the same bytes every time, whole, and as Krita's importer wants it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from gramarye.krita.contents import OWN_WHEEL
from gramarye.krita.errors import KritaInstallError
from gramarye.krita.own_wheel import own_wheel
from gramarye.krita.wheels import cache, pinned
from gramarye.krita.zip import write_zip

from ..zeromq import real_wheels
from .conftest import gramarye


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip without ZeroMQ."""
    file = tmp_path_factory.mktemp("zip") / "gramarye.zip"
    write_zip(file, [])
    return file


def test_the_command_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    real_wheels()
    for name in ("one.zip", "two.zip"):
        target = str(tmp_path / name)
        ran = gramarye(tmp_path, "zip", "-o", target, GRAMARYE_CACHE=str(cache().parent))
        assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = set(archive.namelist())
        for wheel in pinned():
            data = archive.read(f"gramarye_krita/wheels/{wheel.name}")
            assert hashlib.sha256(data).hexdigest() == wheel.sha256
    assert f"gramarye_krita/wheels/{OWN_WHEEL}" in names


def test_krita_finds_one_plugin_in_it(packed: Path) -> None:
    """What Krita's importer looks for; the real one is asked in the tests with the real Krita."""
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        [desktop] = [name for name in names if name.endswith(".desktop")]
        settings = ConfigParser()
        settings.read_string(archive.read(desktop).decode())
        module = settings["Desktop Entry"]["X-KDE-Library"]
    assert names.count(f"{module}/") == 1
    assert f"{module}/__init__.py" in names
    assert f"{module}/{settings['Desktop Entry']['X-Krita-Manual']}" in names
    assert [name for name in names if name.endswith(".action")] == [f"{module}.action"]
    assert not [name for name in names if "__pycache__" in name]


def test_nothing_in_it_depends_on_when_or_where_it_was_packed(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644, 0o40755}


def test_the_manifest_in_it_tells_every_file(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        told = json.loads(archive.read("gramarye_krita/MANIFEST.json"))["sha256"]
        for name, wanted in told.items():
            found = hashlib.sha256(archive.read(f"gramarye_krita/{name}")).hexdigest()
            assert found == wanted, name


def test_gramaryes_own_wheel_installs_and_runs(tmp_path: Path) -> None:
    """Into a folder of its own, by pip, which checks its record."""
    wheel, target = tmp_path / OWN_WHEEL, tmp_path / "target"
    wheel.write_bytes(own_wheel())
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, f"--target={target}", str(wheel)], check=True)
    assert (target / "gramarye_krita" / "gramarye_krita.desktop").is_file()
    program = (
        "import gramarye, runpy, sys; print(gramarye.__file__);"
        "sys.argv = ['gramarye', '--version']; runpy.run_module('gramarye', run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.startswith(str(target))
    assert OWN_WHEEL.split("-")[1] in ran.stdout


def test_gramaryes_own_wheel_is_alike_twice() -> None:
    assert own_wheel() == own_wheel()


def test_a_wheel_can_be_given(tmp_path: Path) -> None:
    own = tmp_path / OWN_WHEEL
    own.write_bytes(b"as released")
    write_zip(tmp_path / "out.zip", [], own)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read(f"gramarye_krita/wheels/{OWN_WHEEL}") == b"as released"


def test_a_wheel_of_another_version_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "gramarye-0.0.1-py3-none-any.whl"
    other.touch()
    with pytest.raises(KritaInstallError, match="this is gramarye-0.0.1"):
        write_zip(tmp_path / "out.zip", [], other)
    assert not (tmp_path / "out.zip").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KritaInstallError, match="could not be written") as refused:
        write_zip(tmp_path / "file" / "out.zip", [])
    assert str(tmp_path / "file") in refused.value.sentence
