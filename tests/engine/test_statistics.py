"""Each loss and its gradient against a plain float64 reference, and additivity across tiles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gramarye.engine.recipe import Distance
from gramarye.engine.statistics import (
    RMSE_EPSILON,
    Content,
    Gram,
    MeanVariance,
    Moments,
    Statistic,
    Wasserstein,
    gram_matrix,
)
from gramarye.engine.statistics.wasserstein import FLOOR

from .helpers import relative_error

Reference = Callable[[Tensor, Tensor | None], Tensor]
DISTANCES: tuple[Distance, ...] = ("mse", "rmse")


def _features(seed: int, channels: int = 5, height: int = 6, width: int = 7) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(channels, height, width, generator=generator, dtype=torch.float64)


def _weights(height: int = 6, width: int = 7) -> Tensor:
    return torch.rand(height, width, generator=torch.Generator().manual_seed(9)).double()


def _rooted(loss: Tensor, distance: Distance) -> Tensor:
    return loss if distance == "mse" else torch.sqrt(loss + RMSE_EPSILON)


def _gram_by_loops(features: Tensor, weights: Tensor | None) -> Tensor:
    """Gatys et al. 2016, eq. 3, one pair of channels at a time, divided by the weights' sum."""
    ones = torch.ones(features.shape[1:], dtype=features.dtype)
    weight = ones if weights is None else weights
    rows = [
        torch.stack([(weight * a * b).sum() / weight.sum() for b in features]) for a in features
    ]
    return torch.stack(rows)


