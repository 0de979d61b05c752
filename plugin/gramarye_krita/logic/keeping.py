"""The picture as it stands, kept as if it were the result."""

from __future__ import annotations

import struct
from typing import Any

from gramarye_protocol import Plane, describe

from ..errors import Refusal
from ..translate import tr

_OPAQUE = 255
_SAMPLES = {
    "u8": lambda value: bytes([value]),
    "u16": lambda value: bytes([value, value]),
    "f16": lambda value: struct.pack("<e", value / 255),
    "f32": lambda value: struct.pack("<f", value / 255),
}


def as_result(plane: Plane, pixels: Any, layout: str, dtype: str) -> tuple[Plane, bytes]:
    """A preview's 8-bit RGB as an opaque result of this layout (BGRA or RGBA) and sample type.

    Raises:
        Refusal: the preview is laid out in a way that nobody asked for.
    """
    if (plane.layout, plane.dtype) != ("RGB", "u8"):
        raise Refusal(tr("This daemon's previews cannot be kept. Let the job run to its end."))
    data = bytes(pixels)
    whole = bytearray([_OPAQUE]) * (4 * plane.width * plane.height)
    for place, channel in enumerate((2, 1, 0) if layout == "BGRA" else (0, 1, 2)):
        whole[place::4] = data[channel::3]
    table = [_SAMPLES[dtype](value) for value in range(256)]
    result = bytes(whole) if dtype == "u8" else b"".join(map(table.__getitem__, whole))
    return describe("result", plane.width, plane.height, layout, dtype, result), result
