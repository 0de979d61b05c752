"""What the artist reads when the plugin or ZeroMQ cannot be loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
import zmq

import gramarye_krita
from gramarye_krita import native, paths, updated
from gramarye_krita.native import missing_words, origin, put_on_path

from ..pythons import pythons

PLUGIN = Path(gramarye_krita.__file__).parent
NO_ZMQ = ModuleNotFoundError("No module named 'zmq'", name="zmq")


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin's folder with no wheel yet, a data folder, and a path of its own."""
    monkeypatch.setattr(native, "CARRIED", tmp_path / "wheels")
    monkeypatch.setattr(native, "wheels_dir", lambda: tmp_path / "krita-python")
    monkeypatch.setattr(paths, "wheels_dir", lambda: tmp_path / "krita-python")
    monkeypatch.setattr(native, "folder", None)
    monkeypatch.setattr(native, "trouble", "")
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path


def carry(folder: Path, name: str, module: str = "") -> None:
    """A small wheel that fits every Python from 3.9 on."""
    folder.mkdir()
    with zipfile.ZipFile(folder / name, "w") as wheel:
        wheel.writestr("zmq/__init__.py", module)


FITTING = {
    "linux": "pyzmq-27.3.0-cp39-abi3-manylinux_2_5_{machine}.whl",
    "win32": "pyzmq-27.3.0-cp39-abi3-win_{machine}.whl",
    "darwin": "pyzmq-27.3.0-cp39-abi3-macosx_10_9_universal2.whl",
}


def fitting() -> str:
    machine = sysconfig.get_platform().partition("-")[2].replace("-", "_")
    return FITTING[sys.platform].format(machine=machine)


def test_what_is_unpacked_goes_before_all_else_on_the_path(own_places: Path) -> None:
    carry(own_places / "wheels", fitting())
    put_on_path()
    assert native.folder is not None
    assert sys.path[0] == str(native.folder)
    assert native.folder.is_relative_to(own_places / "krita-python")


def test_what_was_installed_by_hand_is_used_where_none_fits(own_places: Path) -> None:
    paths.by_hand_dir().mkdir(parents=True)
    put_on_path()
    assert sys.path[-1] == str(paths.by_hand_dir())


def test_without_a_wheel_that_fits_the_words_say_what_to_install(own_places: Path) -> None:
    put_on_path()
    said = missing_words(NO_ZMQ)
    assert "Krita's Python has no ZeroMQ" in said
    assert "python3-zmq" in said
    assert f"--python-version {sys.version_info[0]}.{sys.version_info[1]}" in said
    assert str(paths.by_hand_dir()) in said


def test_a_folder_that_cannot_be_written_is_named_with_the_reason(own_places: Path) -> None:
    carry(own_places / "wheels", fitting())
    (own_places / "krita-python").write_text("a file where a folder should be")
    put_on_path()
    said = missing_words(NO_ZMQ)
    assert f"could not be unpacked into {own_places / 'krita-python'}: File exists" in said
    assert "restart Krita" in said


def test_a_damaged_wheel_gets_a_sentence(own_places: Path) -> None:
    (own_places / "wheels").mkdir()
    (own_places / "wheels" / fitting()).write_bytes(b"half a file")
    put_on_path()
    assert "could not be unpacked" in missing_words(NO_ZMQ)
    assert "zip again" in missing_words(NO_ZMQ)


def test_a_library_that_cannot_be_loaded_gets_a_sentence(own_places: Path) -> None:
    carry(own_places / "wheels", fitting())
    put_on_path()
    error = ImportError("_zmq.abi3.so: failed to map segment from shared object")
    said = missing_words(error)
    assert f"was unpacked into {native.folder} but cannot be loaded" in said
    assert "failed to map segment" in said


def test_another_part_that_lacks_is_no_matter_of_zeromq() -> None:
    said = missing_words(ModuleNotFoundError("No module named 'x'", name="x"))
    assert said.startswith("Gramarye's plugin is incomplete (No module named 'x').")
    assert "gramarye krita install" in said


def test_where_zeromq_came_from_is_told() -> None:
    assert origin() == f"{zmq.__version__} from {zmq.__file__}"


def test_files_that_change_while_krita_runs_ask_for_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "MANIFEST.json"
    manifest.write_text("1")
    monkeypatch.setattr(updated, "_MANIFEST", manifest)
    monkeypatch.setattr(updated, "_at_start", b"1")
    assert updated.restart_words() == ""
    manifest.write_text("2")
    assert "Restart Krita" in updated.restart_words()
    manifest.unlink()
    assert "Restart Krita" in updated.restart_words()


# --- a plugin that cannot be loaded at all

KRITA = """
class Extension:
    def __init__(self, parent):
        pass

class DockWidget:
    pass

DockWidgetFactory = DockWidgetFactoryBase = None

class Krita:
    extensions = []

    @staticmethod
    def instance():
        return Krita()

    def addExtension(self, extension):
        Krita.extensions.append(extension)

def qVersion():
    return "5.15.0"
"""
ASK = "import gramarye_krita, krita; print(krita.Krita.extensions[0]._sentence)"


def said_by(python: str, folder: Path) -> str:
    """The sentence that this Python's Krita would show."""
    (folder / "krita.py").write_text(KRITA)
    ran = subprocess.run(
        [python, "-c", ASK],
        cwd=folder,
        env={"PATH": "", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def test_a_plugin_that_is_damaged_says_so_in_the_menu(tmp_path: Path) -> None:
    shutil.copytree(PLUGIN, tmp_path / "gramarye_krita")
    (tmp_path / "gramarye_krita" / "extension.py").write_text("def it is broken")
    said = said_by(sys.executable, tmp_path)
    assert said.startswith("Gramarye's plugin cannot be loaded (SyntaxError:")
    assert "Import its zip again" in said


def test_a_krita_that_is_too_old_says_so_in_the_menu(tmp_path: Path) -> None:
    older = pythons((8, 9))
    if not older:
        pytest.skip("NOT TESTED: no Python 3.8 or 3.9 is here")
    shutil.copytree(PLUGIN, tmp_path / "gramarye_krita")
    for python in older:
        said = said_by(python, tmp_path)
        assert said.startswith("Gramarye needs Python 3.10, and this Krita has 3."), python
        assert "Install a newer Krita" in said
