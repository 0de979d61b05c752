"""What the plugin's folder is made of: its files, the protocol, wheels, licences, a manifest."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from gramarye_protocol import __version__

from .errors import KritaInstallError
from .names import PLUGIN, PROTOCOL

MANIFEST = "MANIFEST.json"
OWN_WHEEL = f"gramarye-{__version__}-py3-none-any.whl"
"""What the plugin sets the daemon up from, inside Krita."""
_BESIDE = (".desktop", ".action")
"""Krita looks for these elsewhere, and would import the plugin twice if it saw one here."""


@dataclass(frozen=True)
class Contents:
    """Every file that Krita gets."""

    module: dict[str, bytes]
    """The plugin's folder: path with slashes → content."""
    desktop: bytes
    action: bytes


def contents(wheels: Iterable[Path], own: bytes | None = None) -> Contents:
    """The plugin as it is installed here, with these wheels in it, and ``own``: Gramarye's.

    Raises:
        KritaInstallError: this installation of Gramarye is not whole.
    """
    plugin = package_files(PLUGIN)
    module = {name: data for name, data in plugin.items() if not name.endswith(_BESIDE)}
    for name, data in package_files(PROTOCOL).items():
        module[f"vendor/{PROTOCOL}/{name}"] = data
    module["licences/gramarye/LICENSE"] = _own_licence()
    for wheel in wheels:
        module[f"wheels/{wheel.name}"] = wheel.read_bytes()
        module.update(_licences(wheel))
    if own is not None:
        module[f"wheels/{OWN_WHEEL}"] = own
    module[MANIFEST] = _manifest(module)
    return Contents(module, plugin[f"{PLUGIN}.desktop"], plugin[f"{PLUGIN}.action"])


def package_files(name: str) -> dict[str, bytes]:
    """A package's files, without importing it: the plugin is for Krita's Python, not this one.

    Raises:
        KritaInstallError: it is not installed.
    """
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise KritaInstallError(
            f"This installation of Gramarye lacks {name}. Install it again with pip."
        )
    folder = Path(spec.origin).parent
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in _sources(folder)}


def _sources(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if file.is_file() and not hidden:
            yield file


def _own_licence() -> bytes:
    """From the installed package, or from the checkout where that is not installed."""
    try:
        files = distribution("gramarye").files or []
        found = [file for file in files if file.name == "LICENSE"]
        if found:
            return Path(str(found[0].locate())).read_bytes()
    except (PackageNotFoundError, FileNotFoundError):
        pass
    checkout = Path(__file__).parents[3] / "LICENSE"
    if checkout.is_file():
        return checkout.read_bytes()
    raise KritaInstallError(
        "This installation of Gramarye lacks its licence. Install it again with pip."
    )


def _licences(wheel: Path) -> dict[str, bytes]:
    """Those in a wheel, by its package's name. Its other wheels differ in line ends at most."""
    package = wheel.name.split("-")[0]
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            _, inside, rest = name.partition(".dist-info/licenses/")
            if inside and rest and not rest.endswith("/"):
                text = archive.read(name).replace(b"\r\n", b"\n")
                found[f"licences/{package}/{rest.split('/')[-1]}"] = text
    return found


def _manifest(module: dict[str, bytes]) -> bytes:
    sums = {name: hashlib.sha256(module[name]).hexdigest() for name in sorted(module)}
    told = {"gramarye": __version__, "sha256": sums}
    return (json.dumps(told, indent=1) + "\n").encode()
