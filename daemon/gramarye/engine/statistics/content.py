"""The content loss: the features themselves, place by place."""

from __future__ import annotations

import torch
from torch import Tensor

from ..portable import wide
from ..recipe import Distance
from .base import Sums, added, flat, inverse_energy, rooted, whole


class Spread:
    """The variance of features that come in parts, over their positions, averaged over channels.

    In float64, about the first part's mean.
    """

    def __init__(self) -> None:
        self._count = 0
        self._shift: Tensor | None = None
        self._sums: tuple[Tensor, Tensor] | None = None

    def add(self, features: Tensor) -> None:
        """Take some positions in, ``(C, h, w)``."""
        values = flat(features)
        if self._shift is None:
            self._shift = values.mean(1)
        shifted = values - self._shift[:, None]
        first, second = wide(shifted.sum(1)), wide(shifted.square_().sum(1))
        if self._sums is not None:
            first, second = self._sums[0] + first, self._sums[1] + second
        self._sums = first, second
        self._count += values.shape[1]

    def scale(self, relative: bool) -> float:
        """What makes a mean square relative to the variance; 1 if it is not to be."""
        if not relative:
            return 1.0
        assert self._sums is not None
        first, second = (each / self._count for each in self._sums)
        return inverse_energy((second - first.square()).mean())


class Content:
    """Mean squared difference of the features themselves (Gatys et al. 2016, eq. 1, as a mean).

    Args:
        target: ``(C, H, W)``, the content's features.
        scale: multiplies the MSE; ``1 / variance`` of the target makes it relative.
        distance: MSE, or RMSE.
    """

    def __init__(self, target: Tensor, scale: float = 1.0, distance: Distance = "mse") -> None:
        self.target = target
        self.scale = scale
        self.distance: Distance = distance

    @classmethod
    def of(cls, features: Tensor, distance: Distance, relative: bool) -> Content:
        """The statistic whose target is these features; relative to their variance."""
        features = whole(features)
        spread = Spread()
        spread.add(features)
        return cls(features, spread.scale(relative), distance)

    def facing(self, target: Tensor) -> Content:
        """The same statistic for the positions of this target, a part of the whole one."""
        return Content(target, self.scale, self.distance)

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·‖f − t‖², a scalar."""
        squares = (features - self.target).square_()
        return ((squares if weights is None else squares.mul_(weights)).sum(),)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """Mean over positions and channels."""
        factor = self.scale / (count * self.target.shape[0])
        return rooted(factor * sums[0], (torch.full_like(sums[0], factor),), self.distance)

    def pullback(
        self,
        features: Tensor,
        dsums: Sums,
        weights: Tensor | None = None,
        into: Tensor | None = None,
    ) -> Tensor:
        """2·D·(f − t)."""
        gradient = (features - self.target).mul_(2 * dsums[0])
        return added(gradient if weights is None else gradient.mul_(weights), into)
