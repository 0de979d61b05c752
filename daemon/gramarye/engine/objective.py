"""The loss of one octave: α·content + β·style over a picture's pixels, with its gradient.

The evaluation is a generator that pauses between its parts, so that a caller can stop a job inside
one evaluation of a large canvas.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from .errors import DivergedError
from .features import Extractor, Pull, TapGradients
from .statistics import Statistic, Sums

RANGE_WEIGHT = 10.0
"""Weight of mean((x − clamp(x))²): a soft wall at black and white that optimisers can see."""


@dataclass(frozen=True)
class Term:
    """One weighted loss at one layer; ``kind`` is ``content`` or ``style``.

    ``positions`` ``(h, w)`` weighs the layer's positions; ``None``: all count alike.
    """

    kind: str
    layer: str
    weight: float
    statistic: Statistic
    positions: Tensor | None = None

    def count(self, features: Tensor) -> float:
        """The sum of the positions' weights."""
        return float(features[0].numel()) if self.positions is None else self._weight

    @cached_property
    def _weight(self) -> float:
        """Brought over from the device once, not in every evaluation."""
        assert self.positions is not None
        return float(self.positions.sum())


@dataclass(frozen=True)
class Evaluation:
    """The total loss, its gradient ``(3, H, W)``, and each weighted term by name."""

    loss: float
    gradient: Tensor
    losses: dict[str, float]


class Objective:
    """The sum of its terms, of the range penalty and of the total variation.

    ``notes`` are sentences about what the pictures did not allow.
    """

    def __init__(
        self,
        extractor: Extractor,
        terms: Sequence[Term],
        total_variation: float = 0.0,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._extractor = extractor
        self._terms = terms
        self._total_variation = total_variation
        self.notes = notes

    def evaluate(self, pixels: Tensor) -> Generator[None, None, Evaluation]:
        """Loss and gradient at ``pixels`` ``(3, H, W)``; yields ``None`` where it may be left.

        Raises:
            DivergedError: the loss or its gradient is not finite.
        """
        tape = self._extractor.forward(pixels)
        yield
        parts: dict[str, Tensor] = {}
        pulls: dict[str, list[Pull]] = {}
        for term in self._terms:
            loss, pull = _apply(term, tape.taps[term.layer])
            name = f"{term.kind} {term.layer}"
            parts[name] = parts.get(name, 0) + loss
            pulls.setdefault(term.layer, []).append(pull)
            yield
        parts["range"], gradient = _range_penalty(pixels)
        if pulls:
            gradient += tape.backward(TapGradients(tape.taps, pulls))
        if self._total_variation:
            loss, dpixels = total_variation(pixels)
            parts["variation"] = self._total_variation * loss
            gradient = gradient + self._total_variation * dpixels
        yield
        return _summed(parts, gradient)


def _apply(term: Term, features: Tensor) -> tuple[Tensor, Pull]:
    """A weighted term over a whole picture: its loss, and the way to its gradient."""
    statistic, positions = term.statistic, term.positions
    sums: Sums = statistic.accumulate(features, positions)
    loss, dsums = statistic.loss_and_grad(sums, term.count(features))
    weighted = tuple(term.weight * dsum for dsum in dsums)
    return term.weight * loss, lambda live, so_far: statistic.pullback(
        live, weighted, positions, so_far
    )


def total_variation(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean square of the differences of neighbours, and its gradient ``(3, H, W)``.

    Mahendran & Vedaldi 2015 (arXiv:1412.0035, section 3.2) with β = 2, as a mean.
    """
    down, right = pixels.diff(dim=1), pixels.diff(dim=2)
    loss = (down.square().sum() + right.square().sum()) / pixels.numel()
    gradient = torch.zeros_like(pixels)
    gradient[:, 1:] += down
    gradient[:, :-1] -= down
    gradient[:, :, 1:] += right
    gradient[:, :, :-1] -= right
    return loss, 2 * gradient / pixels.numel()


def _range_penalty(pixels: Tensor) -> tuple[Tensor, Tensor]:
    outside = pixels - pixels.clamp(0, 1)
    factor = RANGE_WEIGHT / pixels.numel()
    return factor * outside.square().sum(), 2 * factor * outside


def _summed(parts: dict[str, Tensor], gradient: Tensor) -> Evaluation:
    """Bring every number over from the device at once, and check them."""
    size = gradient.abs().sum()
    values = torch.stack([value.to(size.dtype) for value in (*parts.values(), size)]).tolist()
    if not all(math.isfinite(value) for value in values):
        raise DivergedError(
            "The optimisation left the range of numbers (a loss became infinite or not a number). "
            "Try a lower strength, the L-BFGS optimiser, or another start."
        )
    losses = dict(zip(parts, values[:-1], strict=True))
    by_kind: dict[str, float] = {}
    for name, value in losses.items():
        kind = name.split(" ")[0]
        by_kind[kind] = by_kind.get(kind, 0.0) + value
    total = sum(losses.values())
    return Evaluation(total, gradient, {"total": total, **by_kind, **losses})
