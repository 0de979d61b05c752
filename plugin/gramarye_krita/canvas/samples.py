"""Samples of pixels whose last channel is the alpha, in plain buffers of any colour space.

Nothing here interprets a sample: its bytes are moved as they are. Slices with a step run in C,
where a loop in Python would hold Krita up for seconds.
"""

from __future__ import annotations

import struct

from .spaces import Space

Buffer = bytes | bytearray
"""Either is taken everywhere: a copy of a large layer takes longer than a frame of the screen."""

_OPAQUE = {
    "U8": b"\xff",
    "U16": b"\xff\xff",
    "F16": struct.pack("<e", 1.0),
    "F32": struct.pack("<f", 1.0),
}


def alpha_of(pixels: Buffer, space: Space) -> bytes:
    """The alpha of every pixel."""
    sample, pixel = space.sample_bytes, space.pixel_bytes
    alpha = bytearray(len(pixels) // space.channels)
    for byte in range(sample):
        alpha[byte::sample] = pixels[pixel - sample + byte :: pixel]
    return bytes(alpha)


def with_alpha(pixels: Buffer, alpha: bytes, space: Space) -> bytearray:
    """The same colours with this alpha."""
    sample, pixel = space.sample_bytes, space.pixel_bytes
    changed = bytearray(pixels)
    for byte in range(sample):
        changed[pixel - sample + byte :: pixel] = alpha[byte::sample]
    return changed


def opaque(pixels: Buffer, space: Space) -> bytearray:
    """The same colours, fully opaque."""
    return with_alpha(pixels, _OPAQUE[space.depth] * (len(pixels) // space.pixel_bytes), space)


def veil(coverage: bytes) -> bytes:
    """8-bit RGB pixels that are black and as opaque as ``coverage`` (8 bit) says."""
    pixels = bytearray(4 * len(coverage))
    pixels[3::4] = coverage
    return bytes(pixels)


def is_clear(alpha: bytes) -> bool:
    """Whether every sample is zero."""
    return alpha.count(0) == len(alpha)


def sampled(alpha: bytes, depth: str, size: tuple[int, int], wanted: tuple[int, int]) -> bytes:
    """An alpha plane at a smaller size and 8 bits, by the nearest sample: to show, not to keep."""
    (width, height), (columns, rows) = size, wanted
    kind = {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}[depth]
    scale = {"U8": 1.0, "U16": 255 / 65535}.get(depth, 255.0)
    line = struct.Struct(f"<{width}{kind}")
    picked = [(2 * column + 1) * width // (2 * columns) for column in range(columns)]
    small = bytearray()
    for row in range(rows):
        values = line.unpack_from(alpha, (2 * row + 1) * height // (2 * rows) * line.size)
        small += bytes(min(255, max(0, round(values[at] * scale))) for at in picked)
    return bytes(small)
