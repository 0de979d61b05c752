"""The Gram matrix: which features go together, wherever they do."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from ..portable import wide
from ..recipe import Distance
from .base import (
    Sample,
    Sums,
    add_product,
    added,
    count_of,
    flat,
    inverse_energy,
    products,
    rooted,
    weighted,
)


def gram_matrix(features: Tensor) -> Tensor:
    """F·Fᵀ / (H·W) for features ``(C, H, W)``: how channels go together, wherever they do.

    Gatys et al. 2016 (CVPR, eq. 3) leave the sum undivided and divide the loss by 4N²M²; dividing
    the matrix by the positions M makes pictures of different sizes comparable.
    """
    values = flat(features)
    return products(values, values) / values.shape[1]


class GramSums:
    """The Gram matrix of features that come in parts, added up in float64."""

    def __init__(self) -> None:
        self._count = 0.0
        self._sum: Tensor | None = None
        self._like: Tensor | None = None

    def add(self, features: Tensor, weights: Tensor | None = None) -> None:
        """Take some positions in."""
        part = products(weighted(flat(features), weights), flat(features))
        self._like = part
        self._sum = wide(part) if self._sum is None else self._sum + wide(part)
        self._count += count_of(features, weights)

    def matrix(self) -> Tensor:
        """``(C, C)``, on the features' device, in float32 at least."""
        assert self._sum is not None
        assert self._like is not None
        return (self._sum / self._count).to(self._like)


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

    @classmethod
    def of(cls, samples: Iterable[Sample], distance: Distance, relative: bool) -> Gram:
        """The statistic whose target is the Gram matrix of all samples together."""
        sums = GramSums()
        for features, weights in samples:
            sums.add(features, weights)
        return cls.near(sums, distance, relative)

    @classmethod
    def near(cls, sums: GramSums, distance: Distance, relative: bool) -> Gram:
        """The statistic whose target is this Gram matrix."""
        target = sums.matrix()
        return cls(target, inverse_energy(target.square().mean()) if relative else 1.0, distance)

    def accumulate(self, features: Tensor, weights: Tensor | None = None) -> Sums:
        """Σ w·f·fᵀ, one ``(C, C)`` matrix."""
        values = flat(features)
        return (products(weighted(values, weights), values),)

    def loss_and_grad(self, sums: Sums, count: float) -> tuple[Tensor, Sums]:
        """MSE (or RMSE) of the Gram matrix to the target."""
        difference = sums[0] / count - self.target
        loss = self.scale * difference.square().mean()
        dgram = (2 * self.scale / difference.numel()) * difference
        return rooted(loss, (dgram / count,), self.distance)

    def pullback(
        self,
        features: Tensor,
        dsums: Sums,
        weights: Tensor | None = None,
        into: Tensor | None = None,
    ) -> Tensor:
        """(D + Dᵀ)·F."""
        symmetric = dsums[0] + dsums[0].T
        if weights is None:
            return add_product(symmetric, features, into)
        return added(add_product(symmetric, features, None).mul_(weights), into)
