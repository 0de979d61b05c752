"""The zip through Krita's own importer, an upgrade while Krita runs, and taking it all out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import harness
import pytest

from gramarye.krita.zip import write_zip
from tests.zeromq import real_wheels


@pytest.fixture(scope="session")
def zip_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``gramarye krita zip`` writes."""
    file = tmp_path_factory.mktemp("zip") / "gramarye.zip"
    write_zip(file, real_wheels())
    return file


@pytest.fixture
def older_zip(zip_file: Path, tmp_path: Path) -> Path:
    """One of an earlier version, with an earlier ZeroMQ and a file that is gone since."""
    older = tmp_path / "older.zip"
    with zipfile.ZipFile(zip_file) as new, zipfile.ZipFile(older, "w") as old:
        for entry in new.infolist():
            data = new.read(entry)
            if entry.filename.endswith("MANIFEST.json"):
                data = b"{}"
            old.writestr(entry.filename.replace("pyzmq-27", "pyzmq-26"), data)
        old.writestr("gramarye_krita/gone.py", b"")
    return older


@pytest.fixture
def bare(home: harness.Home) -> harness.Home:
    """A warm home that the plugin was taken out of."""
    harness.gramarye(home, "krita", "uninstall")
    assert traces(home) == []
    return home


def traces(home: harness.Home) -> list[str]:
    """What is left of the plugin in a home."""
    found = [one.relative_to(home.path).as_posix() for one in home.path.rglob("*gramarye*")]
    lines = [line for line in home.kritarc.read_text().splitlines() if "gramarye" in line]
    return [one for one in [*found, *lines] if "gramarye_driver" not in one]


def import_zip(home: harness.Home, file: Path) -> None:
    """As Krita does, which also has its importer switched on."""
    harness.import_zip(home, file)
    settings = home.kritarc.read_text()
    home.kritarc.write_text(
        settings.replace("[python]\n", "[python]\nenable_plugin_importer=true\n")
    )


def test_the_imported_zip_paints_with_the_zeromq_that_it_brought(
    bare: harness.Home,
    screen: str,
    zip_file: Path,
    daemon: str,
    pictures: Path,
    tmp_path: Path,
) -> None:
    """Whatever the PYTHONPATH brings along."""
    import_zip(bare, zip_file)
    bare.configure("gramarye_krita", address=daemon)
    (tmp_path / "leaked" / "zmq").mkdir(parents=True)
    (tmp_path / "leaked" / "zmq" / "__init__.py").write_text("raise ImportError('another')")
    noted = harness.run(
        bare,
        screen,
        "own_zmq",
        harness.ARTEFACTS,
        environment={"PYTHONPATH": str(tmp_path / "leaked")},
        picture=str(pictures / "small.png"),
        style=str(pictures / "style.png"),
    )
    pykrita = bare.data / "krita" / "pykrita"
    assert noted["layers"] == ["Background", "Background – style"]
    assert noted["zmq"].startswith(str(bare.data / "gramarye" / "krita-python" / "pyzmq-27"))
    assert noted["plugin"].startswith(str(pykrita / "gramarye_krita"))
    assert noted["protocol"].startswith(str(pykrita / "gramarye_krita" / "vendor"))
    assert noted["shortcut"] == "Ctrl+Alt+Y"


def test_an_upgrade_while_krita_runs_asks_for_a_restart_and_then_leaves_nothing_old(
    bare: harness.Home,
    run: harness.Run,
    zip_file: Path,
    older_zip: Path,
    daemon: str,
    pictures: Path,
) -> None:
    import_zip(bare, older_zip)
    bare.configure("gramarye_krita", address=daemon)
    files = {"picture": str(pictures / "small.png"), "style": str(pictures / "style.png")}
    noted = run("upgrade", zip=str(zip_file), in_use=False, **files)
    assert "Overwrite" in noted["asked"][0]
    assert noted["said"] == (
        "Gramarye was updated or removed while Krita was open. Restart Krita to go on."
    )
    unpacked = bare.data / "gramarye" / "krita-python"
    assert [one.name.split("-")[1][:2] for one in unpacked.iterdir()] == ["26"]

    assert len(run("own_zmq", **files)["layers"]) == 2
    assert [one.name.split("-")[1][:2] for one in unpacked.iterdir()] == ["27"]
    assert not (bare.data / "krita" / "pykrita" / "gramarye_krita" / "gone.py").exists()

    harness.gramarye(bare, "krita", "uninstall", "--all")
    assert traces(bare) == []


def test_a_krita_that_works_with_the_plugin_goes_on_through_an_upgrade(
    bare: harness.Home,
    run: harness.Run,
    zip_file: Path,
    older_zip: Path,
    daemon: str,
    pictures: Path,
) -> None:
    import_zip(bare, older_zip)
    bare.configure("gramarye_krita", address=daemon)
    files = {"picture": str(pictures / "small.png"), "style": str(pictures / "style.png")}
    noted = run("upgrade", zip=str(zip_file), in_use=True, **files)
    assert noted["layers"] == ["Background", "Background – style"]


def test_a_resource_folder_that_the_artist_chose_is_found(
    home: harness.Home, run: harness.Run, pictures: Path, tmp_path: Path
) -> None:
    chosen = tmp_path / "my resources"
    (home.data / "krita").rename(chosen)
    (chosen / "pykrita" / "gramarye_krita" / "__init__.py").write_text("raise ImportError")
    settings = home.kritarc.read_text()
    home.kritarc.write_text(f"ResourceDirectory={chosen}\n{settings}")
    harness.gramarye(home, "krita", "install", "--no-wheels")
    (chosen / "pykrita" / "gramarye_krita" / "extension.py").write_text("def it is broken")
    said = run("broken_plugin", picture=str(pictures / "small.png"))["said"]
    assert said.startswith("Gramarye's plugin cannot be loaded (SyntaxError")
    assert "gramarye krita install" in said
    assert not (home.data / "krita" / "pykrita").exists()
