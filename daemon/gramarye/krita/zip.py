"""The zip that Krita's Tools ▸ Scripts ▸ Import Python Plugin from File accepts.

Krita looks for a ``.desktop`` file, for the **directory entry** of the module that it names, and
for ``MODULE.action``. Everything that an artist needs without a terminal is in the module: the
protocol, ZeroMQ for every Python and system that Krita comes with, and Gramarye's own wheel.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .archive import pack
from .contents import OWN_WHEEL, contents
from .errors import KritaInstallError
from .files import write
from .names import PLUGIN
from .own_wheel import own_wheel


def write_zip(file: Path, wheels: Sequence[Path], own: Path | None = None) -> None:
    """Write the zip with these ZeroMQ wheels, and with Gramarye's own wheel or a fresh one.

    Raises:
        KritaInstallError: a file could not be read or written, or ``own`` is another wheel.
    """
    if own is not None and own.name != OWN_WHEEL:
        raise KritaInstallError(f"The wheel must be {OWN_WHEEL}, and this is {own.name}.")
    try:
        inside = contents(wheels, own_wheel() if own is None else own.read_bytes())
        files = {f"{PLUGIN}/{name}": data for name, data in inside.module.items()}
        files[f"{PLUGIN}/"] = b""
        files[f"{PLUGIN}.desktop"] = inside.desktop
        files[f"{PLUGIN}.action"] = inside.action
        write(file, pack(files))
    except OSError as error:
        raise KritaInstallError(
            f"{file} could not be written: {error.strerror or error} ({error.filename}). Check "
            "that the folder is there and can be written."
        ) from error
