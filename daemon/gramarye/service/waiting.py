"""The queue as an artist sees it: how many begin before, and how long it will still take."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiter:
    """A job that is not done. ``left`` are the seconds of work that are left of it (``None``:
    unknown), ``begun`` says whether a worker has begun it. Paused ones are left out."""

    key: str
    artist: str
    place: tuple[float, ...]
    left: float | None
    begun: bool = False


def positions(jobs: Iterable[Waiter]) -> dict[str, int]:
    """How many jobs begin before each that has not begun.

    Everybody's first job before anybody's second, whatever was given to each so far: a place in it
    changes only when jobs come, go or are reordered.
    """
    seen: Counter[str] = Counter()
    order: list[tuple[int, tuple[float, ...], str]] = []
    for job in sorted(jobs, key=lambda job: job.place):
        if not job.begun:
            order.append((seen[job.artist], job.place, job.key))
        seen[job.artist] += 1
    return {key: number for number, (_, _, key) in enumerate(sorted(order))}


def seconds_left(jobs: Iterable[Waiter], devices: int) -> dict[str, float | None]:
    """Seconds until each job is done, if nothing else comes.

    As if all artists always shared the devices alike: until an artist has had so much, every other
    one has had as much or all that they need. A job takes at least what is left of it, because it
    runs on one device at a time. ``None`` where a job that counts has no estimate, or there is no
    device.
    """
    lines: dict[str, list[Waiter]] = {}
    for job in sorted(jobs, key=lambda job: job.place):
        lines.setdefault(job.artist, []).append(job)
    totals = {artist: _total(line) for artist, line in lines.items()}
    told: dict[str, float | None] = {}
    for artist, line in lines.items():
        for count, job in enumerate(line, 1):
            told[job.key] = _until(line[:count], artist, totals, devices)
    return told


def _until(
    mine: Sequence[Waiter], artist: str, totals: Mapping[str, float | None], devices: int
) -> float | None:
    own, last = _total(mine), mine[-1].left
    if own is None or last is None or devices == 0:
        return None
    # Who has no estimate may take as much as anybody.
    others = (
        min(own, math.inf if total is None else total)
        for other, total in totals.items()
        if other != artist
    )
    return max(last, (own + sum(others)) / devices)


def _total(line: Sequence[Waiter]) -> float | None:
    known = [job.left for job in line if job.left is not None]
    return sum(known) if len(known) == len(line) else None
