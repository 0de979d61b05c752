"""How often to speak, and how long it will still take."""

from __future__ import annotations

_SMOOTHING = 0.2
"""Weight of the newest step in the running mean of a step's time."""


class Pace:
    """At most once in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._last: float | None = None

    def due(self, now: float) -> bool:
        """Whether it is time again; if so, the clock starts anew."""
        if self._last is not None and now - self._last < self._seconds:
            return False
        self._last = now
        return True


class Forecast:
    """The time left, from the smoothed time of the last steps.

    The first step counts for nothing: loading and fitting come before it. Steps get slower where
    a coarse octave gives way to a finer one; the forecast follows within a few steps, and is no
    wiser than that.
    """

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None
        self._mean: float | None = None

    def seconds_left(self, step: int, steps: int, now: float) -> float | None:
        """Take note of a finished step; returns the forecast once there is something to go by."""
        if self._last is not None and step > self._last[0]:
            took = (now - self._last[1]) / (step - self._last[0])
            mean = took if self._mean is None else self._mean
            self._mean = mean + _SMOOTHING * (took - mean)
        self._last = step, now
        return None if self._mean is None else self._mean * (steps - step)
