"""Where a canvas is cut: cores that share no position and leave none out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .box import Box


@dataclass(frozen=True)
class Tile:
    """One part of the work on a picture.

    Attributes:
        level: which of the pictures that the extractor looks at (the finest, itself, is 0).
        regions: what is computed, block by block of the network; the first is what is read of the
            level's picture.
        positions: layer → the tile's own positions there; layers where it has none are missing.
    """

    level: int
    regions: tuple[Box, ...]
    positions: Mapping[str, Box]

    @property
    def extent(self) -> Box:
        """What is read of the level's picture: the core and its halo."""
        return self.regions[0]


def cores(height: int, width: int, side: int) -> Iterator[Box]:
    """Squares of ``side``, row by row; the last of a row or column is what is left."""
    for top in range(0, height, side):
        for left in range(0, width, side):
            yield Box(top, min(height, top + side), left, min(width, left + side))


def positions_at(core: Box, canvas: tuple[int, int], layer: tuple[int, int], stride: int) -> Box:
    """A core's positions at a layer of this (height, width) and stride.

    A core begins at multiples of the stride; the last one has what is left of the layer, which may
    be less than its share where a pooling has dropped an odd row.
    """
    height, width = canvas
    return Box(
        core.top // stride,
        layer[0] if core.bottom == height else core.bottom // stride,
        core.left // stride,
        layer[1] if core.right == width else core.right // stride,
    )


def aligned(side: int, alignment: int) -> int:
    """A tile's side rounded up to what the network's strides divide."""
    return max(1, -(-side // alignment)) * alignment
