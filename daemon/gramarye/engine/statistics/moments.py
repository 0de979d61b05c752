"""Mean and covariance: the Gram matrix's information, weighed apart."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from ..recipe import Distance
from .base import Sample, Sums, pooled_moments, pull_shifted_sums, rooted, shifted_sums


class Moments:
    """Relative squared distance of covariance and mean.

    ‖Σ − Σₛ‖² / ‖Σₛ‖² + ‖μ − μₛ‖² / tr Σₛ, for the style's mean μₛ and covariance Σₛ. The sums are
    taken about μₛ (shifted moments), so that no large numbers cancel.

    Args:
        mean: ``(C,)``; covariance: ``(C, C)``; distance: MSE, or RMSE (the root of the whole).
    """

    def __init__(self, mean: Tensor, covariance: Tensor, distance: Distance = "mse") -> None:
        self.mean = mean
        self.covariance = covariance
        self.distance: Distance = distance
        tiny = torch.finfo(covariance.dtype).tiny
        self._energy = covariance.square().sum().clamp_min(tiny)
        self._trace = covariance.diagonal().sum().clamp_min(tiny)

    @classmethod
    def of(cls, samples: Iterable[Sample], distance: Distance = "mse") -> Moments:
        """The statistic whose target is the moments of all samples together."""
        return cls(*pooled_moments(samples), distance)

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·(f − μₛ), ``(C,)``, and Σ w·(f − μₛ)(f − μₛ)ᵀ, ``(C, C)``."""
        return shifted_sums(features, self.mean, weights)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """The relative distance of the two moments to the target's."""
        offset = sums[0] / count
        difference = sums[1] / count - torch.outer(offset, offset) - self.covariance
        loss = difference.square().sum() / self._energy + offset.square().sum() / self._trace
        dcovariance = 2 * difference / self._energy
        doffset = 2 * offset / self._trace - 2 * dcovariance @ offset
        return rooted(loss, (doffset / count, dcovariance / count), self.distance)

    def pullback(
        self,
        features: Tensor,
        dsums: Sums,
        weights: Tensor | None = None,
        into: Tensor | None = None,
    ) -> Tensor:
        """∂/∂f of both sums."""
        return pull_shifted_sums(features, self.mean, dsums, weights, into)
