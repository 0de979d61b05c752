"""How a canvas is worked on at one size: whole, or in tiles of some side."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Layout:
    """Whether, and how, a canvas is cut.

    Attributes:
        core: side of a tile's core in pixels; ``None``: the canvas is not cut.
        kept: how many tiles keep what the first pass computed, so that the second need not do it
            again.
        filed: planes of the canvas' size lie in files, not in memory.
    """

    core: int | None = None
    kept: int = 0
    filed: bool = False

    def smaller(self, size: tuple[int, int], alignment: int) -> Layout | None:
        """What takes less memory, for a canvas of this (height, width); ``None``: nothing does."""
        if self.kept:
            return replace(self, kept=0)
        side = max(size) if self.core is None else min(self.core, max(size))
        core = side // 2 // alignment * alignment
        return replace(self, core=core) if core >= max(alignment, SMALLEST_CORE) else None


SMALLEST_CORE = 32
"""A smaller tile is almost all halo."""

UNTILED = Layout()
