"""How much the store takes: for one artist, and altogether.

Room is made by giving up results that their artists acknowledged, the oldest first, and nothing
else; where that is not enough, the new job is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import RefusedError
from .records import Order, Usage

GIB = 1 << 30
KEEP_HOURS = 72.0
"""So long is a result kept that nobody fetches."""
SPARE_BYTES = 64 << 20
"""Left free on the disk beyond everything promised: for the database, and for others."""


@dataclass(frozen=True)
class Quota:
    """The most that is kept at once: unfinished jobs, pixels and bytes of an artist, and bytes of
    the whole directory. :class:`.Usage` says what counts."""

    jobs: int = 500
    pixels: int = 1_000_000_000
    artist_bytes: int = 8 * GIB
    directory_bytes: int = 32 * GIB

    def check(self, order: Order, usage: Usage) -> None:
        """Refuse a job that does not fit beside what its artist has here.

        Raises:
            RefusedError: with what is too much, and what the artist can do.
        """
        if usage.jobs >= self.jobs:
            raise RefusedError(
                "too-many", f"{usage.jobs} of your jobs are waiting already. Let one finish first."
            )
        if usage.pixels + order.pixels > self.pixels:
            raise RefusedError(
                "too-large",
                f"With this job yours would have more than {self.pixels / 1e6:.0f} million pixels "
                "here. Let one finish first, or choose a smaller size.",
            )
        if usage.nbytes + order.nbytes > self.artist_bytes:
            raise RefusedError(
                "too-large",
                f"With this job yours would take more than {mib(self.artist_bytes)} here. "
                "Fetch your results, let a job finish, or choose a smaller size.",
            )


def make_room(needed: int, room: Callable[[], int], evict: Callable[[], bool]) -> bool:
    """Call ``evict`` (which tells whether there was something) until ``room`` is enough."""
    while room() < needed:
        if not evict():
            return False
    return True


def no_room() -> RefusedError:
    """What to say where nothing more can be given up."""
    return RefusedError(
        "busy",
        "The daemon's folder is full of jobs and of results that nobody has fetched yet. "
        "Fetch yours, or try again later.",
    )


def mib(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / (1 << 20):.0f} MiB"
