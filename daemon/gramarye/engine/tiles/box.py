"""A rectangle of positions in some plane."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Box:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right``, the ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def empty(self) -> bool:
        """Whether it has no position at all."""
        return self.height <= 0 or self.width <= 0

    def of(self, plane: Tensor) -> Tensor:
        """The view of these positions of ``(…, H, W)``."""
        return plane[..., self.top : self.bottom, self.left : self.right]

    def grown(self, by: int, height: int, width: int) -> Box:
        """With ``by`` more positions on each side, as far as a plane of this size has them."""
        return Box(
            max(0, self.top - by),
            min(height, self.bottom + by),
            max(0, self.left - by),
            min(width, self.right + by),
        )

    def doubled(self, height: int, width: int) -> Box:
        """What a 2×2 pooling reads for these positions, of a plane of this size."""
        return Box(
            2 * self.top, min(height, 2 * self.bottom), 2 * self.left, min(width, 2 * self.right)
        )

    def evened(self, height: int, width: int) -> Box:
        """Grown to even coordinates, where a plane of this size has them."""
        return Box(
            self.top // 2 * 2,
            min(height, -(-self.bottom // 2) * 2),
            self.left // 2 * 2,
            min(width, -(-self.right // 2) * 2),
        )

    def halved(self) -> Box:
        """The positions that a 2×2 pooling makes of these, which start at even coordinates."""
        return Box(self.top // 2, self.bottom // 2, self.left // 2, self.right // 2)

    def joined(self, other: Box | None) -> Box:
        """The least box with both inside."""
        if other is None:
            return self
        return Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def within(self, outer: Box) -> Box:
        """The same positions counted from the corner of ``outer``."""
        return Box(
            self.top - outer.top,
            self.bottom - outer.top,
            self.left - outer.left,
            self.right - outer.left,
        )
