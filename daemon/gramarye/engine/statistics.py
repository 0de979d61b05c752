"""What a loss compares: a statistic of a layer's features, in three additive-friendly parts.

Every statistic here is a function of sums over positions, so it can be had tile by tile:

1. ``accumulate(features, weights)`` → a tuple of sums, which may be added across tiles;
2. ``loss_and_grad(sums, count)`` → the loss, and its gradient with respect to those sums;
3. ``pullback(features, dsums, weights)`` → the gradient with respect to the features.

Shapes: features ``(C, H, W)``, weights ``(H, W)`` in [0, 1] or ``None`` for all ones, ``count`` the
sum of the weights over the whole picture. Each loss is a mean squared error m, or its root
√(m + ε) when ``distance`` is ``"rmse"``.
"""

from __future__ import annotations

from typing import Literal, Protocol

import torch
from torch import Tensor

Sums = tuple[Tensor, ...]
Distance = Literal["mse", "rmse"]

RMSE_EPSILON = 1e-12
"""ε in √(m + ε): finite gradient at m = 0, which is then zero because ∂m is."""


class Statistic(Protocol):
    """A loss between a layer's features and a target, split where tiles can be added."""

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Sums over the positions of ``features``; additive across disjoint tiles."""
        ...

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """The scalar loss for the whole picture's sums, and ∂loss/∂sums."""
        ...

    def pullback(self, features: Tensor, dsums: Sums, weights: Tensor | None = None) -> Tensor:
        """∂loss/∂features for these positions, of the shape of ``features``."""
        ...


def _flat(features: Tensor) -> Tensor:
    """(C, H, W) → (C, H·W)."""
    return features.flatten(1)


def _weighted(flat: Tensor, weights: Tensor | None) -> Tensor:
    return flat if weights is None else flat * weights.flatten()


def _rooted(loss: Tensor, dsums: Sums, distance: Distance) -> tuple[Tensor, Sums]:
    """Turn an MSE and its gradient into an RMSE's: d√(m+ε) = dm / (2√(m+ε))."""
    if distance == "mse":
        return loss, dsums
    root = torch.sqrt(loss + RMSE_EPSILON)
    return root, tuple(dsum / (2 * root) for dsum in dsums)


def gram_matrix(features: Tensor) -> Tensor:
    """F·Fᵀ / (H·W) for features ``(C, H, W)``: how channels go together, wherever they do.

    Gatys et al. 2016 (CVPR, eq. 3) leave the sum undivided and divide the loss by 4N²M²; dividing
    the matrix by the positions M makes pictures of different sizes comparable.
    """
    flat = _flat(features)
    return flat @ flat.T / flat.shape[1]


class Gram:
    """Mean squared difference of Gram matrices (Gatys et al. 2016, eq. 4, up to the factor 1/4).

    Args:
        target: ``(C, C)``, the style's :func:`gram_matrix`.
        scale: multiplies the MSE; ``1 / mean(target²)`` makes it relative.
        distance: MSE, or RMSE.
    """

    def __init__(self, target: Tensor, scale: float = 1.0, distance: Distance = "mse") -> None:
        self.target = target
        self.scale = scale
        self.distance: Distance = distance

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·f·fᵀ, one ``(C, C)`` matrix."""
        flat = _flat(features)
        return (_weighted(flat, weights) @ flat.T,)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """MSE (or RMSE) of the Gram matrix to the target."""
        difference = sums[0] / count - self.target
        loss = self.scale * difference.square().mean()
        dgram = (2 * self.scale / difference.numel()) * difference
        return _rooted(loss, (dgram / count,), self.distance)

    def pullback(self, features: Tensor, dsums: Sums, weights: Tensor | None = None) -> Tensor:
        """(D + Dᵀ)·F."""
        flat = _flat(features)
        symmetric = dsums[0] + dsums[0].T
        return _weighted(symmetric @ flat, weights).view_as(features)


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
    def of(cls, features: Tensor, distance: Distance = "mse") -> Moments:
        """The statistic whose target is these features' own moments."""
        flat = _flat(features)
        mean = flat.mean(1)
        centred = flat - mean[:, None]
        return cls(mean, centred @ centred.T / flat.shape[1], distance)

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·(f − μₛ), ``(C,)``, and Σ w·(f − μₛ)(f − μₛ)ᵀ, ``(C, C)``."""
        shifted = _flat(features) - self.mean[:, None]
        weighted = _weighted(shifted, weights)
        return weighted.sum(1), weighted @ shifted.T

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """The relative distance of the two moments to the target's."""
        offset = sums[0] / count
        difference = sums[1] / count - torch.outer(offset, offset) - self.covariance
        loss = difference.square().sum() / self._energy + offset.square().sum() / self._trace
        dcovariance = 2 * difference / self._energy
        doffset = 2 * offset / self._trace - 2 * dcovariance @ offset
        return _rooted(loss, (doffset / count, dcovariance / count), self.distance)

    def pullback(self, features: Tensor, dsums: Sums, weights: Tensor | None = None) -> Tensor:
        """∂/∂f of both sums."""
        shifted = _flat(features) - self.mean[:, None]
        symmetric = dsums[1] + dsums[1].T
        gradient = symmetric @ shifted + dsums[0][:, None]
        return _weighted(gradient, weights).view_as(features)


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

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·‖f − t‖², a scalar."""
        squares = (features - self.target).square().sum(0)
        return ((squares if weights is None else squares * weights).sum(),)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """Mean over positions and channels."""
        factor = self.scale / (count * self.target.shape[0])
        return _rooted(factor * sums[0], (torch.full_like(sums[0], factor),), self.distance)

    def pullback(self, features: Tensor, dsums: Sums, weights: Tensor | None = None) -> Tensor:
        """2·D·(f − t)."""
        gradient = 2 * dsums[0] * (features - self.target)
        return gradient if weights is None else gradient * weights
