"""``gramarye krita uninstall``: nothing is left but what is the artist's own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gramarye.krita.contents import Contents
from gramarye.krita.errors import KritaInstallError
from gramarye.krita.install import install
from gramarye.krita.places import Places, every_krita
from gramarye.krita.uninstall import left, uninstall

from .conftest import gramarye


def files(folder: Path) -> list[str]:
    return sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*"))


def use(krita: Places) -> None:
    """What a Krita leaves that worked with the plugin."""
    for name in ("krita-python/pyzmq-27/zmq/x.py", "krita-python-3.11/zmq/x.py", "daemon.log"):
        (krita.data / name).parent.mkdir(parents=True, exist_ok=True)
        (krita.data / name).touch()


HOMES: dict[str, Callable[[Path], None]] = {
    "linux": lambda home: (home / ".local/share/krita").mkdir(parents=True),
    "flatpak": lambda home: (home / ".var/app/org.kde.krita").mkdir(parents=True),
    "snap": lambda home: (home / "snap/krita/current").mkdir(parents=True),
    "win32": lambda home: (home / "AppData/Roaming/krita").mkdir(parents=True),
    "store": lambda home: (home / "AppData/Local/Packages/49800Krita.Krita_x").mkdir(parents=True),
    "darwin": lambda home: (home / "Library/Application Support/krita").mkdir(parents=True),
}


@pytest.mark.parametrize("kind", HOMES)
def test_each_kind_of_krita_is_left_as_it_was(kind: str, tmp_path: Path, plain: Contents) -> None:
    HOMES[kind](tmp_path)
    platform = {"flatpak": "linux", "snap": "linux", "store": "win32"}.get(kind, kind)
    [krita] = [one for one in every_krita(platform, {}, tmp_path) if one.is_here]
    krita.kritarc.parent.mkdir(parents=True, exist_ok=True)
    krita.kritarc.write_bytes(b"[a]\nb=c\n")
    (krita.resources / "pykrita").mkdir(parents=True, exist_ok=True)
    before = files(tmp_path)
    install(krita, plain, krita.launcher)
    use(krita)
    assert set(left(krita)) <= {tmp_path / name for name in files(tmp_path)}
    uninstall(krita)
    assert files(tmp_path) == before
    assert krita.kritarc.read_bytes() == b"[a]\nb=c\n"
    uninstall(krita)  # nothing to do is no trouble


def test_the_artists_own_stays_unless_all_shall_go(krita: Places, plain: Contents) -> None:
    install(krita, plain, krita.launcher)
    style = krita.data / "styles" / "mine.png"
    style.parent.mkdir()
    style.touch()
    (krita.data / "jobs.json").touch()
    choices = b"\n[gramarye_krita]\ngallery=mine.png\n"
    krita.kritarc.write_bytes(krita.kritarc.read_bytes() + choices)
    uninstall(krita)
    assert style.exists()
    assert (krita.data / "jobs.json").exists()
    assert b"gallery=mine.png" in krita.kritarc.read_bytes()
    uninstall(krita, everything=True)
    assert not krita.data.exists()
    assert krita.kritarc.read_bytes() == b""


def test_the_daemons_jobs_are_no_business_of_the_plugin(krita: Places, plain: Contents) -> None:
    install(krita, plain, krita.launcher)
    (krita.data / "jobs.sqlite").touch()
    uninstall(krita, everything=True)
    assert files(krita.data) == ["jobs.sqlite"]


def test_the_environment_that_runs_it_is_not_removed_under_it(
    krita: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = krita.data / "environment-2", krita.data / "environment-1"
    fetched = krita.data / "tools" / "pythons"
    for folder in (own, other, fetched):
        folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(own))
    uninstall(krita)
    assert files(krita.data) == ["environment-2"]
    fetched.mkdir(parents=True)
    monkeypatch.setattr(sys, "base_prefix", str(fetched))
    uninstall(krita)
    assert files(krita.data) == ["environment-2", "tools", "tools/pythons"]


def test_what_cannot_be_removed_is_said_and_the_rest_is_gone(
    krita: Places, plain: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(krita, plain, krita.launcher)
    remove = shutil.rmtree

    def locked(path: Path, ignore_errors: bool = False) -> None:
        if path == krita.module:
            raise PermissionError(13, "Access is denied", str(path))
        remove(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", locked)
    with pytest.raises(KritaInstallError, match="Close Krita") as refused:
        uninstall(krita)
    assert str(krita.module) in refused.value.sentence
    assert not krita.desktop.exists()
    assert not krita.launcher.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the usual places differ elsewhere")
def test_the_command_takes_out_what_the_command_put_in(tmp_path: Path) -> None:
    (tmp_path / ".var/app/org.kde.krita").mkdir(parents=True)
    assert gramarye(tmp_path, "install", "--no-wheels").returncode == 0
    told = gramarye(tmp_path, "uninstall", "--dry-run")
    module = tmp_path / ".var/app/org.kde.krita/data/krita/pykrita/gramarye_krita"
    assert str(module) in told.stdout
    assert module.is_dir()
    done = gramarye(tmp_path, "uninstall")
    assert done.returncode == 0, done.stderr
    assert not [name for name in files(tmp_path) if "gramarye" in name]


@pytest.mark.skipif(sys.platform != "linux", reason="the usual places differ elsewhere")
def test_a_krita_that_is_named_goes_alone(tmp_path: Path) -> None:
    usual = tmp_path / ".local/share"
    named = tmp_path / "app/.local/share"
    options = ("--krita-home", str(named / "krita"), "--kritarc", str(tmp_path / "app/kritarc"))
    assert gramarye(tmp_path, "install", "--no-wheels").returncode == 0
    assert gramarye(tmp_path, "install", "--no-wheels", *options).returncode == 0
    for data in (usual / "gramarye/krita-python", named / "gramarye/krita-python"):
        data.mkdir(parents=True)
    assert gramarye(tmp_path, "uninstall", *options).returncode == 0
    assert not [name for name in files(tmp_path / "app") if "gramarye" in name]
    assert (usual / "gramarye" / "krita-python").is_dir()
    assert (usual / "krita/pykrita/gramarye_krita").is_dir()
    assert "enable_gramarye_krita=true" in (tmp_path / ".config/kritarc").read_text()
