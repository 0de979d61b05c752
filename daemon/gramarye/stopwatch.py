"""How long something took that is done a part at a time."""

from __future__ import annotations

import time
from collections.abc import Callable


class Stopwatch:
    """Adds up the seconds that pass inside it; use it as a context, as often as needed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """So far."""
        running = 0.0 if self._since is None else self._clock() - self._since
        return self._before + running

    def __enter__(self) -> Stopwatch:
        self._since = self._clock()
        return self

    def __exit__(self, *error: object) -> None:
        self._before, self._since = self.seconds, None
