"""The wheel chooser against the packaging library, and unpacking among Kritas that run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.tags import Tag, cpython_tags, mac_platforms, sys_tags
from packaging.utils import parse_wheel_filename

from gramarye.krita.wheels import pinned
from gramarye_krita import unpacking
from gramarye_krita.unpacking import Interpreter, choose, provide, unpacked_name

from ..pythons import pythons
from ..zeromq import real_wheels

NAMES = [wheel.name for wheel in pinned()]
PYTHONS = [(3, minor) for minor in range(8, 17)]
SYSTEMS = [
    ("win_amd64", (0, 0)),
    ("win_arm64", (0, 0)),
    ("win32", (0, 0)),
    *[(f"linux_{one}", (2, minor)) for one in ("x86_64", "aarch64") for minor in (17, 26, 28, 41)],
    ("linux_x86_64", (0, 0)),  # another C library than glibc
    ("linux_riscv64", (2, 41)),
    *[(f"macosx_{one}", (major, 15)) for one in ("x86_64", "arm64") for major in (10, 11, 15)],
    ("macosx_x86_64", (10, 14)),
    ("freebsd_14_amd64", (0, 0)),
]


def tags(interpreter: Interpreter) -> set[Tag]:
    """What the packaging library says can be installed there."""
    family, _, machine = interpreter.system.partition("_")
    platforms = [interpreter.system]
    if family == "linux":
        newest = interpreter.release[1] if interpreter.release[0] else -1
        platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 4, -1)]
    elif family == "macosx":
        platforms = list(mac_platforms(interpreter.release, machine))
    abi = f"cp{interpreter.python[0]}{interpreter.python[1]}"
    return set(cpython_tags(interpreter.python, [abi], platforms or ["none"]))


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("system", "release"), SYSTEMS)
def test_the_wheel_chosen_is_one_that_pip_would_install(
    python: tuple[int, int], system: str, release: tuple[int, int]
) -> None:
    interpreter = Interpreter(python, system, release)
    allowed = tags(interpreter)
    fitting = {name for name in NAMES if allowed & parse_wheel_filename(name)[3]}
    chosen = choose(NAMES, interpreter)
    assert {name for name in NAMES if unpacking.fits(name, interpreter)} == fitting
    assert chosen in fitting if fitting else chosen is None


@pytest.mark.parametrize("python", [(3, 10), (3, 11), (3, 12), (3, 13), (3, 14)])
@pytest.mark.parametrize("system", ["win_amd64", "win_arm64", "linux_x86_64", "linux_aarch64"])
def test_every_krita_of_our_time_gets_one(python: tuple[int, int], system: str) -> None:
    chosen = choose(NAMES, Interpreter(python, system, (2, 36)))
    assert chosen is not None
    assert f"-cp{python[0]}{min(python[1], 12)}-" in chosen


def test_the_interpreter_that_runs_is_known_by_its_tags() -> None:
    chosen = choose(NAMES, Interpreter.here())
    own = set(sys_tags())
    assert (chosen is not None) == any(own & parse_wheel_filename(name)[3] for name in NAMES)
    assert chosen is None or own & parse_wheel_filename(chosen)[3]


def test_other_files_beside_are_no_candidates() -> None:
    here = Interpreter((3, 11), "linux_x86_64", (2, 36))
    assert choose(["gramarye-0.1.0-py3-none-any.whl", "pyzmq-27.3.0.tar.gz"], here) is None


@pytest.mark.parametrize("python", sorted({sys.executable, *pythons(range(10, 16))}))
def test_the_wheel_imports_in_every_python_at_hand(python: str, tmp_path: Path) -> None:
    """With the plugin's own file run by that Python, as in Krita."""
    carried = carry(tmp_path / "carried", real_wheels())
    program = (
        "import importlib.util, pathlib, sys\n"
        "spec = importlib.util.spec_from_file_location('unpacking', sys.argv[1])\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['unpacking'] = module\n"
        "spec.loader.exec_module(module)\n"
        "folder = module.provide(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))\n"
        "sys.path.insert(0, str(folder))\n"
        "import zmq\n"
        "pair = [zmq.Context.instance().socket(zmq.PAIR) for _ in range(2)]\n"
        "pair[0].bind('inproc://here'); pair[1].connect('inproc://here')\n"
        "pair[0].send(b'hello'); print(pair[1].recv().decode(), zmq.__file__)\n"
        "[one.close(0) for one in pair]\n"
    )
    source = Path(unpacking.__file__)
    ran = subprocess.run(
        [python, "-I", "-S", "-c", program, str(source), str(carried), str(tmp_path / "place")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said, origin = ran.stdout.split()
    assert said == "hello"
    assert Path(origin).is_relative_to(tmp_path / "place")


# --- unpacking

HERE = Interpreter((3, 11), "linux_x86_64", (2, 36))
NEW = "pyzmq-27.3.0-cp311-cp311-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl"
FOLDER = "pyzmq-27.3.0-cp311-cp311-manylinux_2_26_x86_64"
NEXT = "pyzmq-28.0.0-cp311-cp311-manylinux_2_28_x86_64.whl"


def carry(folder: Path, wheels: list[Path]) -> Path:
    folder.mkdir()
    for wheel in wheels:
        shutil.copy(wheel, folder)
    return folder


def small(folder: Path, *names: str) -> Path:
    """Wheels with one small file in each."""
    folder.mkdir(exist_ok=True)
    for name in names:
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("zmq/__init__.py", f"wheel = {name!r}")
    return folder


def test_a_wheel_is_unpacked_once_into_a_folder_of_its_own(tmp_path: Path) -> None:
    carried, place = small(tmp_path / "wheels", NEW), tmp_path / "krita-python"
    folder = provide(carried, place, HERE)
    assert folder is not None
    assert folder == place / FOLDER
    (folder / "zmq" / "mark").touch()
    assert provide(carried, place, HERE) == folder
    assert (folder / "zmq" / "mark").exists()
    assert [one.name for one in place.iterdir()] == [folder.name]


def test_where_none_fits_nothing_is_written(tmp_path: Path) -> None:
    place = tmp_path / "krita-python"
    riscv = Interpreter((3, 11), "linux_riscv64", (2, 36))
    assert provide(small(tmp_path / "wheels", NEW), place, riscv) is None
    assert provide(tmp_path / "no folder", place, HERE) is None
    assert not place.exists()


def test_a_damaged_wheel_leaves_nothing(tmp_path: Path) -> None:
    carried = small(tmp_path / "wheels", NEW)
    whole = (carried / NEW).read_bytes()
    (carried / NEW).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(zipfile.BadZipFile):
        provide(carried, tmp_path / "place", HERE)
    assert list((tmp_path / "place").iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: zipfile.ZipFile, path: Path) -> None:
        (path / "half").write_text("")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)
    with pytest.raises(OSError, match="No space"):
        provide(small(tmp_path / "wheels", NEW), tmp_path / "place", HERE)
    assert list((tmp_path / "place").iterdir()) == []


def test_what_an_administrator_unpacked_can_be_used_without_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried, place = small(tmp_path / "wheels", NEW), tmp_path / "place"
    folder = provide(carried, place, HERE)
    assert folder is not None

    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as here:
        here.setattr(os, "open", refuse)
        held = unpacking._hold(folder)
    assert held


def test_another_krita_that_was_first_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried, place = small(tmp_path / "wheels", NEW), tmp_path / "place"
    extract = zipfile.ZipFile.extractall

    def slow(self: zipfile.ZipFile, path: Path) -> None:
        extract(self, path)
        (place / FOLDER / "zmq").mkdir(parents=True)
        (place / FOLDER / "zmq" / "theirs").touch()

    monkeypatch.setattr(zipfile.ZipFile, "extractall", slow)
    folder = provide(carried, place, HERE)
    assert folder is not None
    assert (folder / "zmq" / "theirs").exists()
    assert len(list(place.iterdir())) == 1


PROVIDE = (
    "import sys, pathlib; sys.path.insert(0, sys.argv[1])\n"
    "from gramarye_krita.unpacking import Interpreter, provide\n"
    "here = Interpreter((3, 11), 'linux_x86_64', (2, 36))\n"
    "print(provide(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), here), flush=True)\n"
    "sys.stdin.read()\n"
)


def start_krita(carried: Path, place: Path) -> subprocess.Popen[str]:
    """A process that uses what it unpacked until its input ends."""
    plugin = str(Path(unpacking.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", PROVIDE, plugin, str(carried), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_many_kritas_at_once_share_one_whole_folder(tmp_path: Path) -> None:
    carried, place = small(tmp_path / "wheels", NEW), tmp_path / "place"
    kritas = [start_krita(carried, place) for _ in range(4)]
    said = {krita.communicate(timeout=60)[0].strip() for krita in kritas}
    assert said == {str(place / FOLDER)}
    assert len(list(place.iterdir())) == 1


def test_an_old_version_goes_once_no_krita_has_it_loaded(tmp_path: Path) -> None:
    place = tmp_path / "place"
    running = start_krita(small(tmp_path / "old", NEW), place)
    assert running.stdout is not None
    old = Path(running.stdout.readline().strip())
    new = provide(small(tmp_path / "new", NEXT), place, HERE)
    assert new is not None
    assert old.is_dir()  # that Krita may import more of it
    running.communicate(timeout=60)
    provide(tmp_path / "new", place, HERE)
    assert [one.name for one in place.iterdir()] == [new.name]


def test_the_folder_of_another_krita_with_another_python_stays(tmp_path: Path) -> None:
    carried, place = small(tmp_path / "wheels", NEW, NEW.replace("311", "310")), tmp_path / "place"
    first = provide(carried, place, HERE)
    second = provide(carried, place, Interpreter((3, 10), "linux_x86_64", (2, 36)))
    assert first is not None
    assert second is not None
    assert first != second
    assert first.is_dir()
    assert second.is_dir()


def test_what_a_killed_krita_left_goes_a_day_later(tmp_path: Path) -> None:
    carried, place = small(tmp_path / "wheels", NEW), tmp_path / "place"
    young, old = place / ".unpacking-young", place / ".unpacking-old"
    young.mkdir(parents=True)
    old.mkdir()
    os.utime(old, (0, 0))
    provide(carried, place, HERE)
    assert young.is_dir()  # another Krita may be at it
    assert not old.exists()


def test_each_wheel_has_a_folder_of_its_own() -> None:
    assert len({unpacked_name(name) for name in NAMES}) == len(NAMES)
