"""Pixels at hand: what files, sockets and the studio pass on to each other."""

from __future__ import annotations

from dataclasses import dataclass

from gramarye_protocol import Plane


@dataclass(frozen=True)
class Pixels:
    """A plane with its bytes."""

    plane: Plane
    data: bytes | bytearray | memoryview
