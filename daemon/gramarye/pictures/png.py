"""PNG of 16 bits: libpng's pixels, with the profile and the text that belong to them."""

from __future__ import annotations

import struct
import zlib

import imagecodecs

from .encoding import Samples

_AFTER_HEADER = 33
"""The signature and the header chunk; profiles and texts may follow it."""


def encode_png16(samples: Samples, profile: bytes, text: dict[str, str]) -> bytes:
    """A whole PNG file of ``u2`` samples: grey or RGB, with or without straight alpha."""
    if samples.shape[2] == 1:
        samples = samples[:, :, 0]
    plain = bytes(imagecodecs.png_encode(samples, 6))
    extra = b""
    if profile:
        extra += _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(profile))
    for key, value in text.items():  # key, not compressed, no language, no translation
        extra += _chunk(b"iTXt", key.encode("latin-1") + bytes(5) + value.encode())
    return plain[:_AFTER_HEADER] + extra + plain[_AFTER_HEADER:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
