"""Where the time of a transfer goes, by layer and by term.

The engine marks its parts with :func:`span`. Nothing is measured unless a :class:`Profile` is
active; a mark then costs one look at a global.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

Clock = Callable[[], float]
_IDLE = nullcontext()


@dataclass
class Row:
    """Seconds that one part took in all, by phase (such as ``forward``), and how often."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: int = 0

    @property
    def total(self) -> float:
        """Of all phases."""
        return sum(self.seconds.values())


class Profile:
    """Time by part; a part inside another counts for itself only.

    Args:
        clock: seconds, with everything done that the device was given to do.
    """

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self.rows: dict[str, Row] = {}
        self.seconds = 0.0
        self._clock = clock
        self._inner = [0.0]

    @contextmanager
    def span(self, part: str, phase: str) -> Iterator[None]:
        """Measure what is done inside."""
        row = self.rows.setdefault(part, Row())
        began = self._clock()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = self._clock() - began
            own = took - self._inner.pop()
            self._inner[-1] += took
            row.seconds[phase] = row.seconds.get(phase, 0.0) + own
            row.calls += 1

    @contextmanager
    def active(self) -> Iterator[None]:
        """Measure everything that this process does inside."""
        global _active
        began = self._clock()
        _active = self
        try:
            yield
        finally:
            _active = None
            self.seconds = self._clock() - began

    def table(self) -> str:
        """Every part with its share of the whole, in the order in which they first came."""
        whole = self.seconds or 1e-9
        phases = list(dict.fromkeys(phase for row in self.rows.values() for phase in row.seconds))
        width = max([len(part) for part in self.rows] + [len("the rest")])
        lines = [
            f"{'':{width}}" + "".join(f"{phase:>11}" for phase in phases) + "    seconds  share"
        ]
        for part, row in self.rows.items():
            cells = (row.seconds.get(phase) for phase in phases)
            text = "".join(" " * 11 if cell is None else f"{cell:11.2f}" for cell in cells)
            lines.append(f"{part:{width}}{text}{row.total:11.2f}{row.total / whole:7.1%}")
        rest = whole - sum(row.total for row in self.rows.values())
        blank = " " * 11 * len(phases)
        lines.append(f"{'the rest':{width}}{blank}{rest:11.2f}{rest / whole:7.1%}")
        lines.append(f"{'all':{width}}{blank}{whole:11.2f}{1:7.1%}")
        return "\n".join(lines)


_active: Profile | None = None


def span(part: str, phase: str) -> AbstractContextManager[None]:
    """Mark a part of the work and its phase, for a profile if one is active."""
    return _IDLE if _active is None else _active.span(part, phase)


@contextmanager
def paused() -> Iterator[None]:
    """Measure nothing inside, for work that is not the job's own."""
    global _active
    before, _active = _active, None
    try:
        yield
    finally:
        _active = before


def profiling() -> bool:
    """Whether a profile is active."""
    return _active is not None
