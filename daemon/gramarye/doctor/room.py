"""Memory, and room on the disks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ..service.store.quota import SPARE_BYTES
from .finding import Finding, gigabytes, quoted
from .machine import Probe

_MEND = {"win32": "cleanmgr"}
"""Where there is something better than the list of the largest folders."""
LITTLE_MEMORY = 2 << 30
"""A picture of 1024 pixels with VGG-19 takes about half of it."""
NO_MEMORY = 1 << 29
LITTLE_DISK = 2 << 30
"""Jobs and their results; the weights of VGG-19 are 0.6 GB."""


def memory(probe: Probe) -> Iterator[Finding]:
    """Is there enough free, in the machine and on its graphics card?"""
    if probe.ram is not None:
        yield _memory(probe.ram, "The machine", "close programs that you do not need")
    if probe.free is not None and not probe.device.startswith("cpu"):
        yield _memory(probe.free, probe.device, "nvidia-smi tells who uses it")


def _memory(free: int, where: str, mend: str) -> Finding:
    told = f"{where} has {gigabytes(free)} of memory free"
    if free < NO_MEMORY:
        return Finding("memory", "wrong", f"{told}, too little to paint anything.", mend)
    if free < LITTLE_MEMORY:
        sentence = f"{told}: enough for small pictures; larger ones are painted in tiles."
        return Finding("memory", "note", sentence, mend)
    return Finding("memory", "ok", f"{told}.")


def disk(folder: Path, what: str, free: int | None = None) -> Iterator[Finding]:
    """Is there room where a folder is, or will be? ``what`` goes there."""
    free = shutil.disk_usage(_existing(folder)).free if free is None else free
    told = f"The disk for {what} ({folder}) has {gigabytes(free)} free"
    mend = _MEND.get(sys.platform, f"{quoted('du', '-xh', Path.home())} | sort -h | tail")
    if free < 2 * SPARE_BYTES:
        yield Finding("disk", "wrong", f"{told}, too little for any job.", mend)
    elif free < LITTLE_DISK:
        yield Finding("disk", "note", f"{told}; large jobs may be refused.", mend)
    else:
        yield Finding("disk", "ok", f"{told}.")


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())
