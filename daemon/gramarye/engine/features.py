"""What every feature extractor offers: a forward pass that remembers, and a backward from its taps.

Losses meet features only here, at named taps, so the network knows no loss and a loss no network.
A pass over a large picture takes seconds, so it is also a generator, which may be left in between.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from torch import Tensor

from .tiles.grid import Tile

Pull = Callable[[Tensor, Tensor | None], Tensor]
"""``(features, gradient)`` → ∂loss/∂features, added to ``gradient`` in place where one is given."""


T = TypeVar("T")


def finished(work: Generator[object, None, T]) -> T:
    """What comes of work that might be left in between, done at once."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


class TapGradients(Mapping[str, Tensor]):
    """∂loss/∂features at some taps, each made when the backward pass gets there, and not before.

    So no two of them are in memory together, and each is added to what comes from deeper layers
    without a copy.

    Args:
        taps: layer name → features ``(C, H, W)``.
        pulls: layer name → the losses there.
    """

    def __init__(self, taps: Mapping[str, Tensor], pulls: Mapping[str, Sequence[Pull]]) -> None:
        self._taps = taps
        self._pulls = pulls

    def __getitem__(self, layer: str) -> Tensor:
        gradient = self.added(layer, None)
        if gradient is None:
            raise KeyError(layer)
        return gradient

    def __contains__(self, layer: object) -> bool:
        return layer in self._pulls

    def __iter__(self) -> Iterator[str]:
        return iter(self._pulls)

    def __len__(self) -> int:
        return len(self._pulls)

    def added(self, layer: str, gradient: Tensor | None) -> Tensor | None:
        """The gradient so far (``None``: none) and this layer's own, in its memory."""
        for pull in self._pulls.get(layer, ()):
            features = self._taps[layer]
            gradient = pull(features, gradient).to(features.dtype)  # targets may be more precise
        return gradient


class Tape(Protocol):
    """One forward pass: the features at each tap, and the way back to the pixels."""

    taps: dict[str, Tensor]
    """Layer name → features ``(C, H, W)``, detached from any graph."""

    def backward(self, gradients: Mapping[str, Tensor]) -> Tensor:
        """∂loss/∂pixels ``(3, H, W)`` from ∂loss/∂features at some of the taps; use once.

        Given :class:`TapGradients`, it takes each where it is needed.
        """
        ...

    def walk_back(self, gradients: Mapping[str, Tensor]) -> Generator[None, None, Tensor]:
        """The same, yielding where it may be left."""
        ...


class Extractor(Protocol):
    """Frozen features of a picture."""

    layers: tuple[str, ...]
    """The names of the taps."""

    keeps_content: bool
    """Whether the content's features are worth keeping, tile by tile, or made anew each time."""

    @property
    def halo(self) -> int:
        """How far a tile reads beyond its core, in pixels."""
        ...

    @property
    def alignment(self) -> int:
        """What the side of a tile's core must be a multiple of, in pixels."""
        ...

    def reach(self, layer: str) -> int:
        """How far a feature of this layer sees from its centre, in pixels."""
        ...

    def size(self, layer: str, height: int, width: int) -> tuple[int, int]:
        """The layer's height and width for a picture of this one."""
        ...

    def forward(self, pixels: Tensor, remember: bool = True) -> Tape:
        """Features of RGB ``pixels`` ``(3, H, W)``, nominally in [0, 1].

        With ``remember=False`` nothing is kept for a backward pass (targets need none).
        """
        ...

    def walk(self, pixels: Tensor, remember: bool = True) -> Generator[None, None, Tape]:
        """The same, yielding where it may be left."""
        ...

    def tiles(self, height: int, width: int, core: int) -> list[Tile]:
        """The parts of a picture of this size, with cores of that side, a multiple of the
        alignment. Each position of each layer is one tile's own."""
        ...

    def levels(self, pixels: Tensor) -> list[Tensor]:
        """The pictures that tiles read of, ``(3, h, w)``: linear in the pixels."""
        ...

    def joined(self, gradients: list[Tensor]) -> Tensor:
        """∂loss/∂pixels from ∂loss/∂levels, which may be overwritten: the adjoint of ``levels``."""
        ...

    def look(self, tile: Tile, part: Tensor, remember: bool = True) -> Tape:
        """Features of a tile's own positions, from ``part``, its extent of its level's picture.

        The tape's way back gives ∂loss/∂part. The part may lie on another device.
        """
        ...
