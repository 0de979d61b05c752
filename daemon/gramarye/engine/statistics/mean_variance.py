"""Mean and variance of each channel (Huang & Belongie 2017, arXiv:1703.06868, eq. 13)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from ..recipe import Distance
from .base import Sample, Sums, added, flat, pooled_moments, rooted, weighted


class MeanVariance:
    """‖σ² − σₛ²‖² / ‖σₛ²‖² + ‖μ − μₛ‖² / Σσₛ²: :class:`Moments` without the channels' company.

    The paper compares deviations; variances keep the gradient finite where a channel is constant.

    Args:
        mean: ``(C,)``; variance: ``(C,)``; distance: MSE, or RMSE (the root of the whole).
    """

    def __init__(self, mean: Tensor, variance: Tensor, distance: Distance = "mse") -> None:
        self.mean = mean
        self.variance = variance
        self.distance: Distance = distance
        tiny = torch.finfo(variance.dtype).tiny
        self._energy = variance.square().sum().clamp_min(tiny)
        self._trace = variance.sum().clamp_min(tiny)

    @classmethod
    def of(cls, samples: Iterable[Sample], distance: Distance = "mse") -> MeanVariance:
        """The statistic whose target is the moments of all samples together."""
        return cls.near(*pooled_moments(samples), distance)

    @classmethod
    def near(cls, mean: Tensor, covariance: Tensor, distance: Distance = "mse") -> MeanVariance:
        """The statistic whose target is this mean and the covariance's diagonal."""
        return cls(mean, covariance.diagonal().clone(), distance)

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·(f − μₛ) and Σ w·(f − μₛ)², each ``(C,)``."""
        shifted = flat(features) - self.mean[:, None]
        return weighted(shifted, weights).sum(1), weighted(shifted.square(), weights).sum(1)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """The relative distance of the two moments to the target's."""
        offset = sums[0] / count
        difference = sums[1] / count - offset.square() - self.variance
        loss = difference.square().sum() / self._energy + offset.square().sum() / self._trace
        dvariance = 2 * difference / self._energy
        doffset = 2 * offset / self._trace - 2 * dvariance * offset
        return rooted(loss, (doffset / count, dvariance / count), self.distance)

    def pullback(
        self,
        features: Tensor,
        dsums: Sums,
        weights: Tensor | None = None,
        into: Tensor | None = None,
    ) -> Tensor:
        """∂/∂f of both sums."""
        shifted = flat(features) - self.mean[:, None]
        gradient = dsums[0][:, None] + 2 * dsums[1][:, None] * shifted
        return added(weighted(gradient, weights).view_as(features), into)
