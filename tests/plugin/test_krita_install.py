"""``gramarye krita install``: what lands where, and what stays as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.krita_install import KritaInstallError, Places, enabled, install, usual_places


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real command with a home of its own."""
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
    }
    return subprocess.run(
        [sys.executable, "-m", "gramarye", "krita", "install", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "krita", tmp_path / "kritarc", tmp_path / "data" / "launcher.json")


@pytest.mark.skipif(sys.platform != "linux", reason="the usual places differ elsewhere")
def test_the_command_installs_into_the_usual_places(tmp_path: Path) -> None:
    answer = command(tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "restart Krita" in answer.stdout
    pykrita = tmp_path / ".local/share/krita/pykrita"
    module = pykrita / "gramarye_krita"
    assert "X-KDE-Library=gramarye_krita" in (pykrita / "gramarye_krita.desktop").read_text()
    assert (module / "vendor" / "gramarye_protocol" / "session.py").is_file()
    assert (module / "gramarye_krita.action").is_file()
    assert (module / "Manual.html").is_file()
    assert not list(pykrita.rglob("__pycache__"))
    assert [one.name for one in pykrita.iterdir() if one.name.startswith(".")] == []
    kritarc = (tmp_path / ".config/kritarc").read_text()
    assert kritarc == "[python]\nenable_gramarye_krita=true\n"
    note = json.loads((tmp_path / ".local/share/gramarye/launcher.json").read_text())
    assert note["python"] == sys.executable


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    answer = command(tmp_path, "--dry-run", "--krita-home", str(tmp_path / "elsewhere"))
    assert answer.returncode == 0, answer.stderr
    assert str(tmp_path / "elsewhere" / "pykrita" / "gramarye_krita") in answer.stdout
    assert list(tmp_path.iterdir()) == []


def test_other_places_can_be_named(tmp_path: Path) -> None:
    home, settings = tmp_path / "app" / "krita", tmp_path / "app" / "kritarc"
    answer = command(tmp_path, "--krita-home", str(home), "--kritarc", str(settings))
    assert answer.returncode == 0, answer.stderr
    assert (home / "pykrita" / "gramarye_krita" / "__init__.py").is_file()
    assert b"enable_gramarye_krita=true" in settings.read_bytes()


def test_an_update_leaves_nothing_of_the_old_version(places: Places) -> None:
    install(places)
    (places.module / "old.py").write_text("")
    install(places)
    assert not (places.module / "old.py").exists()
    assert (places.module / "__init__.py").is_file()


def test_the_vendored_protocol_wins_over_any_other(places: Places, tmp_path: Path) -> None:
    install(places)
    other = tmp_path / "other" / "gramarye_protocol"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ImportError('the wrong one')")
    program = "import gramarye_krita, gramarye_protocol; print(gramarye_protocol.__file__)"
    answer = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": f"{other.parent}{os.pathsep}{places.module.parent}", "HOME": "/"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith(str(places.module / "vendor"))


def test_every_other_setting_stays_as_it_was() -> None:
    settings = (
        b"theme=Krita dark\n\n[python]\nenable_tenbrushes=true\nenable_gramarye_krita=false\n\n"
        b"[toolbar]\nname=caf\xe9\n"
    )
    assert enabled(settings) == (
        b"theme=Krita dark\n\n[python]\nenable_gramarye_krita=true\nenable_tenbrushes=true\n\n"
        b"[toolbar]\nname=caf\xe9\n"
    )
    assert enabled(enabled(settings)) == enabled(settings)


def test_settings_without_plugins_gain_a_group() -> None:
    assert enabled(b"[a]\nb=c\n") == b"[a]\nb=c\n\n[python]\nenable_gramarye_krita=true\n"


def test_the_settings_keep_their_permissions(places: Places) -> None:
    places.kritarc.write_bytes(b"[a]\n")
    places.kritarc.chmod(0o640)
    install(places)
    assert places.kritarc.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_cannot_be_written_is_named(places: Places) -> None:
    places.resources.write_text("a file where a folder should be")
    with pytest.raises(KritaInstallError, match="could not be installed") as refused:
        install(places)
    assert str(places.resources) in refused.value.sentence


def test_each_system_has_its_own_places(tmp_path: Path) -> None:
    windows = usual_places("win32", {"APPDATA": "/r", "LOCALAPPDATA": "/l"}, tmp_path)
    assert (windows.resources, windows.kritarc) == (Path("/r/krita"), Path("/l/kritarc"))
    mac = usual_places("darwin", {}, tmp_path)
    assert mac.resources == tmp_path / "Library/Application Support/krita"
    assert mac.kritarc == tmp_path / "Library/Preferences/kritarc"
    linux = usual_places("linux", {}, tmp_path)
    assert (linux.resources, linux.kritarc) == (
        tmp_path / ".local/share/krita",
        tmp_path / ".config/kritarc",
    )
