"""What a loss compares: a statistic of a layer's features, in three additive-friendly parts.

Every statistic here is a function of sums over positions, so it can be had tile by tile:

1. ``accumulate(features, weights)`` → a tuple of sums, which may be added across tiles;
2. ``loss_and_grad(sums, count)`` → the loss, and its gradient with respect to those sums;
3. ``pullback(features, dsums, weights, into)`` → the gradient with respect to the features.

Shapes: features ``(C, H, W)``, weights ``(H, W)`` in [0, 1] or ``None`` for all ones, ``count`` the
sum of the weights over the whole picture. Each loss is a mean squared error m, or its root
√(m + ε) when ``distance`` is ``"rmse"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Protocol

import torch
from torch import Tensor

from ..portable import wide
from ..recipe import Distance

Sums = tuple[Tensor, ...]
Sample = tuple[Tensor, Tensor | None]
"""Features ``(C, H, W)`` of one picture, and the weights of its positions."""

HALVES = (torch.bfloat16, torch.float16)
_BLOCK = 1024
RMSE_EPSILON = 1e-12
"""ε in √(m + ε): finite gradient at m = 0, which is then zero because ∂m is."""


_CACHED = 1 << 13
"""Positions of 96 float32 channels that fit a core's cache: 3 MB."""


class Statistic(Protocol):
    """A loss between a layer's features and a target, split where tiles can be added."""

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Sums over the positions of ``features``; additive across disjoint tiles."""
        ...

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """The scalar loss for the whole picture's sums, and ∂loss/∂sums."""
        ...

    def pullback(
        self,
        features: Tensor,
        dsums: Sums,
        weights: Tensor | None = None,
        into: Tensor | None = None,
    ) -> Tensor:
        """∂loss/∂features for these positions, of the shape of ``features``; linear in ``dsums``.

        Added to ``into`` in place where that is given.
        """
        ...


def moved(statistic: Statistic, device: torch.device) -> Statistic:
    """The same statistic with its target on another device; itself if it is there."""
    tensors = tensors_of(statistic)
    if all(one.device == device for one in tensors.values()):
        return statistic
    copied = copy(statistic)
    for name, one in tensors.items():
        setattr(copied, name, one.to(device))
    return copied


def tensors_of(statistic: Statistic) -> dict[str, Tensor]:
    """All that its target consists of, by name."""
    return {name: one for name, one in vars(statistic).items() if isinstance(one, Tensor)}


def target_of(statistic: Statistic) -> Tensor:
    """A part of its target, which tells where the whole of it is."""
    return next(iter(tensors_of(statistic).values()))


def flat(features: Tensor) -> Tensor:
    """(C, H, W) → (C, H·W)."""
    return features.flatten(1)


def products(values: Tensor, others: Tensor) -> Tensor:
    """Σ over positions of ``(C, N)`` times ``(D, N)``: ``(C, D)``, in float32 at least.

    Half-precise features are summed in float32 over blocks, each of which is rounded once.
    """
    if values.dtype not in HALVES:
        return values @ others.T
    parts = zip(values.split(_BLOCK, 1), others.split(_BLOCK, 1), strict=True)
    return sum_tensors([(one @ other.T).float() for one, other in parts])


def added(gradient: Tensor, into: Tensor | None) -> Tensor:
    """The gradient itself, or ``into`` with it added in place."""
    return gradient if into is None else into.add_(gradient)


def add_product(matrix: Tensor, features: Tensor, into: Tensor | None) -> Tensor:
    """``matrix`` ``(C, C)`` times the features of each position, added to ``into`` in place."""
    matrix = matrix.to(features.dtype)
    channels = len(features)
    if into is None:
        result = torch.empty_like(features)  # with its strides too: the network's own layout
        torch.mm(matrix, flat(features), out=result.view(channels, -1))
        return result
    into.view(channels, -1).addmm_(matrix, flat(features))
    return into


def weighted(values: Tensor, weights: Tensor | None) -> Tensor:
    """(C, H·W) times its positions' weights."""
    return values if weights is None else values * weights.flatten().to(values.dtype)


