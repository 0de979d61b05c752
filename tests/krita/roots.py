"""Debian roots with other Kritas than the machine's own: made once, kept, and entered.

A root is a folder that debootstrap fills, on Debian and as root only. Krita of a root runs by
``enter.sh``: on the machine's X display, with a home of the machine, and the daemon stays outside.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
VARIABLE = "GRAMARYE_KRITA_ROOT"
"""Names the root whose Krita the tests drive; unset for the machine's own."""
KRITAS = {"bookworm": "5.1.5", "trixie": "5.2.9", "forky": "5.3.4"}
"""Debian's suite → its Krita."""
ZMQ = "python3-zmq"
PACKAGES = ("krita", "python3-pyqt5", ZMQ, "fonts-dejavu-core")
MIRROR = "http://deb.debian.org/debian"
_OUTSIDE = ("xdotool", "import")
"""What scenarios run that is the machine's."""


class RootError(Exception):
    """A root could not be made; the text says what to do."""


def usual_folder() -> Path:
    """Where roots are kept if nobody says otherwise."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gramarye-roots"


def root(
    suite: str,
    folder: Path | None = None,
    adding: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Path:
    """The root of a suite; made if it is not there, which takes minutes and up to 2 GB.

    A root with packages added, or without some, is a copy of the suite's plain one.

    Raises:
        RootError: it cannot be made here.
    """
    folder = (folder or usual_folder()).absolute()
    changes = [f"with-{one}" for one in sorted(adding)] + [f"without-{one}" for one in without]
    path = folder / "-".join([suite, *changes])
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / f"{path.name}.lock"):
        if path.is_dir():
            return path
        _require_root()
        new = folder / f"{path.name}.new"  # half-made ones are never taken for a root
        if changes:
            shutil.rmtree(new, ignore_errors=True)
            _require(["cp", "-a", "--reflink=auto", str(root(suite, folder)), str(new)])
        else:
            _debootstrap(suite, new)
        if adding or not changes:
            _apt(new, "install", "--no-install-recommends", *(adding or PACKAGES))
        if without:
            _apt(new, "remove", *without)
        _apt(new, "clean")
        _let_out(new)
        new.rename(path)
    return path


def inside(root: Path | str | None, *words: str) -> list[str]:
    """The command that runs these words in a root; as they are where there is none.

    The checkout is readable there, temporary files are the machine's, this Python runs outside.
    """
    if not root:
        return list(words)
    places = [str(root), tempfile.gettempdir(), str(CHECKOUT), sys.executable]
    return [str(HERE / "enter.sh"), *places, *words]


def _debootstrap(suite: str, new: Path) -> None:
    with _locked(new.parent / "debootstrap.lock"):
        if shutil.which("debootstrap") is None:
            _require(["apt-get", "update", "-qq"])
            _require(["apt-get", "install", "-y", "-qq", "debootstrap"])
    if (new / "debootstrap").is_dir() or not (new / "usr" / "bin" / "apt-get").is_file():
        shutil.rmtree(new, ignore_errors=True)  # its own folder is left behind by a broken run
        command = ["debootstrap", "--variant=minbase", suite, str(new), MIRROR]
        if not Path("/usr/share/debootstrap/scripts", suite).exists():
            command.append("/usr/share/debootstrap/scripts/sid")  # newer than this debootstrap
        _require(command)
    _require(bare(new, "dpkg", "--configure", "-a"))  # an earlier run may have been killed


def _apt(root: Path, *words: str) -> None:
    """With the lists that debootstrap fetched: forky's Release file may have expired."""
    _require(bare(root, "apt-get", "-y", "-qq", *words))


def bare(root: Path, *words: str) -> list[str]:
    """A command in a root that has nothing of the checkout."""
    environment = [
        "env",
        "-i",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "DEBIAN_FRONTEND=noninteractive",
    ]
    places = [str(root), tempfile.gettempdir(), "", ""]
    return [str(HERE / "enter.sh"), *places, *environment, *words]


def _let_out(root: Path) -> None:
    """Put ``outside.sh`` in place of the programs that the machine has."""
    for name in ("outside", *_OUTSIDE):
        program = root / "usr" / "bin" / name
        program.unlink(missing_ok=True)
        shutil.copy(HERE / "outside.sh", program)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """One process at a time makes a root; the others wait for it."""
    with file.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _require_root() -> None:
    if os.geteuid() != 0 or not Path("/etc/debian_version").is_file():
        raise RootError("Roots with other Kritas are made on Debian, as root only.")


def _require(command: list[str]) -> None:
    status = subprocess.run(command, stdin=subprocess.DEVNULL, cwd="/tmp", check=False).returncode
    if status != 0:
        raise RootError(f"This command failed with exit status {status}: {' '.join(command)}")


def main() -> int:
    """Make a root and say where it is."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("suite", choices=KRITAS)
    parser.add_argument("--folder", type=Path, default=usual_folder(), help="where roots are kept")
    parser.add_argument("--with", dest="adding", nargs="*", default=[], metavar="PACKAGE")
    parser.add_argument("--without", nargs="*", default=[], metavar="PACKAGE")
    chosen = parser.parse_args()
    try:
        print(root(chosen.suite, chosen.folder, chosen.adding, chosen.without))
    except RootError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
