"""The queue as an artist sees it: how many begin before, and how long it will still take."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiter:
    """A job that is not done. ``turn`` numbers all jobs as they came, a higher ``priority`` goes
    before its artist's others. ``left`` are the seconds of work that are left of it (``None``:
    unknown), ``begun`` says whether a worker has begun it. Paused ones are left out."""

    key: str
    artist: str
    turn: int
    left: float | None
    priority: int = 0
    begun: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Its place among its artist's jobs."""
        return -self.priority, self.turn


def positions(jobs: Iterable[Waiter]) -> dict[str, int]:
    """How many jobs begin before each that has not begun.

    Everybody's first job before anybody's second, whatever was given to each so far: a place in it
    changes only when jobs come, go or are reordered.
    """
    seen: Counter[str] = Counter()
    order: list[tuple[int, int, str]] = []
    for job in sorted(jobs, key=lambda job: job.place):
        if not job.begun:
            order.append((seen[job.artist], job.turn, job.key))
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
    # Who has no estimate may take as much as anybody.
    totals = {artist: sum(map(_left, line)) for artist, line in lines.items()}
    told: dict[str, float | None] = {}
    for artist, line in lines.items():
        others = [total for other, total in totals.items() if other != artist]
        own = 0.0
        for job in line:
            own += _left(job)
            shared = own + sum(min(own, total) for total in others)
            known = devices > 0 and math.isfinite(own)
            told[job.key] = max(_left(job), shared / devices) if known else None
    return told


def _left(job: Waiter) -> float:
    return math.inf if job.left is None else job.left
