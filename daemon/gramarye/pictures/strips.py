"""Pictures a strip of rows at a time, so that no step needs a second picture's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .encoding import Samples

STRIP_PIXELS = 1 << 18
"""Of one strip: as floats a few MB, which is little beside a picture that is large."""

Step = Callable[[Samples], Samples]
"""What is done to some rows: their number and their width stay, channels and depth may not."""


def strips(height: int, width: int, multiple: int = 1) -> Iterator[slice]:
    """The rows of a picture in strips of about :data:`STRIP_PIXELS`.

    Each but the last has a multiple of ``multiple`` rows.
    """
    rows = max(1, STRIP_PIXELS // width // multiple) * multiple
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


@dataclass(frozen=True)
class Rows:
    """Samples ``(height, width, any)`` that ``steps``, one after the other, turn into others.

    The others have ``channels`` and ``dtype``. Without steps they are the samples themselves.
    """

    samples: Samples
    steps: Sequence[Step]
    channels: int
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        height, width = self.samples.shape[:2]
        return height, width, self.channels

    def strips(self, multiple: int = 1) -> Iterator[tuple[slice, Samples]]:
        """Which rows, and what they become."""
        height, width, _ = self.shape
        for rows in strips(height, width, multiple):
            part = self.samples[rows]
            for step in self.steps:
                part = step(part)
            yield rows, part

    def whole(self) -> Samples:
        """All of them as one array, contiguous if the samples are."""
        if not self.steps:
            return self.samples
        made = np.empty(self.shape, self.dtype)
        for rows, part in self.strips():
            made[rows] = part
        return made
