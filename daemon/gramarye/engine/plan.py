"""What a job is going to take, octave by octave; without torch, for those who only carry it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One octave: ``steps`` of ``seconds`` each, after ``preparation`` seconds for its targets."""

    steps: int
    seconds: float
    preparation: float


@dataclass(frozen=True)
class Plan:
    """What a job is going to take: its octaves, the coarsest first, and bytes at its peak."""

    stages: tuple[Stage, ...]
    memory: int

    @property
    def steps(self) -> int:
        """Over all octaves."""
        return sum(stage.steps for stage in self.stages)

    @property
    def seconds(self) -> float:
        """From the first octave to the result."""
        return sum(stage.preparation + stage.steps * stage.seconds for stage in self.stages)
