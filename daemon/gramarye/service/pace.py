"""How often to speak, and how long it will still take."""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.plan import Stage

_SMOOTHING = 0.2
"""Weight of the newest step in the running mean of how steps keep to the plan."""


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
    """The time left: what is planned for the remaining steps, times how the last ones kept to it.

    ``stages`` are the octaves of the plan, of which a finer one's steps take longer; without them
    all steps are taken for alike, and nothing is known before two of them. The first step of a
    stage counts for nothing: loading, fitting and targets come before it.
    """

    def __init__(self, stages: Sequence[Stage] = ()) -> None:
        self._stages = tuple(stages)
        self._ratio = 1.0 if stages else None
        self._last: tuple[int, float] | None = None

    def seconds_left(self, step: int, steps: int, now: float) -> float | None:
        """Take note of a finished step; returns the forecast once there is something to go by."""
        last, self._last = self._last, (step, now)
        if last is not None and step > last[0] and self._stage(step) == self._stage(last[0]):
            planned = self._planned(step) - self._planned(last[0])
            took = (now - last[1]) / planned
            if self._ratio is None:
                self._ratio = took
            weight = 1 - (1 - _SMOOTHING) ** (planned / self._longest)
            self._ratio += weight * (took - self._ratio)
        return None if self._ratio is None else self._ratio * self._left(step, steps)

    @property
    def _longest(self) -> float:
        """The longest step, whose time has the full weight: quick ones count for less."""
        return max((stage.seconds for stage in self._stages), default=1.0)

    def _stage(self, step: int) -> int:
        """The place of the stage that a step (from 1 on) belongs to."""
        before = 0
        for place, stage in enumerate(self._stages):
            before += stage.steps
            if step <= before:
                return place
        return len(self._stages)

    def _planned(self, step: int) -> float:
        """Seconds planned up to the end of a step, with what comes before each stage."""
        if not self._stages:
            return float(step)
        seconds, left = 0.0, step
        for stage in self._stages:
            if left <= 0:
                break
            seconds += stage.preparation + min(left, stage.steps) * stage.seconds
            left -= stage.steps
        return seconds

    def _left(self, step: int, steps: int) -> float:
        return max(0.0, self._planned(steps) - self._planned(step))
