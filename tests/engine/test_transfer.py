"""The loop as a whole: starts, steps, stopping, seeds, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gramarye.engine.canvas import Canvas, Region, Style
from gramarye.engine.colour import prepare
from gramarye.engine.errors import DivergedError, PictureError, SettingsError
from gramarye.engine.networks import Network, PatchNetwork, VggNetwork
from gramarye.engine.objective import Objective, Term
from gramarye.engine.patches import PatchPyramid, fit_patches
from gramarye.engine.picture import Picture
from gramarye.engine.recipe import Precision, Recipe, weight_for_strength
from gramarye.engine.statistics import Content
from gramarye.engine.targets import build_objective
from gramarye.engine.tiles.objective import TiledObjective
from gramarye.engine.transfer import Finished, Step, transfer, work_octaves
from gramarye.engine.vgg import Vgg

from .helpers import changed, picture, quick, random_state

CPU = torch.device("cpu")
CONTENT, STYLE = picture(48, 64, 1), picture(56, 48, 2)
BUILTIN, VGG = quick("builtin"), quick("vgg19")


def _canvas(
    content: Tensor = CONTENT, style: Tensor = STYLE, start: Tensor | None = None
) -> Canvas:
    return Canvas(Picture(content), (Style(Picture(style)),), start=start)


CANVAS = _canvas()


def _network(recipe: Recipe, canvas: Canvas = CANVAS) -> Network:
    if recipe.features.kind == "builtin":
        return PatchNetwork.fitted(prepare(canvas, recipe.colour), recipe, CPU)
    return VggNetwork(recipe, random_state(recipe.features.kind), CPU)


def _run(recipe: Recipe, canvas: Canvas = CANVAS) -> tuple[list[Step], Finished]:
    moments = list(transfer(canvas, recipe, _network(recipe, canvas)))
    steps = [moment for moment in moments if isinstance(moment, Step)]
    assert isinstance(moments[-1], Finished)
    return steps, moments[-1]


RECIPES = [pytest.param(BUILTIN, id="builtin"), pytest.param(VGG, id="vgg19")]


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("optimiser", ["lbfgs", "adam"])
@pytest.mark.parametrize("distance", ["mse", "rmse"])
@pytest.mark.parametrize("init", ["content", "palette", "noise"])
def test_every_start_optimiser_and_distance_lowers_the_loss_and_ends_with_a_picture(
    recipe: Recipe, optimiser: str, distance: str, init: str
) -> None:
    chosen = changed(
        recipe,
        search={"optimiser": optimiser},
        content={"distance": distance},
        style={"distance": distance},
        start={"kind": init},
    )
    steps, finished = _run(chosen)
    assert finished.losses["total"] < steps[0].losses["total"]
    assert finished.picture.shape == CONTENT.shape
    assert torch.isfinite(finished.picture).all()
    assert float(finished.picture.min()) >= 0
    assert float(finished.picture.max()) <= 1


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_start_from_the_content_with_rmse_gives_no_nan_though_the_content_loss_is_zero(
    recipe: Recipe,
) -> None:
    """√ has an infinite slope at zero, where the content loss starts."""
    chosen = changed(
        recipe,
        start={"kind": "content"},
        content={"distance": "rmse"},
        style={"weight": 0.0},
        regularisers={"total_variation": 0.0},
    )
    steps, finished = _run(chosen)
    assert all(value == value for step in steps for value in step.losses.values())
    torch.testing.assert_close(finished.picture, CONTENT, rtol=0, atol=1e-4)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_start_from_an_image_starts_there(recipe: Recipe) -> None:
    start = picture(48, 64, 7)
    steps, finished = _run(
        changed(recipe, start={"kind": "image"}, schedule={"steps": 1}), _canvas(start=start)
    )
    assert steps[0].losses["content"] > 0
    # One evaluation is not enough for a step: the start itself is the result.
    torch.testing.assert_close(finished.picture, start)


def test_a_start_from_an_image_without_one_is_refused() -> None:
    with pytest.raises(SettingsError, match="needs the image"):
        _run(changed(BUILTIN, start={"kind": "image"}))


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_seed_decides_the_noise_and_nothing_else_is_random(recipe: Recipe) -> None:
    chosen = changed(recipe, start={"kind": "noise"}, schedule={"steps": 3})
    _, first = _run(chosen)
    _, same = _run(chosen)
    _, other = _run(replace(chosen, seed=1))
    assert torch.equal(first.picture, same.picture)
    assert not torch.equal(first.picture, other.picture)


def test_steps_are_numbered_without_gaps_and_each_has_a_preview() -> None:
    canvas = _canvas(picture(200, 120, 1), picture(120, 200, 2))
    recipe = changed(BUILTIN, schedule={"steps": 3, "coarse_steps": 2})
    moments = transfer(canvas, recipe, _network(recipe, canvas))
    steps = [(m, m.preview()) for m in moments if isinstance(m, Step)]
    assert [step.number for step, _ in steps] == [1, 2, 3, 4, 5]
    assert all(step.total == 5 for step, _ in steps)
    assert [tuple(preview.shape) for _, preview in steps] == [(3, 100, 60)] * 2 + [
        (3, 200, 120)
    ] * 3
    assert all(float(p.min()) >= 0 and float(p.max()) <= 1 for _, p in steps)


@pytest.mark.parametrize("sizes", [(48, 64), (200, 120)])
def test_a_plateau_ends_the_work_and_the_total_with_it(sizes: tuple[int, int]) -> None:
    canvas = _canvas(picture(*sizes, 1), picture(120, 200, 2))
    recipe = changed(BUILTIN, schedule={"steps": 40, "coarse_steps": 30, "plateau": 0.3})
    steps, finished = _run(recipe, canvas)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].number == steps[-1].total < 40
    assert all(step.number <= step.total for step in steps)
    assert finished.losses == steps[-1].losses


def test_without_a_plateau_every_step_is_made() -> None:
    recipe = changed(BUILTIN, schedule={"steps": 25, "plateau": 0.0})
    steps, _ = _run(recipe)
    assert steps[-1].number == steps[-1].total == 25


def test_a_finer_octave_starts_from_its_own_start_and_what_the_coarser_one_changed() -> None:
    """A coarse octave that changes nothing gives the fine one the very start of its own."""
    content = picture(200, 120, 1)
    canvas = _canvas(content, picture(120, 200, 2))
    recipe = changed(
        BUILTIN, start={"kind": "content"}, schedule={"steps": 1, "coarse_steps": 1, "noise": 0.0}
    )
    _, finished = _run(recipe, canvas)
    torch.testing.assert_close(finished.picture, content)


def test_what_is_kept_of_the_content_is_not_moved_at_any_octave() -> None:
    content = picture(200, 120, 1)
    mask = torch.zeros(200, 120)
    mask[:, 60:] = 1.0
    canvas = replace(
        _canvas(content, picture(120, 200, 2)), regions=(Region(mask, 0), Region(1 - mask, None))
    )
    recipe = changed(BUILTIN, schedule={"steps": 8, "coarse_steps": 6})
    steps, finished = _run(recipe, canvas)
    assert torch.equal(finished.picture[:, :, :60], content[:, :, :60])
    assert float((finished.picture - content)[:, :, 60:].abs().mean()) > 0.01
    assert finished.losses["total"] < steps[0].losses["total"]


def test_closing_the_iterator_inside_an_evaluation_stops_the_work() -> None:
    class Counting(PatchPyramid):
        forwards = 0

        def walk(self, pixels: Tensor, remember: bool = True):
            self.forwards += remember
            return super().walk(pixels, remember)

    class One:
        smallest_side = 16
        identity = fingerprint = "counting"
        precision: Precision = "auto"
        device = torch.device("cpu")

        def __init__(self) -> None:
            self.extractor = Counting(fit_patches([STYLE], 2, filters=8))

        def at(self, octave: int) -> Counting:
            return self.extractor

        def on(self, device: torch.device) -> One:
            return self

    network = One()
    moments = transfer(CANVAS, BUILTIN, network)
    while not network.extractor.forwards:
        assert next(moments) is None  # before the first evaluation
    assert next(moments) is None  # inside it, after one octave of the features
    assert len(network.extractor.layers) > 1
    moments.close()
    assert network.extractor.forwards == 1


def test_more_strength_brings_the_style_nearer_and_takes_the_content_farther() -> None:
    weak, strong = (
        _run(
            changed(
                BUILTIN,
                content={"weight": weight_for_strength(0.1, s)},
                schedule={"steps": 20},
            )
        )[1].losses
        for s in (25, 75)
    )
    assert strong["style"] < weak["style"]
    ratio = weight_for_strength(0.1, 25) / weight_for_strength(0.1, 75)
    assert strong["content"] * ratio > weak["content"]


def test_strength_fifty_leaves_the_weight_and_every_25_points_divide_it_by_ten() -> None:
    assert weight_for_strength(0.1, 50) == pytest.approx(0.1)
    assert weight_for_strength(0.1, 75) == pytest.approx(0.01)
    assert weight_for_strength(0.1, 0) == pytest.approx(10)


def test_style_layers_count_by_their_shares() -> None:
    vgg = VggNetwork(VGG, random_state("vgg19"), CPU).at(0)
    even = changed(
        VGG, style={"layers": (("relu1_1", 1.0), ("relu2_1", 1.0))}, content={"weight": 0.0}
    )
    uneven = changed(even, style={"layers": (("relu1_1", 3.0), ("relu2_1", 1.0))})
    losses = [_evaluate(build_objective(vgg, CANVAS, one)).losses for one in (even, uneven)]
    assert losses[1]["style relu1_1"] == pytest.approx(losses[0]["style relu1_1"] * 1.5)
    assert losses[1]["style relu2_1"] == pytest.approx(losses[0]["style relu2_1"] * 0.5)


@pytest.mark.parametrize("distance", ["mse", "rmse"])
def test_relative_losses_do_not_depend_on_the_scale_of_the_features(distance: str) -> None:
    state = {
        key: torch.zeros_like(value) if key.endswith("bias") else value
        for key, value in random_state("vgg19").items()
    }
    louder = state | {"features.0.weight": 10 * state["features.0.weight"]}
    recipe = changed(
        VGG,
        features={"precision": "exact"},  # what is rounded to bfloat16 depends on the scale
        content={"distance": distance},
        style={"distance": distance},
    )
    quiet, loud = (
        _evaluate(build_objective(VggNetwork(recipe, one, CPU).at(0), CANVAS, recipe))
        for one in (state, louder)
    )
    for name, loss in quiet.losses.items():
        assert loud.losses[name] == pytest.approx(loss, rel=1e-4)


def test_a_loss_that_is_not_a_number_stops_the_job_with_a_sentence() -> None:
    vgg = Vgg("vgg19", random_state("vgg19"), ["relu1_1"])
    target = vgg.forward(CONTENT).taps["relu1_1"] * float("nan")
    with pytest.raises(DivergedError, match="Try a lower strength"):
        _evaluate(Objective(vgg, [Term("content", "relu1_1", 1.0, Content(target))]))


@pytest.mark.parametrize("size", [(1, 1), (15, 200), (200, 8)])
def test_a_picture_too_small_for_any_style_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match="content has"):
        _canvas(picture(*size), STYLE)
    with pytest.raises(PictureError, match="style has"):
        _canvas(CONTENT, picture(*size))


def test_an_octave_that_the_pictures_do_not_have_is_refused() -> None:
    with pytest.raises(SettingsError, match="octave9"):
        _network(changed(BUILTIN, style={"layers": (("octave9", 1.0),)}))


@pytest.mark.parametrize(
    ("content", "style", "wanted"),
    [((512, 512), (512, 512), 3), ((180, 180), (512, 512), 1), ((512, 512), (40, 40), 1)],
)
def test_the_work_starts_as_coarse_as_both_pictures_allow(
    content: tuple[int, int], style: tuple[int, int], wanted: int
) -> None:
    canvas = _canvas(torch.zeros(3, *content), torch.zeros(3, *style))
    assert work_octaves(canvas, coarsest=96, smallest_side=32) == wanted


def test_two_zero_weights_are_refused() -> None:
    with pytest.raises(SettingsError, match="Both weights are zero"):
        changed(BUILTIN, content={"weight": 0.0}, style={"weight": 0.0})


def _evaluate(objective: Objective | TiledObjective, pixels: Tensor = STYLE[:, :48, :48]):
    if pixels.shape != CONTENT.shape:
        pixels = torch.nn.functional.interpolate(pixels[None], CONTENT.shape[1:])[0]
    evaluation: Iterator[Any] = objective.evaluate(pixels)
    while True:
        try:
            next(evaluation)
        except StopIteration as stop:
            return stop.value
