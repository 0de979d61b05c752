"""Tiled and untiled, in float64: the same loss and the same gradient, whatever the tiles."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any, get_args

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gramarye.engine.canvas import Canvas, Region, Style
from gramarye.engine.features import Extractor
from gramarye.engine.objective import Evaluation
from gramarye.engine.patches import PatchPyramid, fit_patches, octave_count
from gramarye.engine.picture import Picture
from gramarye.engine.recipe import (
    Distance,
    Layers,
    Pooling,
    Recipe,
    Regularisers,
    StyleStatistic,
)
from gramarye.engine.targets import build_objective
from gramarye.engine.tiles.layout import Layout
from gramarye.engine.vgg import Vgg, layer_names
from tests.engine.helpers import picture, random_state, relative_error

EXACT = 1e-12


def _canvas(height: int, width: int, masked: bool = False) -> Canvas:
    content = Picture(picture(height, width, 1, torch.float64))
    style = Style(Picture(picture(61, 83, 2, torch.float64)))
    if not masked:
        return Canvas(content, (style,))
    alpha = picture(height, width, 3, torch.float64)[0]
    left = torch.zeros(height, width, dtype=torch.float64)
    left[:, : width // 2] = 1
    other = Style(Picture(picture(50, 40, 4, torch.float64)))
    regions = (Region(left, 0), Region(1 - left, 1))
    return Canvas(Picture(content.colour, alpha), (style, other), regions)


def _vgg(network: str, layers: tuple[str, ...], pooling: Pooling = "average") -> Vgg:
    return Vgg(network, random_state(network), layers, pooling, dtype=torch.float64)


def _recipe(
    content: tuple[str, ...],
    style: tuple[str, ...],
    statistic: StyleStatistic = "gram",
    distance: Distance = "mse",
) -> Recipe:
    def named(names: tuple[str, ...]) -> Layers:
        return tuple((name, 1.0 + place) for place, name in enumerate(names))

    recipe = Recipe(regularisers=Regularisers(0.3))
    return replace(
        recipe,
        content=replace(recipe.content, layers=named(content), distance=distance),
        style=replace(recipe.style, layers=named(style), statistic=statistic, distance=distance),
    )


def _value(generator: Generator[Any, None, Evaluation]) -> Evaluation:
    while True:
        try:
            next(generator)
        except StopIteration as stop:
            return stop.value


def _compare(
    extractor: Extractor, canvas: Canvas, recipe: Recipe, layout: Layout, count: int = 1
) -> None:
    pixels = picture(*canvas.content.size, 9, torch.float64) * 1.2 - 0.1
    whole = _value(build_objective(extractor, canvas, recipe).evaluate(pixels))
    tiled = build_objective([extractor] * count, canvas, recipe, layout)
    got = _value(tiled.evaluate(pixels))
    assert got.loss == pytest.approx(whole.loss, rel=EXACT)
    assert got.losses.keys() == whole.losses.keys()
    for name, loss in whole.losses.items():
        assert got.losses[name] == pytest.approx(loss, rel=EXACT, abs=1e-15)
    assert relative_error(got.gradient, whole.gradient) < EXACT


STYLE = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("distance", get_args(Distance))
@pytest.mark.parametrize("statistic", get_args(StyleStatistic))
def test_every_statistic_is_exact_through_vgg(
    statistic: StyleStatistic, distance: Distance, masked: bool
) -> None:
    recipe = _recipe(("relu4_2",), STYLE, statistic, distance)
    extractor = _vgg("vgg19", (*STYLE, "relu4_2"))
    _compare(extractor, _canvas(101, 131, masked), recipe, Layout(48))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("statistic", get_args(StyleStatistic))
def test_every_statistic_is_exact_with_the_built_in_features(
    statistic: StyleStatistic, masked: bool
) -> None:
    canvas = _canvas(101, 131, masked)
    recipe = _recipe(("octave2", "octave3"), ("octave1", "octave2", "octave3"), statistic)
    _compare(_patches(canvas), canvas, recipe, Layout(40))


def _patches(canvas: Canvas) -> PatchPyramid:
    pictures = [style.picture for style in canvas.styles]
    count = octave_count([canvas.content.size, *(one.size for one in pictures)])
    bank = fit_patches([one.colour.float() for one in pictures], count, filters=8)
    return PatchPyramid(bank, dtype=torch.float64)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    network=st.sampled_from(["vgg16", "vgg19"]),
    pooling=st.sampled_from(["average", "max"]),
    height=st.integers(16, 150),
    width=st.integers(16, 150),
    cells=st.integers(1, 6),
    kept=st.integers(0, 3),
    data=st.data(),
)
def test_any_layers_sizes_and_cores_are_exact_through_vgg(
    network: str,
    pooling: Pooling,
    height: int,
    width: int,
    cells: int,
    kept: int,
    data: st.DataObject,
) -> None:
    names = [name for name in layer_names(network) if name != "pool5"]
    if min(height, width) < 32:
        names = names[: names.index("pool3")]
    chosen = st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)
    content, style = tuple(data.draw(chosen)), tuple(data.draw(chosen))
    extractor = _vgg(network, (*content, *style), pooling)
    layout = Layout(cells * extractor.alignment, kept)
    _compare(extractor, _canvas(height, width), _recipe(content, style), layout)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    height=st.integers(16, 150),
    width=st.integers(16, 150),
    core=st.integers(1, 150),
    kept=st.integers(0, 3),
)
def test_any_sizes_and_cores_are_exact_with_the_built_in_features(
    height: int, width: int, core: int, kept: int
) -> None:
    if height * width > 200 * core**2:
        core = 8  # thousands of tiles say no more than hundreds
    canvas = _canvas(height, width)
    extractor = _patches(canvas)
    recipe = _recipe((extractor.layers[-1],), extractor.layers)
    _compare(extractor, canvas, recipe, Layout(core, kept))


def test_two_devices_give_the_same_bits_as_one() -> None:
    extractor = _vgg("vgg19", (*STYLE, "relu4_2"))
    canvas, recipe = _canvas(101, 131), _recipe(("relu4_2",), STYLE, "moments")
    pixels = picture(101, 131, 9, torch.float64)
    one, two = (
        _value(build_objective([extractor] * count, canvas, recipe, Layout(32, 2)).evaluate(pixels))
        for count in (1, 2)
    )
    assert one.losses == two.losses
    assert torch.equal(one.gradient, two.gradient)


def test_a_tile_without_its_halo_would_be_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    # What the other tests would say if the halo were too small.
    import gramarye.engine.tiles.box as boxes

    def stingy(self: boxes.Box, _by: int, height: int, width: int) -> boxes.Box:
        return boxes.Box(self.top, min(self.bottom, height), self.left, min(self.right, width))

    monkeypatch.setattr(boxes.Box, "grown", stingy)
    with pytest.raises(AssertionError):
        _compare(
            _vgg("vgg19", STYLE), _canvas(64, 64), _recipe(("relu3_1",), STYLE[:3]), Layout(32)
        )
