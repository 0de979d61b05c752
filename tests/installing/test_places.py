"""Every kind of Krita in a home that has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.krita.places import Places, every_krita, kritas_here


def here(home: Path, platform: str, **environment: str) -> list[Places]:
    """The Kritas that are there."""
    return [one for one in every_krita(platform, environment, home) if one.is_here]


def test_nothing_is_there_yet_and_the_usual_place_is_taken(tmp_path: Path) -> None:
    every = every_krita("linux", {}, tmp_path)
    assert [one.is_here for one in every] == [False, False, False]
    [usual] = kritas_here(every)
    assert usual.resources == tmp_path / ".local/share/krita"
    assert usual.kritarc == tmp_path / ".config/kritarc"
    assert usual.launcher == tmp_path / ".local/share/gramarye/launcher.json"


def test_a_krita_that_was_never_started_is_seen_on_the_path(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "krita"
    program.parent.mkdir()
    program.touch(0o755)
    [usual] = here(tmp_path, "linux", PATH=str(program.parent))
    assert usual.kind.startswith("Krita of the distribution")


@pytest.mark.parametrize("sign", [".local/share/krita/x", ".config/kritarc"])
def test_a_krita_that_was_used_is_seen_by_its_files(tmp_path: Path, sign: str) -> None:
    (tmp_path / sign).parent.mkdir(parents=True)
    (tmp_path / sign).touch()
    assert len(here(tmp_path, "linux")) == 1


def test_folders_of_the_system_count(tmp_path: Path) -> None:
    data, config = tmp_path / "d", tmp_path / "c"
    (data / "krita").mkdir(parents=True)
    found = here(tmp_path, "linux", XDG_DATA_HOME=str(data), XDG_CONFIG_HOME=str(config))
    assert [(one.resources, one.kritarc) for one in found] == [(data / "krita", config / "kritarc")]
    assert found[0].data == data / "gramarye"


def test_flatpak(tmp_path: Path) -> None:
    app = tmp_path / ".var/app/org.kde.krita"
    app.mkdir(parents=True)
    [flatpak] = here(tmp_path, "linux")
    assert flatpak.resources == app / "data/krita"
    assert flatpak.kritarc == app / "config/kritarc"
    assert flatpak.data == app / "data/gramarye"


def test_snap(tmp_path: Path) -> None:
    (tmp_path / "snap/krita/132").mkdir(parents=True)
    (tmp_path / "snap/krita/current").symlink_to("132")
    [snap] = here(tmp_path, "linux")
    assert snap.resources == tmp_path / "snap/krita/current/.local/share/krita"
    assert snap.kritarc == tmp_path / "snap/krita/current/.config/kritarc"


def test_windows_and_its_store(tmp_path: Path) -> None:
    roaming, local = tmp_path / "r", tmp_path / "l"
    own = local / "Packages" / "49800KritaProject.Krita_n3kgb906j1zjg" / "LocalCache"
    own.mkdir(parents=True)
    (roaming / "krita").mkdir(parents=True)
    usual, store = here(tmp_path, "win32", APPDATA=str(roaming), LOCALAPPDATA=str(local))
    assert (usual.resources, usual.kritarc) == (roaming / "krita", local / "kritarc")
    assert usual.data == local / "gramarye"
    assert (store.resources, store.kritarc) == (own / "Roaming/krita", own / "Local/kritarc")
    assert store.data == own / "Local/gramarye"


def test_a_krita_on_windows_that_was_never_started(tmp_path: Path) -> None:
    program = tmp_path / "Program Files" / "Krita (x64)" / "bin" / "krita.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    [usual] = here(tmp_path, "win32", ProgramFiles=str(tmp_path / "Program Files"))
    assert usual.resources == tmp_path / "AppData/Roaming/krita"


def test_mac(tmp_path: Path) -> None:
    (tmp_path / "Library/Preferences").mkdir(parents=True)
    (tmp_path / "Library/Preferences/kritarc").touch()
    [mac] = here(tmp_path, "darwin")
    assert mac.resources == tmp_path / "Library/Application Support/krita"
    assert mac.data == tmp_path / "Library/Application Support/gramarye"


def test_the_resource_folder_that_the_artist_chose(tmp_path: Path) -> None:
    config = tmp_path / ".var/app/org.kde.krita/config"
    config.mkdir(parents=True)
    (config / "kritarc").write_text("ResourceDirectory=/art/krita\n\n[python]\n")
    [flatpak] = here(tmp_path, "linux")
    assert flatpak.module == Path("/art/krita/pykrita/gramarye_krita")
    assert flatpak.action == Path("/art/krita/actions/gramarye_krita.action")
    assert flatpak.data == tmp_path / ".var/app/org.kde.krita/data/gramarye"