def whole(features: Tensor) -> Tensor:
    """Half-precise features in float32, others as they are."""
    return features.float() if features.dtype in HALVES else features


def rooted(loss: Tensor, dsums: Sums, distance: Distance) -> tuple[Tensor, Sums]:
    """Turn an MSE and its gradient into an RMSE's: d√(m+ε) = dm / (2√(m+ε))."""
    if distance == "mse":
        return loss, dsums
    root = torch.sqrt(loss + RMSE_EPSILON)
    return root, tuple(dsum / (2 * root) for dsum in dsums)


def inverse_energy(energy: Tensor) -> float:
    """1 / energy, bounded for a target that is all but empty (one flat colour)."""
    return 1.0 / max(float(energy), 1e-8)


def count_of(features: Tensor, weights: Tensor | None) -> float:
    """The sum of the positions' weights."""
    return float(features[0].numel()) if weights is None else float(weights.sum())


class MomentSums:
    """Mean and covariance of features that come in parts, in float64 about the first part's mean.

    Moments about a place near the mean do not cancel, and one pass does.
    """

    def __init__(self) -> None:
        self._count = 0.0
        self._shift: Tensor | None = None
        self._first: Tensor | None = None
        self._second: Tensor | None = None

    def add(self, features: Tensor, weights: Tensor | None = None) -> None:
        """Take some positions in."""
        features = whole(features)
        if self._shift is None:
            self._shift = flat(features).mean(1)
        first, second = map(wide, shifted_sums(features, self._shift, weights))
        self._first = first if self._first is None else self._first + first
        self._second = second if self._second is None else self._second + second
        self._count += count_of(features, weights)

    def mean_and_covariance(self) -> tuple[Tensor, Tensor]:
        """``(C,)`` and ``(C, C)``, of the features' device and dtype."""
        assert self._shift is not None
        assert self._first is not None
        assert self._second is not None
        offset = self._first / self._count
        covariance = self._second / self._count - torch.outer(offset, offset)
        return (wide(self._shift) + offset).to(self._shift), covariance.to(self._shift)


def pooled_moments(samples: Iterable[Sample]) -> tuple[Tensor, Tensor]:
    """Mean ``(C,)`` and covariance ``(C, C)`` over all positions of all samples."""
    sums = MomentSums()
    for features, weights in samples:
        sums.add(features, weights)
    return sums.mean_and_covariance()


def sum_tensors(tensors: Sequence[Tensor]) -> Tensor:
    """Their sum, in order; at least one."""
    total = tensors[0]
    for tensor in tensors[1:]:
        total = total + tensor
    return total


def shifted_sums(features: Tensor, mean: Tensor, weights: Tensor | None) -> Sums:
    """Σ w·(f − m), ``(C,)``, and Σ w·(f − m)(f − m)ᵀ, ``(C, C)``: moments without cancellation.

    On a processor in blocks of positions that stay in its cache, so that f − m is never all there.
    """
    values = flat(features)
    block = _CACHED if features.device.type == "cpu" else values.shape[1]
    blocks = values.split(block, 1)
    parts = [None] * len(blocks) if weights is None else weights.flatten().split(block)
    first, second = torch.zeros_like(mean), mean.new_zeros(len(mean), len(mean))
    for some, part in zip(blocks, parts, strict=True):
        shifted = some - mean[:, None]
        scaled = weighted(shifted, part)
        first += scaled.sum(1)
        second += scaled @ shifted.T
    return first, second


def pull_shifted_sums(
    features: Tensor,
    mean: Tensor,
    dsums: Sums,
    weights: Tensor | None,
    into: Tensor | None = None,
) -> Tensor:
    """∂/∂f of both sums of :func:`shifted_sums`, added to ``into`` in place."""
    symmetric = dsums[1] + dsums[1].T
    if weights is None and features.dtype == mean.dtype:
        gradient = add_product(symmetric, features, into)
        return gradient.add_((dsums[0] - symmetric @ mean)[:, None, None])
    shifted = flat(features) - mean[:, None]
    gradient = symmetric @ shifted + dsums[0][:, None]
    return added(weighted(gradient, weights).view_as(features), into)
