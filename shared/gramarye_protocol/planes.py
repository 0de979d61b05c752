"""A plane: one rectangle of pixels as it lies in memory, described so that nobody guesses.

Pixels travel as the sender has them (Krita: little-endian, straight alpha, B G R A for 8 and 16 bit
integers, R G B A for floats). Whoever computes with them reorders them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from .checks import checked, choice, integer, sha256, text
from .errors import GarbageError

LAYOUTS = {"BGRA": 4, "RGBA": 4, "RGB": 3, "GRAYA": 2, "GRAY": 1}
"""Layout name → channels, in memory order; straight (unassociated) alpha."""

DTYPES = {"u8": 1, "u16": 2, "f16": 2, "f32": 4}
"""Sample type → bytes. Integers span their whole range; floats are 0 to 1 and may exceed it."""

ROLES = ("content", "style", "init", "region", "style-mask", "result", "preview")
"""What a plane is for. A job may have several styles, regions and style masks, in order."""

MAX_SIDE = 65_536
MAX_PLANE_BYTES = 1 << 32
LONGEST_MEMO = 16_384
"""Letters: a result's header still has room for it beside the longest recipe."""


@dataclass(frozen=True)
class Plane:
    """What one plane is; its bytes travel apart, in chunks.

    ``offset_x`` and ``offset_y`` place the plane on the sender's canvas, in pixels; the daemon
    returns them with the result. ``sha256`` names the bytes. ``profile`` is the name of their
    colours. ``memo`` is the sender's own note, which nobody else reads: the content's comes back
    with the result, to whoever fetches it.
    """

    role: str = checked(choice(*ROLES))
    width: int = checked(integer(1, MAX_SIDE))
    height: int = checked(integer(1, MAX_SIDE))
    layout: str = checked(choice(*LAYOUTS))
    dtype: str = checked(choice(*DTYPES))
    sha256: str = checked(sha256)
    byte_order: str = checked(choice("little", "big"), default="little")
    profile: str = checked(text(256), default="")
    offset_x: int = checked(integer(-(1 << 31), 1 << 31), default=0)
    offset_y: int = checked(integer(-(1 << 31), 1 << 31), default=0)
    memo: str = checked(text(LONGEST_MEMO), default="")

    @property
    def nbytes(self) -> int:
        """Exact size of the pixels in bytes; rows are not padded."""
        return self.width * self.height * LAYOUTS[self.layout] * DTYPES[self.dtype]


def describe(
    role: str, width: int, height: int, layout: str, dtype: str, data: Any, **more: Any
) -> Plane:
    """Describe pixels at hand: computes the SHA-256 and checks the length.

    Raises:
        GarbageError: the buffer's length is not what the description says.
    """
    view = memoryview(data).cast("B")
    plane = Plane(role, width, height, layout, dtype, hashlib.sha256(view).hexdigest(), **more)
    if plane.nbytes != len(view):
        raise GarbageError(f"{role} has {len(view)} bytes where {plane.nbytes} were announced")
    return plane


def check_plane(plane: Plane, name: str) -> None:
    """Refuse a plane that is larger than any peer may send."""
    if plane.nbytes > MAX_PLANE_BYTES:
        raise GarbageError(f"{name} has {plane.nbytes} bytes, more than {MAX_PLANE_BYTES}")
