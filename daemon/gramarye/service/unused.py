"""When a daemon that nobody uses ends by itself, so that none is left behind.

A daemon that Krita started would go on for ever: it holds its port and its memory, and an update
would find it in the way. So it ends a moment after the last Krita, which may only be starting
again. Its jobs are saved, and go on when it is started again. One that was started by hand, or by
the system, is to go on.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Unused:
    """Counts how long nobody has been there: ``seconds`` of it is too long; 0 never is."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._used = clock()

    def for_long(self, in_use: bool) -> bool:
        """Whether it is time to end; ask often, with whether anybody uses the daemon now."""
        now = self._clock()
        if in_use:
            self._used = now
        return self._seconds > 0 and now - self._used >= self._seconds
