"""Small pictures for jobs."""

from __future__ import annotations

import random

from gramarye_protocol import Plane, describe


def picture(role: str, width: int = 8, height: int = 8, seed: int = 0) -> tuple[Plane, bytes]:
    """Noise, opaque, as Krita would send it."""
    samples = bytearray(random.Random(seed).randbytes(width * height * 4))
    samples[3::4] = b"\xff" * (width * height)
    data = bytes(samples)
    return describe(role, width, height, "BGRA", "u8", data, offset_x=3, offset_y=-5), data


def pair(width: int = 8, height: int = 8) -> list[tuple[Plane, bytes]]:
    """A content and a style."""
    return [picture("content", width, height, 1), picture("style", width, height, 2)]
