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
    stage counts for nothing (loading, fitting and targets come before it), nor does one with which
    a stage ended early.
    """

    def __init__(self, stages: Sequence[Stage] = ()) -> None:
        self._stages = tuple(stages)
        self._ratio = 1.0 if stages else None
        self._last: tuple[int, int, float] | None = None

    def seconds_left(self, step: int, steps: int, now: float) -> float | None:
        """Take note of a finished step; returns the forecast once there is something to go by."""
        place = self._place(step, steps)
        if self._last is not None:
            last_step, last_place, last = self._last
            regular = step - last_step == place - last_place > 0
            if regular and self._stage(place) == self._stage(last_place):
                self._learn(self._planned(place) - self._planned(last_place), now - last)
        self._last = step, place, now
        if self._ratio is None:
            return None
        return self._ratio * (self._planned(self._place(steps, steps)) - self._planned(place))

    def _learn(self, planned: float, took: float) -> None:
        ratio = took / planned
        if self._ratio is None:
            self._ratio = ratio
        # The longest steps have the full weight: quick ones say less about them.
        longest = max((stage.seconds for stage in self._stages), default=1.0)
        weight = 1 - (1 - _SMOOTHING) ** (planned / longest)
        self._ratio += weight * (ratio - self._ratio)

    def _place(self, step: int, steps: int) -> int:
        """The step's number in the plan, counted from the end: stages may end early."""
        total = sum(stage.steps for stage in self._stages)
        return max(0, total - (steps - step)) if self._stages else step

    def _stage(self, place: int) -> int:
        """Which stage a step of the plan (from 1 on) belongs to."""
        before = 0
        for index, stage in enumerate(self._stages):
            before += stage.steps
            if place <= before:
                return index
        return len(self._stages)

    def _planned(self, place: int) -> float:
        """Seconds planned up to the end of a step, with what comes before each stage."""
        if not self._stages:
            return float(place)
        seconds, left = 0.0, place
        for stage in self._stages:
            if left <= 0:
                break
            seconds += stage.preparation + min(left, stage.steps) * stage.seconds
            left -= stage.steps
        return seconds
