"""PNG of 16 bits: libpng's pixels, with the profile and the text that belong to them.

libpng is given whole pictures, since nothing well-kept passes it single rows from Python; the
samples are decoded where they stay, and beside them lies only what is compressed.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import imagecodecs
import numpy as np
from PIL import Image

from .encoding import Samples
from .errors import check_size, damaged
from .strips import Rows
from .turning import ORIENTATION, turned

_AFTER_HEADER = 33
"""The signature and the header chunk; profiles and texts may follow it."""

_ROOM = 1 << 16
"""Bytes for all in a PNG that is no sample; what cannot be compressed grows by a hundredth."""


def read_png16(path: Path) -> tuple[Samples, bytes]:
    """Grey or RGB samples with or without alpha, upright, and their profile.

    Raises:
        PictureFileError: too large, too small, or damaged.
        Exception: whatever a decoder makes of damage.
    """
    width, height, profile, orientation = _told(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        samples = imagecodecs.png_decode(data)
    if samples.shape[:2] != (height, width) or samples.dtype != np.uint16:
        raise damaged(path)
    samples = samples.reshape(height, width, -1)
    return np.ascontiguousarray(turned(samples, orientation)), profile


def _told(path: Path) -> tuple[int, int, bytes, Any]:
    """Size, profile and orientation.

    Pillow decodes all of a picture to find the last, and lets go of it before libpng comes.
    """
    with Image.open(path, formats=("PNG",)) as image:
        check_size(path, *image.size)
        profile = image.info.get("icc_profile") or b""
        return *image.size, profile, image.getexif().get(ORIENTATION, 1)


def write_png16(file: BinaryIO, rows: Rows, profile: bytes, text: dict[str, str]) -> None:
    """A whole PNG file of ``u2`` samples: grey or RGB, with or without straight alpha."""
    samples = rows.whole()
    if rows.channels == 1:
        samples = samples[:, :, 0]
    room: Any = np.empty(samples.nbytes * 5 // 4 + _ROOM, np.uint8)  # what stays unused takes none
    plain = memoryview(imagecodecs.png_encode(samples, 6, out=room))
    file.write(plain[:_AFTER_HEADER])
    if profile:
        file.write(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile)))
    for key, value in text.items():  # key, not compressed, no language, no translation
        file.write(_chunk(b"iTXt", key.encode("latin-1") + bytes(5) + value.encode()))
    file.write(plain[_AFTER_HEADER:])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
