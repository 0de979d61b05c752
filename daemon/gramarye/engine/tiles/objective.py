"""The loss and gradient of a whole canvas from its tiles, in two passes.

1. Each tile is looked at, and each statistic's sums over the tile's own positions are added up, in
   float64 and in the tiles' order.
2. The loss and its derivative by those sums are known now. Each tile is looked at again, its own
   positions take the losses' gradients, and what comes back to the pixels that it read is added to
   the gradient of the whole, again in the tiles' order.

A tile that keeps what the first pass computed is not looked at again in the second. The result is
that of the whole canvas at once, up to rounding.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..features import Extractor, Pull, Tape, TapGradients
from ..objective import Evaluation, Term, summed
from ..portable import reachable, wide
from ..profile import span
from ..regularisers import add_range_penalty, add_total_variation
from ..statistics import Content, Statistic, Sums
from ..statistics.base import moved, target_of, whole
from .content import ContentTargets
from .crews import Crew, in_order
from .grid import Tile
from .shelf import Shelf


@dataclass(frozen=True)
class Looked:
    """A tile was looked at: ``number`` of ``total`` looks in this evaluation."""

    number: int
    total: int


class TiledObjective:
    """The sum of its terms, of the range penalty and of the total variation; see
    :class:`~gramarye.engine.objective.Objective`.

    Args:
        crew: the same features on each of the devices.
        terms: a content term's statistic has no target of its own.
        content: the targets of the content terms, if there are any.
        kept: so many of the last tiles keep what pass 1 computed.
        shelf: where the gradient lies.
    """

    def __init__(
        self,
        crew: Crew,
        terms: Sequence[Term],
        tiles: Sequence[Tile],
        content: ContentTargets | None,
        variation: float,
        notes: tuple[str, ...],
        kept: int,
        shelf: Shelf,
    ) -> None:
        self._crew = crew
        self._terms = terms
        used = {term.layer for term in terms}
        self._tiles = [tile for tile in tiles if tile.positions.keys() & used]
        self._content = content
        self._variation = variation
        self.notes = notes
        self._kept_from = len(self._tiles) - kept
        self._shelf = shelf

    def evaluate(self, pixels: Tensor) -> Generator[Looked | None, None, Evaluation]:
        """Loss and gradient at ``pixels`` ``(3, H, W)``; yields after each look at a tile.

        Raises:
            DivergedError: the loss or its gradient is not finite.
        """
        total = 2 * len(self._tiles)
        levels = self._crew.first.levels(pixels)
        sums: list[Sums | None] = [None] * len(self._terms)
        tapes: dict[int, Tape] = {}

        def accumulate(
            number: int, extractor: Extractor, lent: bool
        ) -> tuple[list[Sums | None], Tape | None]:
            keep = number >= self._kept_from and not lent
            tape, seen = self._look(number, extractor, levels, keep)
            own = [
                None if one is None else _accumulated(one, tape.taps[term.layer])
                for term, one in zip(self._terms, seen, strict=True)
            ]
            if lent:
                own = [_brought(one, term) for one, term in zip(own, self._terms, strict=True)]
            return own, tape if keep else None

        for number, (own, tape) in in_order(accumulate, len(self._tiles), self._crew.hands()):
            sums = [_plus(so_far, more) for so_far, more in zip(sums, own, strict=True)]
            if tape is not None:
                tapes[number] = tape
            yield Looked(number + 1, total)
        values, dsums = self._losses(sums)

        def back(number: int, extractor: Extractor, lent: bool) -> Tensor:
            tape, seen = self._look(number, extractor, levels, True, tapes.pop(number, None))
            pulls: dict[str, list[Pull]] = {}
            for term, one, dsum in zip(self._terms, seen, dsums, strict=True):
                if one is not None and dsum is not None:
                    pulls.setdefault(term.layer, []).append(_pull(one, dsum))
            with span("features", "backward"):
                part = tape.backward(TapGradients(tape.taps, pulls))
            return part.to(pixels.device) if lent else part

        hands, kept = self._crew.hands(), frozenset(tapes)
        gradients = [self._shelf.zeros(*level.shape, like=level) for level in levels]
        for number, part in in_order(back, len(self._tiles), hands, kept.__contains__):
            tile = self._tiles[number]
            into = tile.extent.of(gradients[tile.level])
            into.add_(part.to(into))
            yield Looked(len(self._tiles) + number + 1, total)
        gradient = self._crew.first.joined(gradients)
        values["range"] = add_range_penalty(pixels, gradient)
        if self._variation:
            values["variation"] = add_total_variation(pixels, gradient, self._variation)
        numbers = [*values.values(), float(gradient.abs().sum())]
        return summed(tuple(values), torch.tensor(numbers, dtype=torch.float64), gradient)

    def _look(
        self,
        number: int,
        extractor: Extractor,
        levels: Sequence[Tensor],
        remember: bool,
        tape: Tape | None = None,
    ) -> tuple[Tape, list[_Seen | None]]:
        """A tile's features, unless they were kept, and what each term compares in it."""
        tile = self._tiles[number]
        with torch.no_grad(), span("features", "forward"):
            if tape is None:
                part = tile.extent.of(levels[tile.level])
                tape = extractor.look(tile, part, remember)
            targets = {} if self._content is None else self._content.at(tile, extractor)
            return tape, [_seen(term, tile, tape, targets) for term in self._terms]

    def _losses(self, sums: Sequence[Sums | None]) -> tuple[dict[str, float], list[Sums | None]]:
        """Each term's loss by its name, and its derivative by the sums; weighted."""
        values: dict[str, float] = {}
        dsums: list[Sums | None] = []
        for term, own in zip(self._terms, sums, strict=True):
            if own is None:
                dsums.append(None)
                continue
            statistic = moved(term.statistic, own[0].device)
            loss, derivative = statistic.loss_and_grad(own, term.total)
            values[term.name] = values.get(term.name, 0.0) + term.weight * float(loss)
            dsums.append(tuple(term.weight * one for one in derivative))
        return values, dsums


