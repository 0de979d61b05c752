"""Samples of pixels whose last channel is the alpha, in plain buffers of any colour space.

Nothing here interprets a sample: its bytes are moved as they are. Slices with a step run in C,
where a loop in Python would hold Krita up for seconds; and block by block, since what does not fit
into the processor's cache takes twice as long.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from .spaces import Space

_Box = tuple[int, int, int, int]

Buffer = bytes | bytearray
"""Either is taken everywhere: a copy of a large layer takes longer than a frame of the screen."""

_BLOCK = 1 << 14
"""Pixels."""

_OPAQUE = {
    "U8": b"\xff",
    "U16": b"\xff\xff",
    "F16": struct.pack("<e", 1.0),
    "F32": struct.pack("<f", 1.0),
}


def alpha_of(pixels: Buffer, space: Space) -> bytes:
    """The alpha of every pixel."""
    sample, pixel = space.sample_bytes, space.pixel_bytes
    alpha = bytearray()
    for first, last in _blocks(len(pixels) // pixel):
        block = bytearray((last - first) * sample)
        for byte in range(sample):
            begin = first * pixel + pixel - sample + byte
            block[byte::sample] = pixels[begin : last * pixel : pixel]
        alpha += block
    return bytes(alpha)


def with_alpha(pixels: Buffer, alpha: bytes, space: Space) -> bytearray:
    """The same colours with this alpha. A bytearray is changed itself: a copy takes as long."""
    sample, pixel = space.sample_bytes, space.pixel_bytes
    changed = pixels if isinstance(pixels, bytearray) else bytearray(pixels)
    for first, last in _blocks(len(pixels) // pixel):
        for byte in range(sample):
            begin = first * pixel + pixel - sample + byte
            new = alpha[first * sample + byte : last * sample : sample]
            changed[begin : last * pixel : pixel] = new
    return changed


def opaque(pixels: Buffer, space: Space) -> bytearray:
    """The same colours, fully opaque. A bytearray is changed itself."""
    return with_alpha(pixels, _OPAQUE[space.depth] * (len(pixels) // space.pixel_bytes), space)


def veil(coverage: bytes) -> bytearray:
    """8-bit RGB pixels that are black and as opaque as ``coverage`` (8 bit) says."""
    pixels = bytearray(4 * len(coverage))
    pixels[3::4] = coverage
    return pixels


def is_clear(alpha: bytes) -> bool:
    """Whether every sample is zero."""
    return alpha == bytes(len(alpha))


def sampled(alpha: bytes, depth: str, size: tuple[int, int], wanted: tuple[int, int]) -> bytes:
    """An alpha plane at a smaller size and 8 bits, by the nearest sample: to show, not to keep."""
    (width, height), (columns, rows) = size, wanted
    samples: memoryview[Any] = memoryview(alpha)
    if depth != "U8":
        samples = samples.cast("f") if depth == "F32" else samples.cast("H")
    picked = [(2 * column + 1) * width // (2 * columns) for column in range(columns)]
    small = bytearray()
    for row in range(rows):
        left = (2 * row + 1) * height // (2 * rows) * width
        small += _in_8_bits([samples[left + column] for column in picked], depth)
    return bytes(small)


def _in_8_bits(values: list[Any], depth: str) -> bytes:
    if depth == "U8":
        return bytes(values)
    if depth == "U16":
        return bytes([(value + 128) // 257 for value in values])
    if depth == "F16":
        values = list(struct.unpack(f"<{len(values)}e", struct.pack(f"<{len(values)}H", *values)))
    return bytes([min(255, max(0, round(value * 255))) for value in values])


def _blocks(pixels: int) -> Iterator[tuple[int, int]]:
    """From which pixel to before which."""
    for first in range(0, pixels, _BLOCK):
        yield first, min(first + _BLOCK, pixels)


def around(alpha: bytes, line: int, sample: int) -> _Box | None:
    """The box around what is not zero; rows have ``line`` bytes, samples ``sample`` of them."""
    first = len(alpha) - len(alpha.lstrip(b"\0"))
    last = len(alpha.rstrip(b"\0")) - 1
    if last < 0:
        return None
    top, bottom = first // line, last // line
    left, right = line, 0
    for row in range(top, bottom + 1):
        samples = alpha[row * line : (row + 1) * line]
        inner = samples.rstrip(b"\0")
        if inner:
            left = min(left, line - len(samples.lstrip(b"\0")))
            right = max(right, len(inner) - 1)
    left, right = left // sample, right // sample
    return (left, top, right - left + 1, bottom - top + 1)


def together(one: _Box | None, other: _Box | None) -> _Box | None:
    """The box around two boxes."""
    if one is None or other is None:
        return one or other
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top)
