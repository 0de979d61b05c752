"""Zip archives that depend on nothing but what is in them: the same bytes on every machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_DATE = (1980, 1, 1, 0, 0, 0)
_FILE, _FOLDER = 0o100644 << 16, (0o040755 << 16) | 0x10


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files, by their names; a name that ends in ``/`` is a folder.

    Nothing is compressed: compressors differ between machines, and the large files in here are
    compressed already.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 3
            entry.external_attr = _FOLDER if name.endswith("/") else _FILE
            archive.writestr(entry, files[name])
    return buffer.getvalue()
