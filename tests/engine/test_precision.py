"""The precisions of the features: what each costs in exactness, and which one is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from gramarye.engine import precision
from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.errors import SettingsError
from gramarye.engine.features import finished
from gramarye.engine.networks import VggNetwork
from gramarye.engine.objective import Evaluation, Objective
from gramarye.engine.picture import Picture
from gramarye.engine.precision import computed, has_bfloat16
from gramarye.engine.presets import preset
from gramarye.engine.recipe import Features, Precision, Recipe
from gramarye.engine.replay import Replay
from gramarye.engine.statistics import Gram, gram_matrix
from gramarye.engine.targets import build_objective

from .helpers import picture, random_state, relative_error

CPU = torch.device("cpu")
CANVAS = Canvas(Picture(picture(64, 56, 1)), (Style(Picture(picture(48, 60, 2))),))
START = picture(64, 56, 3)


def _recipe(asked: Precision) -> Recipe:
    recipe = preset("vgg19")
    return replace(recipe, features=replace(recipe.features, precision=asked))


def _evaluate(asked: Precision, widths: tuple[int, ...] | None = None) -> Evaluation:
    network = VggNetwork(_recipe(asked), random_state("vgg19", widths), CPU)
    return finished(build_objective(network.at(0), CANVAS, _recipe(asked)).evaluate(START))


def _cosine(one: Tensor, other: Tensor) -> float:
    return float((one * other).sum() / one.norm() / other.norm())


def test_bfloat16_features_lead_the_same_way_as_float32() -> None:
    """The stated tolerance: 1 % of the loss, a cosine of 0.99 (average pooling)."""
    exact, coarse = _evaluate("exact"), _evaluate("bfloat16")
    assert coarse.loss == pytest.approx(exact.loss, rel=0.01)
    assert coarse.gradient.dtype == torch.float32
    assert 0.99 < _cosine(coarse.gradient, exact.gradient) < 1 - 1e-7  # it was indeed coarser


def test_winograd_leads_the_same_way_as_exact() -> None:
    exact, quick = (_evaluate(one, (96,) * 16) for one in ("exact", "winograd"))
    assert quick.loss == pytest.approx(exact.loss, rel=1e-5)
    assert not torch.equal(quick.gradient, exact.gradient)  # it was indeed another sum
    assert relative_error(quick.gradient, exact.gradient) < 2e-3  # rectifiers at zero may flip


def test_bfloat16_features_serve_where_only_the_content_is_compared_behind_the_style() -> None:
    """The content's target is more precise than the features; its gradient goes on as theirs."""
    recipe = _recipe("bfloat16")
    recipe = replace(recipe, style=replace(recipe.style, layers=(("relu1_1", 1.0),)))
    network = VggNetwork(recipe, random_state("vgg19"), CPU)
    evaluation = finished(build_objective(network.at(0), CANVAS, recipe).evaluate(START))
    assert float(evaluation.gradient.abs().sum()) > 0


def test_a_bfloat16_gram_matrix_is_summed_in_float32() -> None:
    features = torch.rand(4, 128, 128, generator=torch.Generator().manual_seed(0)) + 0.5
    exact = gram_matrix(features.bfloat16().float())
    coarse = gram_matrix(features.bfloat16())
    assert coarse.dtype == torch.float32
    assert relative_error(coarse, exact) < 1e-3
    statistic = Gram(exact)
    (sums,) = statistic.accumulate(features.bfloat16())
    assert sums.dtype == torch.float32
    _, dsums = statistic.loss_and_grad((sums,), 128.0 * 128)
    assert statistic.pullback(features.bfloat16(), dsums).dtype == torch.bfloat16


@pytest.mark.parametrize("quick", [True, False])
def test_auto_takes_bfloat16_only_where_it_is_quick_and_pooling_averages(
    quick: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: quick)
    assert computed("auto", "average", CPU) == ("bfloat16" if quick else "winograd")
    assert computed("auto", "max", CPU) == "winograd"
    assert computed("auto", "max", torch.device("cuda")) == "exact"
    assert computed("exact", "average", CPU) == "exact"


def test_a_processor_is_known_by_its_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    for words, quick in (({"avx2"}, False), ({"avx2", "avx512_bf16"}, True), (set(), False)):
        monkeypatch.setattr(precision, "_instructions", lambda words=words: words)
        assert has_bfloat16(CPU) is quick


def test_bfloat16_with_maxima_is_refused_in_a_sentence() -> None:
    with pytest.raises(SettingsError, match="use average pooling"):
        Recipe(features=Features("vgg19", pooling="max", precision="bfloat16"))


def test_a_replay_gives_what_the_evaluation_gives_and_its_results_are_kept() -> None:
    """All of a CUDA graph but the recording: one input buffer, and results that stay."""
    network = VggNetwork(_recipe("exact"), random_state("vgg19"), CPU)
    objective = build_objective(network.at(0), CANVAS, _recipe("exact"))
    assert isinstance(objective, Objective)
    replay = Replay(objective.compute, CANVAS.content.colour)
    first = replay(START)
    kept = [one.clone() for one in first]
    second = replay(picture(64, 56, 9))
    assert all(torch.equal(one, other) for one, other in zip(first, kept, strict=True))
    assert not torch.equal(first[1], second[1])
    for got, wanted in zip(first, objective.compute(START), strict=True):
        assert torch.equal(got, wanted)
