"""The strong Wolfe line search, one evaluation at a time.

Nocedal & Wright 2006, algorithms 3.5 (bracketing) and 3.6 (zoom), with cubic interpolation
(eq. 3.59). Written as a state machine instead of a loop, so that the caller evaluates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

ARMIJO = 1e-4
CURVATURE = 0.9
MOST_TRIALS = 12
"""Evaluations in one search; then the best point that decreases the loss is taken."""


@dataclass(frozen=True)
class Trial:
    """A point of the line: step length, loss, slope along the line, and the whole gradient."""

    step: float
    loss: float
    slope: float
    gradient: Tensor


@dataclass(frozen=True)
class LineSearch:
    """A search in progress. ``next_step`` is to be evaluated; ``accepted`` ends the search.

    ``lowest`` is the best trial so far, the origin included; ``failed`` means that no step along
    this line lowers the loss.
    """

    origin: Trial
    next_step: float
    previous: Trial
    lowest: Trial
    low: Trial | None = None
    high: Trial | None = None
    trials: int = 0
    accepted: Trial | None = field(default=None)
    failed: bool = False

    @classmethod
    def begin(cls, origin: Trial, first_step: float) -> LineSearch:
        """Start from the trial at step 0, whose slope must be negative."""
        return cls(origin=origin, next_step=first_step, previous=origin, lowest=origin)

    def tell(self, trial: Trial) -> LineSearch:
        """The search after ``next_step`` was evaluated."""
        lowest = trial if trial.loss < self.lowest.loss else self.lowest
        told = replace(self, trials=self.trials + 1, lowest=lowest)
        if told.low is None or told.high is None:
            return told._bracket(trial)
        return told._zoom(trial, told.low, told.high)

    def _too_high(self, trial: Trial) -> bool:
        origin = self.origin
        return trial.loss > origin.loss + ARMIJO * trial.step * origin.slope

    def _flat_enough(self, trial: Trial) -> bool:
        return abs(trial.slope) <= -CURVATURE * self.origin.slope

    def _bracket(self, trial: Trial) -> LineSearch:
        """Algorithm 3.5: walk outwards until a minimum lies between two steps."""
        previous = self.previous
        if self._too_high(trial) or (self.trials > 1 and trial.loss >= previous.loss):
            return self._between(previous, trial)
        if self._flat_enough(trial):
            return replace(self, accepted=trial)
        if trial.slope >= 0:
            return self._between(trial, previous)
        if self.trials >= MOST_TRIALS:
            return replace(self, accepted=trial)
        shortest = trial.step + 0.01 * (trial.step - previous.step)
        step = min(max(_cubic_minimum(previous, trial), shortest), 10 * trial.step)
        return replace(self, previous=trial, next_step=step)

    def _zoom(self, trial: Trial, low: Trial, high: Trial) -> LineSearch:
        """Algorithm 3.6: narrow the interval, its lower end always the best point so far."""
        if self._too_high(trial) or trial.loss >= low.loss:
            return self._between(low, trial)
        if self._flat_enough(trial):
            return replace(self, accepted=trial)
        if trial.slope * (high.step - low.step) >= 0:
            return self._between(trial, low)
        return self._between(trial, high)

    def _between(self, low: Trial, high: Trial) -> LineSearch:
        """Look next inside (low, high), kept a tenth away from both ends."""
        width = abs(high.step - low.step)
        exhausted = self.trials >= MOST_TRIALS or width * max(1.0, -self.origin.slope) < 1e-12
        if exhausted:
            if self.lowest.step != self.origin.step:
                return replace(self, accepted=self.lowest)
            return replace(self, failed=True)
        left, right = sorted((low.step, high.step))
        step = _cubic_minimum(low, high)
        step = min(max(step, left + 0.1 * width), right - 0.1 * width)
        return replace(self, low=low, high=high, next_step=step)


def _cubic_minimum(a: Trial, b: Trial) -> float:
    """Where the cubic through two trials' losses and slopes is least (eq. 3.59), or the middle."""
    middle = (a.step + b.step) / 2
    if a.step == b.step:
        return middle
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step)
    square = d1 * d1 - a.slope * b.slope
    if not math.isfinite(square) or square < 0:
        return middle
    d2 = math.copysign(math.sqrt(square), b.step - a.step)
    denominator = b.slope - a.slope + 2 * d2
    if denominator == 0:
        return middle
    return b.step - (b.step - a.step) * (b.slope + d2 - d1) / denominator


def pack(search: LineSearch | None) -> dict[str, Any] | None:
    """A search as plain values and tensors."""
    if search is None:
        return None
    return {
        name: vars(value).copy() if isinstance(value, Trial) else value
        for name, value in vars(search).items()
    }


def unpack(state: dict[str, Any] | None) -> LineSearch | None:
    """The search that :func:`pack` was given."""
    if state is None:
        return None
    values: dict[str, Any] = {
        name: Trial(**value) if isinstance(value, dict) else value for name, value in state.items()
    }
    return LineSearch(**values)
