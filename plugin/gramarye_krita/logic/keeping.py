"""The picture as it stands, kept as if it were the result."""

from __future__ import annotations

from typing import Any

from gramarye_protocol import Plane, describe


def as_result(plane: Plane, pixels: Any) -> tuple[Plane, bytes]:
    """A preview's RGB in the layout of a result, opaque; any other layout as it is."""
    data = bytes(pixels)
    if plane.layout != "RGB" or plane.dtype != "u8":
        return plane, data
    changed = bytearray(b"\xff") * (4 * plane.width * plane.height)
    for place, channel in enumerate((2, 1, 0)):
        changed[place::4] = data[channel::3]
    result = bytes(changed)
    return describe("result", plane.width, plane.height, "BGRA", "u8", result), result
