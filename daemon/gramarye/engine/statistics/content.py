"""The content loss: the features themselves, place by place."""

from __future__ import annotations

import torch
from torch import Tensor

from ..recipe import Distance
from .base import Sums, added, inverse_energy, rooted, whole


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
        if not relative:
            return cls(features, 1.0, distance)
        variance = (features - features.mean(dim=(1, 2), keepdim=True)).square().mean()
        return cls(features, inverse_energy(variance), distance)

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
