"""Freed memory goes back to the system, not into a drawer of the C library's."""

from __future__ import annotations

import ctypes
import platform

_GLIBC = platform.libc_ver()[0] == "glibc"
_M_MMAP_THRESHOLD = -3
_PIECE = 1 << 16
"""Bytes from which a piece of memory is mapped by itself, and unmapped when it is freed."""


def return_freed_memory() -> None:
    """Have glibc return every piece of pixels as soon as it is freed; elsewhere, nothing.

    By default the threshold rises with each piece that is freed (mallopt(3)), and pixels that pass
    through then lie among long-lived memory, whose holes a daemon of weeks cannot give back.
    """
    if _GLIBC:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _PIECE)


def return_holes() -> None:
    """Have glibc return what smaller pieces have left free, between others too (malloc_trim(3))."""
    if _GLIBC:
        ctypes.CDLL(None).malloc_trim(0)
