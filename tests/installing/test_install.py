"""``gramarye krita install``: what lands where, and what stays as it was."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.krita.contents import Contents, contents
from gramarye.krita.errors import KritaInstallError
from gramarye.krita.install import install
from gramarye.krita.places import Places
from gramarye.krita.wheels import cache, for_system, pinned

from ..zeromq import real_wheels
from .conftest import gramarye

linux = pytest.mark.skipif(sys.platform != "linux", reason="the usual places differ elsewhere")
NO_INDEX = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # nobody listens there
    "PIP_RETRIES": "0",
}


@linux
def test_the_command_installs_into_the_usual_places(tmp_path: Path) -> None:
    answer = gramarye(tmp_path, "install", "--no-wheels")
    assert answer.returncode == 0, answer.stderr
    assert "restart Krita" in answer.stdout
    pykrita = tmp_path / ".local/share/krita/pykrita"
    module = pykrita / "gramarye_krita"
    assert "X-KDE-Library=gramarye_krita" in (pykrita / "gramarye_krita.desktop").read_text()
    assert (module / "vendor" / "gramarye_protocol" / "session.py").is_file()
    assert (module / "Manual.html").is_file()
    assert (tmp_path / ".local/share/krita/actions/gramarye_krita.action").is_file()
    assert not list(pykrita.rglob("__pycache__"))
    assert [one.name for one in pykrita.iterdir() if one.name.startswith(".")] == []
    kritarc = (tmp_path / ".config/kritarc").read_text()
    assert kritarc == "[python]\nenable_gramarye_krita=true\n"
    note = json.loads((tmp_path / ".local/share/gramarye/launcher.json").read_text())
    assert note["python"] == sys.executable


@linux
def test_every_krita_gets_it_and_the_wheels_for_this_machine(tmp_path: Path) -> None:
    here = for_system(pinned(), sys.platform, platform.machine())
    real_wheels(here)
    (tmp_path / ".local/share/krita").mkdir(parents=True)
    (tmp_path / ".var/app/org.kde.krita").mkdir(parents=True)
    (tmp_path / "snap/krita/current").mkdir(parents=True)
    answer = gramarye(tmp_path, "install", GRAMARYE_CACHE=str(cache().parent))
    assert answer.returncode == 0, answer.stderr
    for krita in (
        tmp_path / ".local/share/krita",
        tmp_path / ".var/app/org.kde.krita/data/krita",
        tmp_path / "snap/krita/current/.local/share/krita",
    ):
        wheels = krita / "pykrita" / "gramarye_krita" / "wheels"
        assert {file.name for file in wheels.iterdir()} == {wheel.name for wheel in here}
    for settings in (".config", ".var/app/org.kde.krita/config", "snap/krita/current/.config"):
        assert "enable_gramarye_krita=true" in (tmp_path / settings / "kritarc").read_text()


@linux
def test_without_an_index_the_plugin_is_installed_and_a_sentence_says_what_lacks(
    tmp_path: Path,
) -> None:
    answer = gramarye(tmp_path, "install", **NO_INDEX)
    assert answer.returncode == 1
    assert "could not be fetched" in answer.stderr
    assert "Connect to the internet" in answer.stderr
    assert "python3-zmq" in answer.stderr
    assert (tmp_path / ".local/share/krita/pykrita/gramarye_krita/__init__.py").is_file()


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    answer = gramarye(tmp_path, "install", "--dry-run", "--krita-home", str(tmp_path / "elsewhere"))
    assert answer.returncode == 0, answer.stderr
    assert str(tmp_path / "elsewhere" / "pykrita" / "gramarye_krita") in answer.stdout
    assert list(tmp_path.iterdir()) == []


def test_other_places_can_be_named(tmp_path: Path) -> None:
    home, settings = tmp_path / "app" / "krita", tmp_path / "app" / "kritarc"
    options = ("--krita-home", str(home), "--kritarc", str(settings))
    answer = gramarye(tmp_path, "install", "--no-wheels", *options)
    assert answer.returncode == 0, answer.stderr
    assert (home / "pykrita" / "gramarye_krita" / "__init__.py").is_file()
    assert b"enable_gramarye_krita=true" in settings.read_bytes()


@linux
def test_one_krita_that_cannot_be_written_does_not_keep_it_from_the_others(tmp_path: Path) -> None:
    (tmp_path / ".local/share").mkdir(parents=True)
    (tmp_path / ".local/share/krita").write_text("a file where a folder should be")
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/kritarc").write_text("[a]\n")
    (tmp_path / ".var/app/org.kde.krita").mkdir(parents=True)
    answer = gramarye(tmp_path, "install", "--no-wheels")
    assert answer.returncode == 1
    assert str(tmp_path / ".local/share/krita") in answer.stderr
    flatpak = tmp_path / ".var/app/org.kde.krita/data/krita/pykrita/gramarye_krita"
    assert (flatpak / "__init__.py").is_file()


def test_an_update_leaves_nothing_of_the_old_version(krita: Places, plain: Contents) -> None:
    install(krita, plain, krita.launcher)
    (krita.module / "old.py").write_text("")
    install(krita, plain, krita.launcher)
    assert not (krita.module / "old.py").exists()
    assert (krita.module / "__init__.py").is_file()


def test_what_an_interrupted_update_left_goes_with_the_next(krita: Places, plain: Contents) -> None:
    left = krita.module.parent / ".gramarye_krita-killed" / "fresh"
    left.mkdir(parents=True)
    install(krita, plain, krita.launcher)
    assert not left.parent.exists()


def test_a_failed_update_keeps_the_old_version(
    krita: Places, plain: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(krita, plain, krita.launcher)
    (krita.module / "old.py").write_text("")
    rename = Path.rename

    def locked(self: Path, target: Path) -> Path:
        if self.name == "fresh":
            raise PermissionError(13, "Access is denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", locked)
    with pytest.raises(KritaInstallError, match="Close Krita"):
        install(krita, plain, krita.launcher)
    assert (krita.module / "old.py").exists()
    assert [one.name for one in krita.module.parent.iterdir() if one.name[0] == "."] == []


def test_the_vendored_protocol_wins_over_any_other(
    krita: Places, plain: Contents, tmp_path: Path
) -> None:
    install(krita, plain, krita.launcher)
    other = tmp_path / "other" / "gramarye_protocol"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ImportError('the wrong one')")
    program = "import gramarye_krita, gramarye_protocol; print(gramarye_protocol.__file__)"
    answer = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{other.parent}{os.pathsep}{krita.module.parent}", "HOME": "/"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith(str(krita.module / "vendor"))


def test_the_settings_keep_their_permissions(krita: Places, plain: Contents) -> None:
    krita.kritarc.parent.mkdir(parents=True)
    krita.kritarc.write_bytes(b"[a]\n")
    krita.kritarc.chmod(0o640)
    install(krita, plain, krita.launcher)
    assert krita.kritarc.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_cannot_be_written_is_named(krita: Places, plain: Contents) -> None:
    krita.resources.parent.mkdir(parents=True)
    krita.resources.write_text("a file where a folder should be")
    with pytest.raises(KritaInstallError, match="could not be installed") as refused:
        install(krita, plain, krita.launcher)
    assert str(krita.resources) in refused.value.sentence


def test_the_manifest_tells_every_file_and_its_hash() -> None:
    inside = contents([]).module
    told = json.loads(inside["MANIFEST.json"])["sha256"]
    assert told.keys() == inside.keys() - {"MANIFEST.json"}
    for name, data in inside.items():
        assert name == "MANIFEST.json" or told[name] == hashlib.sha256(data).hexdigest()


def test_the_licences_of_the_wheels_are_beside_them() -> None:
    inside = contents(real_wheels(pinned()[:2])).module
    found = {name for name in inside if name.startswith("licences/")}
    assert "licences/gramarye/LICENSE" in found
    assert b"Mozilla Public License" in inside["licences/pyzmq/LICENSE.zeromq.txt"]
    assert b"BSD 3-Clause" in inside["licences/pyzmq/LICENSE.md"]
    assert b"Frank Denis" in inside["licences/pyzmq/LICENSE.libsodium.txt"]
