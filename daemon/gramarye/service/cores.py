"""How workers share the processor, with each other and with what else the artist uses."""

from __future__ import annotations

import os
from collections.abc import Sequence

PATIENT = {"GOMP_SPINCOUNT": "1000"}
"""How often a thread of GNU's OpenMP looks for work before it sleeps. By itself it looks 300 times
as often: where Krita has taken the core of one, the others burn theirs (docs/benchmarks.md)."""


def threads_each(devices: Sequence[str]) -> int | None:
    """With how many threads each of several workers on the processor computes; ``None``: with as
    many as it likes, because no other is there."""
    count = sum(device.split(":")[0] == "cpu" for device in devices)
    return max(1, _cores() // count) if count > 1 else None


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
