"""What is kept between jobs: by content, within its bytes, and without changing a bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from gramarye.engine import networks, targets
from gramarye.engine.cache import Cache, name_of
from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.networks import Network, PatchNetwork, VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.recipe import FeatureKind, Recipe
from gramarye.engine.tiles.layout import Layout
from gramarye.engine.tiles.workplace import Workplace
from gramarye.engine.transfer import Finished, transfer

from .helpers import changed, picture, quick, random_state

CPU = torch.device("cpu")


def _canvas(content: int = 1, style: int = 2, mask: Tensor | None = None) -> Canvas:
    return Canvas(
        Picture(picture(70, 80, content)), (Style(Picture(picture(66, 66, style)), 1, mask),)
    )


def test_the_least_recently_used_goes_first() -> None:
    cache = Cache(100)
    for name in "abc":
        cache.put(name, name.upper(), 30)
    assert cache.get("a") == "A"
    cache.put("d", "D", 30)
    assert [cache.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    assert cache.size == 90


def test_it_never_holds_more_than_it_may() -> None:
    cache = Cache(100)
    cache.put("large", 1, 101)
    assert cache.get("large") is None
    for number in range(50):
        cache.put(str(number % 7), number, 10 + 3 * (number % 11))
        assert cache.size <= 100
    cache.put("again", 1, 40)
    cache.put("again", 2, 50)
    assert cache.get("again") == 2
    assert cache.size <= 100


def test_a_name_is_decided_by_words_types_shapes_and_bytes() -> None:
    plane = torch.arange(6.0)
    others = [
        name_of("a", [plane]),
        name_of("b", [plane]),
        name_of("a", [plane.view(2, 3)]),
        name_of("a", [plane.int()]),
        name_of("a", [plane + 1]),
        name_of("a", [plane, None]),
        name_of("a", [None, plane]),
        name_of("a", []),
    ]
    assert len(set(others)) == len(others)
    assert name_of("a", [plane]) == name_of("a", [torch.arange(12.0)[::2].div(2)])


def _network(canvas: Canvas, recipe: Recipe, cache: Cache | None) -> Network:
    if recipe.features.kind == "builtin":
        return PatchNetwork.fitted(canvas, recipe, CPU, cache)
    return VggNetwork(recipe, random_state("vgg19"), CPU)


def _run(canvas: Canvas, recipe: Recipe, cache: Cache | None, core: int | None = None) -> Finished:
    network = _network(canvas, recipe, cache)
    *_, last = transfer(canvas, recipe, network, Workplace(lambda _: Layout(core), cache=cache))
    assert isinstance(last, Finished)
    return last


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The fits and the styles that were really looked at."""
    done: list[str] = []
    fit, statistics = networks.fit_patches, targets._statistics

    def fit_patches(*values: Any) -> Any:
        done.append("fit")
        return fit(*values)

    def look(*values: Any) -> Any:
        done.append("style")
        return statistics(*values)

    monkeypatch.setattr(networks, "fit_patches", fit_patches)
    monkeypatch.setattr(targets, "_statistics", look)
    return done


@pytest.mark.parametrize("core", [None, 32])
@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
def test_a_job_has_the_same_bits_with_and_without_the_cache(
    kind: FeatureKind, core: int | None, work: list[str]
) -> None:
    recipe = changed(quick(kind), schedule={"coarsest": 32, "steps": 3, "coarse_steps": 3})
    first, second = _canvas(1), _canvas(5)
    wanted = [_run(canvas, recipe, None, core) for canvas in (first, second)]
    cache = Cache(1 << 28)
    work.clear()
    got = [_run(first, recipe, cache, core), _run(second, recipe, cache, core)]
    assert work == (["fit"] if kind == "builtin" else []) + ["style"] * 2  # one for each octave
    for one, other in zip(got, wanted, strict=True):
        assert torch.equal(one.picture, other.picture)
        assert one.losses == other.losses


def test_whatever_decides_the_bits_is_in_the_name(work: list[str]) -> None:
    recipe = changed(quick("builtin"), schedule={"coarsest": 64, "steps": 1, "coarse_steps": 1})
    mask = torch.ones(66, 66)
    mask[:, :20] = 0
    cache = Cache(1 << 28)
    jobs = [
        (_canvas(), recipe),
        (_canvas(style=3), recipe),
        (_canvas(mask=mask), recipe),
        (_canvas(), changed(recipe, style={"statistic": "gram"})),
        (_canvas(), changed(recipe, style={"distance": "rmse"})),
        (_canvas(), changed(recipe, style={"layers": (("octave1", 1.0),)})),
        (_canvas(), changed(recipe, style={"augment": True})),
        (_canvas(), changed(recipe, features={"seed": 1})),
        (_canvas(), changed(recipe, features={"filters": 8})),
        (_canvas(), changed(recipe, features={"precision": "float64"})),
        (_canvas(), replace(recipe, relative=False)),
    ]
    for canvas, asked in jobs:
        if asked.features.precision == "float64":
            canvas = canvas.with_colours(
                canvas.content.colour.double(), [canvas.styles[0].picture.colour.double()]
            )
        work.clear()
        alone = _run(canvas, asked, None)
        work.clear()
        kept = _run(canvas, asked, cache)
        assert "style" in work
        assert torch.equal(kept.picture, alone.picture)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(before + 1)
        work.clear()
        _run(_canvas(), recipe, cache)
    finally:
        torch.set_num_threads(before)
    assert work == ["fit", "style"]
