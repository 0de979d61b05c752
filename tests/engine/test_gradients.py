"""Every term's gradient by ``torch.autograd.gradcheck``: finite differences in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from gramarye.engine.features import Extractor
from gramarye.engine.objective import total_variation
from gramarye.engine.patches import PatchBank, PatchPyramid
from gramarye.engine.recipe import Distance
from gramarye.engine.statistics import (
    Content,
    Gram,
    MeanVariance,
    Moments,
    Statistic,
    Wasserstein,
    count_of,
)
from gramarye.engine.vgg import Vgg

from .helpers import picture, random_state

SHAPE = (3, 4, 5)
Made = Callable[[Tensor, Distance], Statistic]
STATISTICS: dict[str, Made] = {
    "content": lambda style, distance: Content.of(style, distance, relative=True),
    "gram": lambda style, distance: Gram.of([(style, None)], distance, relative=True),
    "moments": lambda style, distance: Moments.of([(style, None)], distance),
    "mean-variance": lambda style, distance: MeanVariance.of([(style, None)], distance),
    "wasserstein": lambda style, distance: Wasserstein.of([(style, None)], distance),
}


class _Ours(torch.autograd.Function):
    """A loss with the gradient that we compute ourselves, as autograd knows functions."""

    @staticmethod
    def forward(ctx: Any, point: Tensor, evaluate: Callable[[Tensor], tuple[Tensor, Tensor]]):
        loss, gradient = evaluate(point.detach())
        ctx.save_for_backward(gradient)
        return loss.clone()

    @staticmethod
    def backward(ctx: Any, *outputs: Tensor) -> tuple[Tensor, None]:
        (gradient,) = ctx.saved_tensors
        return outputs[0] * gradient, None


def _checks(evaluate: Callable[[Tensor], tuple[Tensor, Tensor]], point: Tensor) -> bool:
    point = point.clone().requires_grad_(True)
    return torch.autograd.gradcheck(lambda x: _Ours.apply(x, evaluate), point)


def _features(seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(SHAPE, dtype=torch.float64, generator=generator)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("distance", ["mse", "rmse"])
@pytest.mark.parametrize("name", STATISTICS)
def test_a_statistics_gradient_is_its_slope(name: str, distance: Distance, weighted: bool) -> None:
    statistic = STATISTICS[name](_features(1), distance)
    weights = _features(2)[0] if weighted else None

    def evaluate(features: Tensor) -> tuple[Tensor, Tensor]:
        sums = statistic.accumulate(features, weights)
        loss, dsums = statistic.loss_and_grad(sums, count_of(features, weights))
        return loss, statistic.pullback(features, dsums, weights)

    assert _checks(evaluate, _features(3))


def test_total_variations_gradient_is_its_slope() -> None:
    assert _checks(total_variation, _features(4))


def test_the_way_back_through_the_built_in_features_is_the_slope_of_the_way_there() -> None:
    generator = torch.Generator().manual_seed(6)
    shapes = ((3, 3, 7, 7), (3, 3, 7, 7)), ((3,), (3,))
    filters, biases = (
        tuple(torch.randn(shape, dtype=torch.float64, generator=generator) for shape in of_kind)
        for of_kind in shapes
    )
    assert _way_back(PatchPyramid(PatchBank(filters, biases)), picture(9, 10, 7, torch.float64))


@pytest.mark.parametrize("pooling", ["average", "max"])
def test_the_way_back_through_vgg_is_the_slope_of_the_way_there(pooling: Any) -> None:
    vgg = Vgg("vgg16", random_state("vgg16"), ["conv1_2", "relu2_1"], pooling, dtype=torch.float64)
    assert _way_back(vgg, picture(5, 6, 5, torch.float64))


def _way_back(extractor: Extractor, pixels: Tensor) -> bool:
    """Whether a sum of squares of every tap has the slope that the tape says."""
    factors = {name: 1.0 + place for place, name in enumerate(extractor.layers)}

    def evaluate(point: Tensor) -> tuple[Tensor, Tensor]:
        tape = extractor.forward(point)
        taps = tape.taps.items()
        loss = torch.stack([factors[name] * features.square().sum() for name, features in taps])
        gradients = {name: 2 * factors[name] * features for name, features in taps}
        return loss.sum(), tape.backward(gradients)

    return _checks(evaluate, pixels)
