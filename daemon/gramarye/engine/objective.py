"""The loss of one octave: α·content + β·style over a picture's pixels, with its gradient.

The evaluation is a generator that pauses between its parts, so that a caller can stop a job inside
one evaluation of a large canvas.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from .errors import DivergedError
from .features import Extractor, Pull, TapGradients, finished
from .profile import profiling, span
from .regularisers import range_penalty, total_variation
from .replay import Replay
from .statistics import Statistic, Sums

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Term:
    """One weighted loss at one layer; ``kind`` is ``content`` or ``style``.

    ``positions`` ``(h, w)`` weighs the layer's positions; ``None``: all count alike. Where no tape
    has all of them, ``whole`` says how many there are.
    """

    kind: str
    layer: str
    weight: float
    statistic: Statistic
    positions: Tensor | None = None
    whole: float = 0.0

    @property
    def name(self) -> str:
        """Such as ``style relu3_1``."""
        return f"{self.kind} {self.layer}"

    def count(self, features: Tensor) -> float:
        """The sum of the positions' weights."""
        return float(features[0].numel()) if self.positions is None else self._weight

    @property
    def total(self) -> float:
        """The sum of the positions' weights over a canvas that is looked at in tiles."""
        return self.whole if self.positions is None else self._weight

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
        self._names: tuple[str, ...] = ()
        self._replay: Replay | None = None

    def record(self, like: Tensor) -> None:
        """Prepare to evaluate pixels such as these as a whole, where the device can: CUDA graphs.

        Where it cannot, a note says so, and evaluations go on part by part.
        """
        if like.device.type != "cuda" or profiling():
            return
        try:
            self._replay = Replay(self.compute, like)
        except RuntimeError as error:
            log.warning("no CUDA graph: %s", error)
            self.notes += (
                "The GPU could not record an evaluation as a whole, so small sizes take longer; "
                "the result is the same.",
            )

    def evaluate(self, pixels: Tensor) -> Generator[None, None, Evaluation]:
        """Loss and gradient at ``pixels`` ``(3, H, W)``; yields ``None`` where it may be left.

        Raises:
            DivergedError: the loss or its gradient is not finite.
        """
        if self._replay is None:
            values, gradient = yield from self._parts(pixels)
        else:
            values, gradient = self._replay(pixels)
            yield
        return summed(self._names, values, gradient)

    def compute(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Every loss by the order of its name, ``(n,)``, and the gradient, all on the device.

        A pure function of the pixels that never waits for the device, as a replay needs.
        """
        return finished(self._parts(pixels))

    def _parts(self, pixels: Tensor) -> Generator[None, None, tuple[Tensor, Tensor]]:
        with span("features", "forward"):
            tape = yield from self._extractor.walk(pixels)
        parts: dict[str, Tensor] = {}
        pulls: dict[str, list[Pull]] = {}
        for term in self._terms:
            with span(term.name, "loss"):
                loss, pull = _apply(term, tape.taps[term.layer])
            parts[term.name] = parts.get(term.name, 0) + loss
            pulls.setdefault(term.layer, []).append(pull)
            yield
        parts["range"], gradient = range_penalty(pixels)
        if pulls:
            with span("features", "backward"):
                gradient += yield from tape.walk_back(TapGradients(tape.taps, pulls))
        if self._total_variation:
            with span("variation", "loss"):
                loss, dpixels = total_variation(pixels)
                parts["variation"] = self._total_variation * loss
                gradient = gradient + self._total_variation * dpixels
        yield
        self._names = tuple(parts)
        size = gradient.abs().sum()
        values = torch.stack([value.to(size.dtype) for value in (*parts.values(), size)])
        return values, gradient


def _apply(term: Term, features: Tensor) -> tuple[Tensor, Pull]:
    """A weighted term over a whole picture: its loss, and the way to its gradient."""
    statistic, positions = term.statistic, term.positions
    sums: Sums = statistic.accumulate(features, positions)
    loss, dsums = statistic.loss_and_grad(sums, term.count(features))
    weighted = tuple(term.weight * dsum for dsum in dsums)

    def pull(live: Tensor, so_far: Tensor | None) -> Tensor:
        with span(term.name, "gradient"):
            return statistic.pullback(live, weighted, positions, so_far)

    return term.weight * loss, pull


def summed(names: Sequence[str], values: Tensor, gradient: Tensor) -> Evaluation:
    """Bring every number over from the device at once, and check them.

    The last of ``values`` is the gradient's size.
    """
    numbers = values.tolist()
    if not all(math.isfinite(value) for value in numbers):
        raise DivergedError(
            "The optimisation left the range of numbers (a loss became infinite or not a number). "
            "Try a lower strength, the L-BFGS optimiser, or another start."
        )
    losses = dict(zip(names, numbers[:-1], strict=True))
    by_kind: dict[str, float] = {}
    for name, value in losses.items():
        kind = name.split(" ")[0]
        by_kind[kind] = by_kind.get(kind, 0.0) + value
    total = sum(losses.values())
    return Evaluation(total, gradient, {"total": total, **by_kind, **losses})