@dataclass(frozen=True)
class _Seen:
    """A term's statistic in one tile, with the weights of the tile's own positions."""

    term: Term
    statistic: Statistic
    weights: Tensor | None


def _seen(term: Term, tile: Tile, tape: Tape, targets: dict[str, Tensor]) -> _Seen | None:
    if term.layer not in tile.positions:
        return None
    features = tape.taps[term.layer]
    weights = term.positions
    if weights is not None:
        weights = tile.positions[term.layer].of(weights).to(features.device)
    statistic = term.statistic
    if isinstance(statistic, Content):
        statistic = statistic.facing(targets[term.layer].to(features.device))
    else:
        statistic = moved(statistic, features.device)
    return _Seen(term, statistic, weights)


def _accumulated(seen: _Seen, features: Tensor) -> Sums:
    with torch.no_grad(), span(seen.term.name, "loss"):
        return tuple(map(wide, seen.statistic.accumulate(features, seen.weights)))


def _brought(sums: Sums | None, term: Term) -> Sums | None:
    """A lent device's sums, to where the term's target is."""
    home = reachable(target_of(term.statistic)).device
    return None if sums is None else tuple(one.to(home) for one in sums)


def _plus(so_far: Sums | None, more: Sums | None) -> Sums | None:
    if so_far is None or more is None:
        return more if so_far is None else so_far
    return tuple(one + other.to(one) for one, other in zip(so_far, more, strict=True))


def _pull(seen: _Seen, dsums: Sums) -> Pull:
    def pull(live: Tensor, so_far: Tensor | None) -> Tensor:
        with torch.no_grad(), span(seen.term.name, "gradient"):
            like = whole(live[:, :0])
            own = tuple(one.to(like) for one in dsums)
            return seen.statistic.pullback(live, own, seen.weights, so_far)

    return pull
