"""Wasserstein-2 between Gaussians fitted to the features (Mroueh 2019, arXiv:1905.12828)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from ..portable import wide
from ..recipe import Distance
from .base import Sample, Sums, pooled_moments, pull_shifted_sums, rooted, shifted_sums

FLOOR = 1e-4
"""ε in Σ + ε·tr(Σₛ)/C·I: rectified features leave channels empty, and a root needs full rank."""


class Wasserstein:
    """(‖μ − μₛ‖² + tr(Σ + Σₛ − 2(Σₛ^½ Σ Σₛ^½)^½)) / tr Σₛ, the squared distance over its scale.

    Roots are taken by decompositions in float64, not by Newton–Schulz iterations (Lin &
    Maji 2017, arXiv:1707.06772): exact, and cheap beside the convolutions for up to 512 channels.

    Args:
        mean: ``(C,)``; covariance: ``(C, C)``; distance: the squared distance, or its root.
    """

    def __init__(self, mean: Tensor, covariance: Tensor, distance: Distance = "mse") -> None:
        self.mean = mean
        self.distance: Distance = distance
        exact = wide(covariance)
        floor = FLOOR * exact.diagonal().mean().clamp_min(1e-12)
        self._floor = floor * torch.eye(len(exact), dtype=exact.dtype, device=exact.device)
        self._target = exact + self._floor
        self._root = _power(self._target, 0.5)
        self._trace = self._target.diagonal().sum()

    @classmethod
    def of(cls, samples: Iterable[Sample], distance: Distance = "mse") -> Wasserstein:
        """The statistic whose target is the Gaussian fitted to all samples together."""
        return cls(*pooled_moments(samples), distance)

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·(f − μₛ), ``(C,)``, and Σ w·(f − μₛ)(f − μₛ)ᵀ, ``(C, C)``."""
        return shifted_sums(features, self.mean, weights)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """The distance; ∂/∂Σ is I − Σₛ^½ (Σₛ^½ Σ Σₛ^½)^-½ Σₛ^½."""
        offset = wide(sums[0]) / count
        covariance = wide(sums[1]) / count - torch.outer(offset, offset) + self._floor
        # The singular values of Σₛ^½ L, for Σ = L Lᵀ, are the roots of the eigenvalues of
        # Σₛ^½ Σ Σₛ^½, without the rounding that a root of a small eigenvalue would magnify.
        vectors, roots, _ = torch.linalg.svd(self._root @ _factor(covariance))
        distance = offset.square().sum() + self._target.diagonal().sum()
        distance = distance + covariance.diagonal().sum() - 2 * roots.sum()
        identity = torch.eye(len(roots), dtype=roots.dtype, device=roots.device)
        pushed = self._root @ (vectors / roots) @ vectors.T @ self._root
        dcovariance = (identity - pushed) / self._trace
        doffset = 2 * offset / self._trace - 2 * dcovariance @ offset
        loss = (distance / self._trace).clamp_min(0)
        like = sums[0]
        dsums = ((doffset / count).to(like), (dcovariance / count).to(like))
        return rooted(loss.to(like), dsums, self.distance)

    def pullback(
        self,
        features: Tensor,
        dsums: Sums,
        weights: Tensor | None = None,
        into: Tensor | None = None,
    ) -> Tensor:
        """∂/∂f of both sums."""
        return pull_shifted_sums(features, self.mean, dsums, weights, into)


def _power(symmetric: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(symmetric)
    return (vectors * values.clamp_min(1e-30) ** exponent) @ vectors.T


def _factor(covariance: Tensor) -> Tensor:
    """L with L Lᵀ = Σ; where rounding has left Σ indefinite, of the nearest that is not."""
    factor, failed = torch.linalg.cholesky_ex(covariance)
    if not bool(failed):
        return factor
    values, vectors = torch.linalg.eigh(covariance)
    return vectors * values.clamp_min(1e-30).sqrt()