def _moments_by_loops(features: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    ones = torch.ones(features.shape[1:], dtype=features.dtype)
    weight = ones if weights is None else weights
    mean = torch.stack([(weight * a).sum() / weight.sum() for a in features])
    second = _gram_by_loops(features, weights)
    return mean, second - mean[:, None] * mean[None, :]


def _cases() -> list[tuple[str, Statistic, Reference]]:
    target = _features(1)
    wanted_gram = _gram_by_loops(target, None)
    wanted_mean, wanted_covariance = _moments_by_loops(target, None)
    cases: list[tuple[str, Statistic, Reference]] = []
    for distance in DISTANCES:

        def gram(f: Tensor, w: Tensor | None, distance: Distance = distance) -> Tensor:
            return _rooted(3.0 * ((_gram_by_loops(f, w) - wanted_gram) ** 2).mean(), distance)

        def moments(f: Tensor, w: Tensor | None, distance: Distance = distance) -> Tensor:
            mean, covariance = _moments_by_loops(f, w)
            far = ((covariance - wanted_covariance) ** 2).sum() / (wanted_covariance**2).sum()
            off = ((mean - wanted_mean) ** 2).sum() / torch.trace(wanted_covariance)
            return _rooted(far + off, distance)

        def mean_variance(f: Tensor, w: Tensor | None, distance: Distance = distance) -> Tensor:
            mean, covariance = _moments_by_loops(f, w)
            variance, wanted = torch.diagonal(covariance), torch.diagonal(wanted_covariance)
            far = ((variance - wanted) ** 2).sum() / (wanted**2).sum()
            return _rooted(far + ((mean - wanted_mean) ** 2).sum() / wanted.sum(), distance)

        def wasserstein(f: Tensor, w: Tensor | None, distance: Distance = distance) -> Tensor:
            """Mroueh 2019, with the root of the product's eigenvalues (Σ·Σₛ is not symmetric)."""
            mean, covariance = _moments_by_loops(f, w)
            floor = FLOOR * torch.trace(wanted_covariance) / 5 * torch.eye(5, dtype=f.dtype)
            one, other = covariance + floor, wanted_covariance + floor
            cross = torch.linalg.eigvals(one @ other).sqrt().sum().real
            far = ((mean - wanted_mean) ** 2).sum() + torch.trace(one) + torch.trace(other)
            return _rooted((far - 2 * cross) / torch.trace(other), distance)

        def content(f: Tensor, w: Tensor | None, distance: Distance = distance) -> Tensor:
            weight = torch.ones(f.shape[1:], dtype=f.dtype) if w is None else w
            squares = ((f - target) ** 2).mean(0) * weight
            return _rooted(0.5 * squares.sum() / weight.sum(), distance)

        cases += [
            (f"gram {distance}", Gram(wanted_gram, 3.0, distance), gram),
            (f"moments {distance}", Moments(wanted_mean, wanted_covariance, distance), moments),
            (
                f"mean-variance {distance}",
                MeanVariance(wanted_mean, torch.diagonal(wanted_covariance), distance),
                mean_variance,
            ),
            (
                f"wasserstein {distance}",
                Wasserstein(wanted_mean, wanted_covariance, distance),
                wasserstein,
            ),
            (f"content {distance}", Content(target, 0.5, distance), content),
        ]
    return cases


CASES = [pytest.param(statistic, reference, id=name) for name, statistic, reference in _cases()]


def _apply(statistic: Statistic, features: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    count = features[0].numel() if weights is None else float(weights.sum())
    loss, dsums = statistic.loss_and_grad(statistic.accumulate(features, weights), count)
    return loss, statistic.pullback(features, dsums, weights)


@pytest.mark.parametrize("weights", [None, _weights()], ids=["plain", "weighted"])
@pytest.mark.parametrize(("statistic", "reference"), CASES)
def test_loss_and_gradient_agree_with_the_float64_reference(
    statistic: Statistic, reference: Reference, weights: Tensor | None
) -> None:
    features = _features(2)
    live = features.clone().requires_grad_()
    wanted_loss = reference(live, weights)
    (wanted_gradient,) = torch.autograd.grad(wanted_loss, live)

    loss, gradient = _apply(statistic, features, weights)

    assert float(loss) == pytest.approx(float(wanted_loss.detach()), rel=1e-10)
    assert relative_error(gradient, wanted_gradient) < 1e-10


@pytest.mark.parametrize(("statistic", "reference"), CASES)
def test_finite_differences_confirm_the_gradient(
    statistic: Statistic, reference: Reference
) -> None:
    features = _features(3)
    direction = _features(4)
    step = 1e-6
    ahead, _ = _apply(statistic, features + step * direction, None)
    behind, _ = _apply(statistic, features - step * direction, None)
    _, gradient = _apply(statistic, features, None)

    slope = float((ahead - behind) / (2 * step))
    assert slope == pytest.approx(float((gradient * direction).sum()), rel=1e-6)


@pytest.mark.parametrize(("statistic", "reference"), CASES)
def test_sums_of_two_halves_are_the_sums_of_the_whole(
    statistic: Statistic, reference: Reference
) -> None:
    features = _features(2)
    left = torch.zeros(features.shape[1:], dtype=features.dtype)
    left[:, :3] = 1
    whole = statistic.accumulate(features)
    halves = [statistic.accumulate(features, mask) for mask in (left, 1 - left)]
    for total, one, other in zip(whole, *halves, strict=True):
        torch.testing.assert_close(one + other, total, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("distance", DISTANCES)
def test_at_its_own_target_every_loss_has_a_zero_gradient_and_no_nan(distance: Distance) -> None:
    features = _features(1)
    statistics: list[Statistic] = [
        Gram(gram_matrix(features), 1.0, distance),
        Moments.of([(features, None)], distance),
        MeanVariance.of([(features, None)], distance),
        Content(features, 1.0, distance),
    ]
    for statistic in statistics:
        loss, gradient = _apply(statistic, features, None)
        assert float(loss) < 1e-5
        assert torch.isfinite(gradient).all()
        # Gram and moments are at zero up to rounding, which the root magnifies to about 1e-10.
        assert float(gradient.abs().max()) < 1e-8


def test_the_content_loss_at_its_target_has_exactly_no_gradient() -> None:
    features = _features(1)
    loss, gradient = _apply(Content(features, 1.0, "rmse"), features, None)
    assert float(loss) == pytest.approx(RMSE_EPSILON**0.5)
    assert not gradient.any()


def test_a_gram_matrix_is_symmetric_and_independent_of_the_pictures_size() -> None:
    features = _features(1)
    twice = torch.cat([features, features], dim=2)
    torch.testing.assert_close(gram_matrix(features), gram_matrix(features).T)
    torch.testing.assert_close(gram_matrix(twice), gram_matrix(features))
