"""ZeroMQ for Krita's own Python, which has no pip: the wheel that fits is unpacked at first start.

The wheels lie in the plugin's folder as they were published. What is unpacked lies outside of it,
one folder for each wheel, because Krita replaces the plugin's folder while it runs and a library
that is loaded must stay where it is. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PACKAGE = "pyzmq"
HALF = ".unpacking-"
ABANDONED_SECONDS = 24 * 3600
_held: list[int] = []
"""Open files with this process' locks, held until it ends."""


@dataclass(frozen=True)
class Interpreter:
    """What a wheel must fit: ``system`` as in wheels' tags, such as ``linux_x86_64``."""

    python: tuple[int, int]
    system: str
    release: tuple[int, int]
    """The version of glibc or of macOS; zeros elsewhere, and where the C library is another."""

    @classmethod
    def here(cls) -> Interpreter:
        """The one that runs this."""
        system = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        release = (0, 0)
        if sys.platform == "darwin":
            release = _numbers(platform.mac_ver()[0])
            system = f"macosx_{platform.machine()}"
        elif sys.platform == "linux":
            name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
            release = _numbers(version) if name == "glibc" else (0, 0)
        return cls(sys.version_info[:2], system, release)


def choose(names: Iterable[str], interpreter: Interpreter) -> str | None:
    """The name of the wheel that fits best, by the tags in the names; ``None`` if none does."""
    fitting = [name for name in names if fits(name, interpreter)]
    return max(fitting, key=lambda name: (_exact(name), _since(name)), default=None)


def fits(name: str, interpreter: Interpreter) -> bool:
    """Whether a wheel of :data:`PACKAGE` can be imported there."""
    if not (name.startswith(f"{PACKAGE}-") and name.endswith(".whl")):
        return False
    systems = name[: -len(".whl")].split("-")[-1].split(".")
    fits_python = (
        _since(name) == interpreter.python if _exact(name) else _since(name) <= interpreter.python
    )
    return fits_python and any(_fits_system(tag, interpreter) for tag in systems)


def unpacked_name(name: str) -> str:
    """The folder for a wheel: its name, with only the first of its systems."""
    *parts, systems = name[: -len(".whl")].split("-")
    return "-".join([*parts, systems.split(".")[0]])


def provide(carried: Path, place: Path, interpreter: Interpreter | None = None) -> Path | None:
    """Unpack the wheel in ``carried`` that fits into a folder of its own in ``place``.

    Returns that folder, or ``None`` where no wheel fits. It is complete or not there at all, even
    if several Kritas start at once or one is killed. Folders of other versions are removed, unless
    a running Krita has them loaded.

    Raises:
        OSError: it cannot be written.
        zipfile.BadZipFile: the wheel is damaged.
    """
    names = sorted(file.name for file in carried.glob("*.whl"))
    name = choose(names, interpreter or Interpreter.here())
    if name is None:
        return None
    folder = place / unpacked_name(name)
    while not _hold(folder):  # which another Krita may remove in between, though hardly twice
        _unpack(carried / name, folder)
    _remove_others(place, folder)
    return folder


def _unpack(wheel: Path, folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix=HALF, dir=folder.parent))
    try:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(half)
        try:
            half.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another Krita was first
                raise
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _hold(folder: Path) -> bool:
    """Mark a folder as used by this process for as long as it lives; false if it is not there."""
    try:
        lock = os.open(folder / "in-use", os.O_RDWR | os.O_CREAT)  # on Windows that is enough
    except FileNotFoundError:
        return False
    except OSError:  # a folder that cannot be written here cannot be removed from here either
        return folder.is_dir()
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # some network file systems know no locks
            fcntl.flock(lock, fcntl.LOCK_SH)
    if not folder.is_dir():
        os.close(lock)
        return False
    _held.append(lock)
    return True


def _remove_others(place: Path, folder: Path) -> None:
    """Folders for other Pythons stay while their version is this one's: their Krita is here too."""
    version = folder.name.split("-")[1]
    for other in place.iterdir():
        if other.name.startswith(HALF):
            with contextlib.suppress(FileNotFoundError):  # another Krita is done with it
                if time.time() - other.stat().st_mtime > ABANDONED_SECONDS:
                    shutil.rmtree(other, ignore_errors=True)
        elif other.name.startswith(f"{PACKAGE}-") and other.name.split("-")[1] != version:
            _remove_unused(other)


def _remove_unused(folder: Path) -> None:
    """Renamed first, so that nobody finds half of it."""
    gone = folder.with_name(f"{HALF}{folder.name}")
    try:
        if sys.platform == "win32":
            folder.rename(gone)  # fails as a whole while a file of it is open
        else:
            with (folder / "in-use").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                folder.rename(gone)
    except OSError:
        return  # a running Krita has it loaded: the next start looks again
    shutil.rmtree(gone, ignore_errors=True)


def _fits_system(tag: str, interpreter: Interpreter) -> bool:
    family, _, rest = tag.partition("_")
    if family == "win":
        return tag == interpreter.system
    if family not in ("manylinux", "macosx") or rest.count("_") < 2:
        return False
    major, minor, machine = rest.split("_", 2)
    if interpreter.release < (int(major), int(minor)):
        return False
    if family == "manylinux":
        return interpreter.system == f"linux_{machine}"
    return interpreter.system.startswith("macosx_") and (
        machine == "universal2" or interpreter.system == f"macosx_{machine}"
    )


def _exact(name: str) -> bool:
    return name.split("-")[3] != "abi3"


def _since(name: str) -> tuple[int, int]:
    """The Python in a wheel's name: ``cp312`` → (3, 12)."""
    digits = name.split("-")[2].removeprefix("cp")
    return int(digits[0]), int(digits[1:])


def _numbers(version: str) -> tuple[int, int]:
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return (*numbers, 0, 0)[0], (*numbers, 0, 0)[1]
