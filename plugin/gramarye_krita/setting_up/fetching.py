"""Fetching a Python where the computer has none that can be used: uv, from the package index.

uv (https://docs.astral.sh/uv) is one program in a wheel. It is pinned by its SHA-256 and kept in
the user's data folder; it fetches a Python of its own and makes an environment with pip in it.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

from ..errors import Refusal
from ..launcher import clean_environment
from ..translate import tr

INDEX = "https://pypi.org/simple"
VERSION = "0.13.9"
PYTHON = "3.12"
MAX_BYTES = 64 << 20
TIMEOUT_SECONDS = 30
_UV = {
    ("linux", "x86_64"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "aarch64"): (
        "manylinux_2_28_aarch64",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("darwin", "arm64"): (
        "macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
    ("darwin", "x86_64"): (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
    ("win32", "AMD64"): (
        "win_amd64",
        "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",
    ),
    ("win32", "ARM64"): (
        "win_arm64",
        "eeb92051c2123b9730c46b04cc843cfa4bc7d7b0aec56df431a2215ef4cb0273",
    ),
}


def wheel_name(system: str = sys.platform, machine: str = "") -> tuple[str, str]:
    """The name of uv's wheel for a computer, and its SHA-256.

    Raises:
        Refusal: there is none.
    """
    found = _UV.get((system, machine or platform.machine()))
    if found is None:
        raise Refusal(
            tr(
                "No Python was found here, and none can be fetched for this computer. {install}",
                install=install_words(),
            )
        )
    return f"uv-{VERSION}-py3-none-{found[0]}.whl", found[1]


def make_environment(
    folder: Path, tools: Path, told: Callable[[str], None], index: str = INDEX
) -> Path:
    """Make an environment with a Python of its own, unless it is there; returns that.

    Args:
        folder: the environment's.
        tools: where uv and its Pythons are kept.
        told: is told in a line what goes on.

    Raises:
        Refusal: it could not be fetched, or does not work.
    """
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if python.is_file() and _run([str(python), "-I", "-m", "pip", "--version"])[0] == 0:
        return python  # of an earlier try: what it holds is gone on with
    uv = _uv(tools, told, index)
    told(tr("Fetching a Python of its own…"))
    where = {
        "UV_PYTHON_INSTALL_DIR": str(tools / "pythons"),
        "UV_CACHE_DIR": str(tools / "cache"),
    }
    command = [str(uv), "venv", "--seed", "--clear", "--python", PYTHON, str(folder)]
    code, said = _run(command, where)
    if code or not python.is_file():
        raise Refusal(
            tr(
                "A Python could not be fetched ({reason}). {install}",
                reason=_last(said),
                install=install_words(),
            )
        )
    return python


def install_words() -> str:
    """How somebody gets a Python by hand."""
    if sys.platform == "linux":
        return tr(
            "Install your distribution's packages python3 and python3-venv, then press Try Again."
        )
    return tr("Install Python 3.12 from python.org, then press Try Again.")


def _uv(tools: Path, told: Callable[[str], None], index: str) -> Path:
    name, sha256 = wheel_name()
    program = "uv.exe" if sys.platform == "win32" else "uv"
    place = tools / f"uv-{VERSION}" / program
    if place.is_file():
        return place
    told(tr("Fetching uv, which fetches Pythons…"))
    try:
        wheel = _fetch(f"{index}/uv/", name)
        if hashlib.sha256(wheel).hexdigest() != sha256:
            raise Refusal(
                tr(
                    "{name} is not what it should be, so it was not used. Try again later.",
                    name=name,
                )
            )
        with zipfile.ZipFile(BytesIO(wheel)) as archive:
            data = archive.read(f"uv-{VERSION}.data/scripts/{program}")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = place.with_suffix(".part")
        scratch.write_bytes(data)
        scratch.chmod(0o700)
        scratch.replace(place)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise Refusal(
            tr(
                "A Python could not be fetched ({reason}). {install}",
                reason=error,
                install=install_words(),
            )
        ) from error
    return place


def _fetch(page: str, name: str) -> bytes:
    """A file that a package's page of the index names (PEP 691)."""
    request = urllib.request.Request(
        page, headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        listed = json.loads(answer.read(MAX_BYTES))
    urls = {one["filename"]: one["url"] for one in listed["files"]}
    if name not in urls:
        raise OSError(f"{name} is not there any more")
    where = urllib.parse.urljoin(page, urls[name])
    with urllib.request.urlopen(where, timeout=TIMEOUT_SECONDS) as answer:
        return answer.read(MAX_BYTES)


def _run(command: list[str], more: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Exit status, and all that was printed."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**clean_environment(), **(more or {})},
            creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
            check=False,
        )
    except OSError as error:
        return 1, str(error)
    return done.returncode, done.stdout


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "?"
