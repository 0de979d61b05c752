"""The most that was seen of some figures while something ran."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Sampling:
    """Reads figures again and again, in a thread, and keeps the largest of each.

    Args:
        read: the figures by name.
        seconds: between two looks.
    """

    def __init__(self, read: Callable[[], dict[str, int]], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self.peaks: dict[str, int] = {}

    def __enter__(self) -> Sampling:
        self.peaks = self._read()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.is_set():
            for name, figure in self._read().items():
                self.peaks[name] = max(self.peaks[name], figure)
            time.sleep(self._seconds)
