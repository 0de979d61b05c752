"""Gramarye's own wheel, for the zip: packed again from what is installed here, always alike.

Neither pip nor an index is needed for it, and a checkout that is installed as editable gives the
wheel of the sources as they are.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from gramarye_protocol import __version__

from .archive import pack
from .contents import package_files
from .errors import KritaInstallError
from .names import PLUGIN, PROTOCOL

_PACKAGES = ("gramarye", PROTOCOL, PLUGIN)
_WHEEL = b"Wheel-Version: 1.0\nGenerator: gramarye\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
_AGAIN = "Install it again with pip, or give its wheel with --wheel FILE."


def own_wheel() -> bytes:
    """The wheel's bytes.

    Raises:
        KritaInstallError: Gramarye is not installed as a package, or as another version.
    """
    files = {
        f"{package}/{name}": data
        for package in _PACKAGES
        for name, data in package_files(package).items()
    }
    files |= {f"gramarye-{__version__}.dist-info/{name}": data for name, data in _told().items()}
    record = f"gramarye-{__version__}.dist-info/RECORD"
    lines = [f"{name},sha256={_sum(files[name])},{len(files[name])}" for name in sorted(files)]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return pack(files)


def _told() -> dict[str, bytes]:
    """What the wheel says about itself: as pip wrote it down, but for how it was installed."""
    try:
        found = distribution("gramarye")
    except PackageNotFoundError as error:
        raise KritaInstallError(f"Gramarye is not installed as a package. {_AGAIN}") from error
    if found.version != __version__:
        raise KritaInstallError(
            f"Gramarye {__version__} runs here, but {found.version} is installed. {_AGAIN}"
        )
    told = {"WHEEL": _WHEEL}
    for file in found.files or []:
        if file.parts[0].endswith(".dist-info"):
            name = "/".join(file.parts[1:])
            if name in ("METADATA", "entry_points.txt") or name.startswith("licenses/"):
                told[name] = Path(str(file.locate())).read_bytes()
    if not {"METADATA", "entry_points.txt"} <= told.keys():
        raise KritaInstallError(f"This installation of Gramarye is not whole. {_AGAIN}")
    return told


def _sum(data: bytes) -> str:
    digest = hashlib.sha256(data).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
