"""What the broker frees goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

BEGINNING = """
import re, sys
from pathlib import Path
from gramarye.service.memory import return_freed_memory, return_holes

def own():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

"""
PIECES = """

if sys.argv[1] == "return":
    return_freed_memory()
del_me = bytearray(24 << 20)  # by which glibc learns that large pieces come and go
del del_me
before, kept, pieces = own(), [], []
for _ in range(100):
    pieces.append(b"p" * (1 << 20))
    kept.append(b"k" * 40_000)  # what lies between them stays
pieces.clear()
print(own() - before)
"""

only_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed"
)


def megabytes(program: str, how: str) -> float:
    """What a process has more after a program than before it."""
    command = [sys.executable, "-c", BEGINNING + program, how]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


@only_glibc
def test_freed_pixels_are_given_back_though_other_things_lie_between_them() -> None:
    assert megabytes(PIECES, "return") < 20
    assert megabytes(PIECES, "keep") > 50, "the test itself would not notice"


HOLES = """

return_freed_memory()
before, kept, pieces = own(), [], []
for _ in range(2000):
    pieces.append(b"p" * 30_000)  # too small to be mapped by itself
    kept.append(bytearray(1000))
pieces.clear()
if sys.argv[1] == "return":
    return_holes()
print(own() - before)
"""


@only_glibc
def test_what_is_free_between_small_things_is_given_back_when_asked() -> None:
    assert megabytes(HOLES, "return") < 20
    assert megabytes(HOLES, "keep") > 40, "the test itself would not notice"
