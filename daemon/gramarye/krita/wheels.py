"""The pinned ZeroMQ wheels: fetched by pip as it is configured here, checked, kept in the cache."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ..engine.places import cache_home
from .errors import KritaInstallError

LIST = Path(__file__).parent / "pyzmq.sha256"
"""As ``sha256sum`` writes it and ``sha256sum -c`` checks it."""
PIP_SECONDS = 300
AT_ONCE = 4


@dataclass(frozen=True)
class Wheel:
    """One file that Gramarye was released with."""

    name: str
    sha256: str

    @property
    def parts(self) -> list[str]:
        """Package, version, Python, ABI, systems."""
        return self.name.removesuffix(".whl").split("-")

    @property
    def systems(self) -> list[str]:
        """The systems' tags, such as ``win_amd64``."""
        return self.parts[4].split(".")


def pinned(text: str | None = None) -> list[Wheel]:
    """Every wheel that the zip carries."""
    lines = (LIST.read_text(encoding="ascii") if text is None else text).splitlines()
    return [Wheel(name, sha256) for sha256, name in (line.split() for line in lines)]


def for_system(wheels: Iterable[Wheel], platform: str, machine: str) -> list[Wheel]:
    """Those for any Krita on a machine, whatever Python that has: its plugin chooses.

    On Windows for every machine, because a Krita for x64 runs on ARM too.
    """
    starts = {"win32": "win_", "darwin": "macosx_", "linux": "manylinux_"}.get(platform, "none")
    end = machine if platform == "linux" else ""
    return [
        wheel
        for wheel in wheels
        if any(tag.startswith(starts) and tag.endswith(end) for tag in wheel.systems)
    ]


def cache() -> Path:
    """Where they are kept."""
    return cache_home() / "krita-wheels"


def fetch(
    wheels: Sequence[Wheel], folder: Path | None = None, say: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """The files of these wheels, from the cache or else through pip.

    Raises:
        KritaInstallError: one cannot be had (``no-wheel``), or is not the pinned file
            (``wrong-wheel``).
    """
    folder = cache() if folder is None else folder
    missing = [wheel for wheel in wheels if _sum(folder / wheel.name) != wheel.sha256]
    if missing:
        _require_pip(folder)
        say(f"Fetching ZeroMQ for Krita's Python ({len(missing)} files) …")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda wheel: _fetch(wheel, folder), missing))
        except OSError as error:
            raise KritaInstallError(
                f"ZeroMQ could not be kept in {folder}: {error.strerror or error}. Make room "
                "there, or name another folder in $GRAMARYE_CACHE.",
                "no-wheel",
            ) from error
    return [folder / wheel.name for wheel in wheels]


def _require_pip(folder: Path) -> None:
    if find_spec("pip") is None:
        raise KritaInstallError(
            "The Python that has Gramarye has no pip, which fetches ZeroMQ for Krita. Run "
            f"“{sys.executable} -m ensurepip” and try again, or put the files that "
            f"{LIST} lists into {folder} by hand.",
            "no-wheel",
        )


def _fetch(wheel: Wheel, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as scratch:
        _pip(wheel, Path(scratch), folder)
        fetched = Path(scratch) / wheel.name
        found = _sum(fetched)
        if found is None:
            others = ", ".join(sorted(file.name for file in Path(scratch).iterdir()))
            raise KritaInstallError(
                f"pip gave {others or 'nothing'} where {wheel.name} was asked for. Look at "
                "“pip config list”: another package index may have it.",
                "no-wheel",
            )
        if found != wheel.sha256:
            raise KritaInstallError(
                f"{wheel.name} from the package index is not the file that Gramarye was made "
                f"with (SHA-256 {found[:16]}…, not {wheel.sha256[:16]}…), so it was not used. "
                "Look at “pip config list”: another package index may have the right one.",
                "wrong-wheel",
            )
        fetched.replace(folder / wheel.name)


def _pip(wheel: Wheel, destination: Path, folder: Path) -> None:
    package, version, python, abi, _ = wheel.parts
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--only-binary=:all:", f"--dest={destination}", "--implementation=cp"]
    command += [f"--python-version={python.removeprefix('cp')}", f"--abi={abi}"]
    command += [f"--platform={system}" for system in wheel.systems]
    command.append(f"{package}=={version}")
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False
        )
        said = ran.stderr if ran.returncode else ""
    except subprocess.TimeoutExpired:
        said = f"no answer within {PIP_SECONDS} s"
    if said:
        raise KritaInstallError(
            f"{wheel.name} could not be fetched ({_last_line(said)}). Connect to the internet and "
            f"try again, or put the file into {folder} by hand.",
            "no-wheel",
        )


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    return errors[-1].removeprefix("ERROR: ")[:300] if errors else "pip said nothing"


def _sum(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
