"""The named recipes: they run on every kind of features, and a paper's has the paper's numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
import torch

from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.colour import prepare
from gramarye.engine.errors import SettingsError
from gramarye.engine.networks import Network, PatchNetwork, VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.presets import DEFAULT, PRESETS, preset
from gramarye.engine.recipe import FeatureKind, Layers, Recipe
from gramarye.engine.transfer import Finished, Step, transfer, work_octaves

from .helpers import picture, random_state

CPU = torch.device("cpu")
SIDE = 48
CANVAS = Canvas(Picture(picture(SIDE, SIDE, 1)), (Style(Picture(picture(SIDE, SIDE, 2))),))
STYLE_LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def _network(recipe: Recipe) -> Network:
    if recipe.features.kind == "builtin":
        return PatchNetwork.fitted(prepare(CANVAS, recipe.colour), recipe, CPU)
    return VggNetwork(recipe, random_state(recipe.features.kind), CPU)


def shares(layers: Layers) -> list[float]:
    """Each layer's part of the sum."""
    total = sum(weight for _, weight in layers)
    return [weight / total for _, weight in layers]


@pytest.mark.parametrize("kind", get_args(FeatureKind))
@pytest.mark.parametrize("name", PRESETS)
def test_every_recipe_lowers_its_loss_and_ends_with_a_picture(name: str, kind: FeatureKind) -> None:
    recipe = preset(kind, "draft", name)
    recipe = replace(recipe, schedule=replace(recipe.schedule, steps=6))
    moments = list(transfer(CANVAS, recipe, _network(recipe)))

    steps = [moment for moment in moments if isinstance(moment, Step)]
    finished = moments[-1]

    assert isinstance(finished, Finished)
    assert finished.losses["total"] < steps[0].losses["total"]
    assert finished.picture.shape == (3, SIDE, SIDE)
    assert 0 <= float(finished.picture.min()) < float(finished.picture.max()) <= 1
    assert finished.notes == ()


@pytest.mark.parametrize("kind", get_args(FeatureKind))
@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_bears_its_name_and_its_features(name: str, kind: FeatureKind) -> None:
    recipe = preset(kind, name=name)

    assert (recipe.name, recipe.features.kind) == (name, kind)


@pytest.mark.parametrize("name", PRESETS)
def test_every_recipe_says_where_it_is_from_and_what_it_departs_from(name: str) -> None:
    one = PRESETS[name]

    assert one.line.endswith(".")
    assert any(word in one.source for word in ("arXiv:", "CVPR", "github.com/"))
    assert one.departs


def test_gatys_2016_has_the_papers_numbers() -> None:
    """Section 3: conv4_2, five style layers of weight 1/5, α/β = 1e-3, L-BFGS, white noise.

    At 512 pixels conv4_2 is 512 channels of 64 × 64 and the content loss half a sum of squares:
    1e-3 · ½ · 512 · 64 · 64 = 1048.576 of a mean. The style loss is a quarter of the mean square.
    Pixels of torchvision's scale are smaller by 57.6, whose square is 3317.76.
    """
    recipe = preset("vgg19", name="gatys-2016")

    assert recipe.content.layers == (("relu4_2", 1.0),)
    assert [layer for layer, _ in recipe.style.layers] == STYLE_LAYERS
    assert shares(recipe.style.layers) == pytest.approx([0.2] * 5)
    assert recipe.content.weight == pytest.approx(1048.576 / 3317.76)
    assert recipe.style.weight == 0.25
    assert (recipe.style.statistic, recipe.style.distance, recipe.content.distance) == (
        "gram",
        "mse",
        "mse",
    )
    assert (recipe.relative, recipe.features.pooling) == (False, "average")
    assert (recipe.start.kind, recipe.search.optimiser) == ("noise", "lbfgs")
    assert recipe.regularisers.total_variation == 0


def test_the_johnson_implementation_has_its_documented_defaults() -> None:
    """Weights 5, 100 and 1e-3; noise of 0.001 in 255; 1000 steps; L-BFGS of 100 pairs; max pooling.

    Its Gram matrices are divided by the channels too, so a layer's mean square by their square:
    100 · (1/64² + 1/128² + 1/256² + 2/512²) = 0.03280640. Its total variation is half the sum of
    the squared differences at 0–255: 1e-3 · ½ · 255² · 3 · 512² = 25 568 870 of ours, over
    57.6⁴ = 11 007 531.
    """
    recipe = preset("vgg19", name="johnson-implementation")

    assert recipe.content.layers == (("relu4_2", 1.0),)
    assert [layer for layer, _ in recipe.style.layers] == STYLE_LAYERS
    assert recipe.content.weight == pytest.approx(5 / 3317.76)
    assert recipe.style.weight == pytest.approx(0.0328064)
    assert shares(recipe.style.layers) == pytest.approx(
        [0.744186, 0.186047, 0.0465116, 0.0116279, 0.0116279], rel=1e-5
    )
    assert recipe.regularisers.total_variation == pytest.approx(2.32285, rel=1e-5)
    assert recipe.start.kind == "noise"
    assert recipe.start.sigma == pytest.approx(3.9216e-6, rel=1e-4)
    assert (recipe.search.optimiser, recipe.search.history) == ("lbfgs", 100)
    assert recipe.schedule.steps == 1000
    assert (recipe.relative, recipe.features.pooling) == (False, "max")


def test_article_is_from_noise_with_the_roots_of_the_mean_squares() -> None:
    recipe = preset("vgg19", name="article")

    assert recipe.start.kind == "noise"
    assert len(recipe.content.layers) == 1
    assert len(recipe.style.layers) == 5
    assert (recipe.content.distance, recipe.style.distance) == ("rmse", "rmse")
    assert recipe.style.statistic == "gram"
    assert recipe.regularisers.total_variation == 0
    assert recipe.content.weight == pytest.approx(preset("vgg19").content.weight ** 0.5)


@pytest.mark.parametrize("name", ["article", "gatys-2016", "johnson-implementation"])
def test_a_papers_recipe_works_at_one_size_and_whatever_the_quality_in_its_own_steps(
    name: str,
) -> None:
    large = Canvas(Picture(torch.zeros(3, 512, 512)), (Style(Picture(torch.zeros(3, 512, 512))),))
    draft, best = (preset("vgg19", quality, name) for quality in ("draft", "best"))

    assert work_octaves(large, draft.schedule.coarsest, 32) == 1
    assert draft.schedule == best.schedule
    assert draft.schedule.noise == 0


def test_warm_is_the_default_and_starts_from_the_content_coarse_to_fine() -> None:
    recipe = preset("vgg19")

    assert DEFAULT == recipe.name == "warm"
    assert recipe.start.kind == "palette"
    assert recipe.schedule.coarsest < 512 / 2
    assert recipe.regularisers.total_variation > 0
    assert recipe.relative


def test_texture_has_no_content() -> None:
    recipe = preset("builtin", name="texture")

    assert (recipe.content.weight, recipe.start.kind) == (0, "noise")


def test_an_unknown_name_or_quality_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SettingsError, match=f"no recipe 'cold': use one of {', '.join(PRESETS)}"):
        preset("builtin", name="cold")
    with pytest.raises(SettingsError, match="no quality 'fast': use draft, good or best"):
        preset("builtin", "fast")
