"""Painting with the style's patches: crisp, after the guide, and where the regions say."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from gramarye.engine.alpha import fill_hidden
from gramarye.engine.calibration import dead_leaves
from gramarye.engine.canvas import Canvas, Region, Style
from gramarye.engine.nearest import Repainted, Scene, repaint, rounds_in
from gramarye.engine.nearest.scenes import scenes_of
from gramarye.engine.networks import PatchNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.presets import preset
from gramarye.engine.pyramid import octaves
from gramarye.engine.recipe import FeatureKind, Patches, Recipe
from gramarye.engine.transfer import Finished, Step, transfer

from ..helpers import changed, picture, quick
from ..test_controls import BLUE, RED

CPU = torch.device("cpu")
CONTENT = dead_leaves(64, torch.Generator().manual_seed(1))
LEAVES = dead_leaves(64, torch.Generator().manual_seed(2))
STRIPES = torch.stack([(torch.arange(64) // 4 % 2).float().expand(64, 64)] * 3)
"""A style with nothing but black, white and sharp edges."""


def _run(canvas: Canvas, recipe: Recipe) -> Finished:
    *_, last = transfer(canvas, recipe, PatchNetwork.fitted(canvas, recipe, CPU))
    assert isinstance(last, Finished)
    return last


def _crisp(kind: FeatureKind = "builtin") -> Recipe:
    return changed(quick(kind), patches={"octaves": 2, "rounds": 2}, schedule={"coarsest": 32})


def _patches(pixels: Tensor) -> Tensor:
    return pixels.unfold(1, 7, 1).unfold(2, 7, 1).permute(1, 2, 0, 3, 4).reshape(-1, 147)


def _nearest(result: Tensor, style: Tensor) -> float:
    """Mean distance of the result's 7×7 patches to their nearest in the style."""
    return float(torch.cdist(_patches(result), _patches(style)).amin(1).mean())


def test_the_crisp_result_is_made_of_the_styles_patches_and_warms_is_not() -> None:
    canvas = Canvas(Picture(CONTENT), (Style(Picture(LEAVES)),))
    crisp, warm = _run(canvas, _crisp()), _run(canvas, quick("builtin"))
    assert _nearest(crisp.picture, LEAVES) < 0.6 * _nearest(warm.picture, LEAVES)


def test_black_and_white_stay_black_and_white() -> None:
    canvas = Canvas(Picture(CONTENT), (Style(Picture(STRIPES)),))
    crisp, warm = _run(canvas, _crisp()).picture, _run(canvas, quick("builtin")).picture
    grey = [float(((one > 0.2) & (one < 0.8)).float().mean()) for one in (crisp, warm)]
    assert grey[0] < 0.5 * grey[1]


def test_a_heavier_guide_keeps_more_of_the_picture() -> None:
    guide, style = picture(48, 48, 4), picture(48, 48, 5)
    scenes = [
        Scene(level, [(source, None)])
        for level, source in zip(octaves(guide, 2), octaves(style, 2), strict=True)
    ]
    far = []
    for weight in (0.0, 8.0):
        generator = torch.Generator().manual_seed(0)
        *_, last = repaint(scenes, Patches(2, weight, 3), generator)
        assert isinstance(last, Repainted)
        far.append(float((last.picture - guide).square().mean()))
    assert far[1] < far[0]


def test_the_rounds_are_those_that_were_announced_and_the_energy_falls() -> None:
    scenes = scenes_of(
        picture(48, 48, 4), Canvas(Picture(CONTENT), (Style(Picture(RED)),)).octaves(2), False
    )
    patches = Patches(2, 1.5, 4)
    moments = list(repaint(scenes, patches, torch.Generator().manual_seed(0)))
    rounds = [moment for moment in moments if moment is not None]
    assert [one.octave for one in rounds] == [1] * 4 + [0] * 6
    assert [rounds_in(patches, octave) for octave in (1, 0)] == [4, 6]
    assert rounds[3].energy < rounds[0].energy
    assert rounds[-1].energy < rounds[4].energy


def test_progress_counts_every_round_and_ends_at_its_total() -> None:
    canvas = Canvas(Picture(CONTENT), (Style(Picture(RED)),))
    recipe = _crisp()
    network = PatchNetwork.fitted(canvas, recipe, CPU)
    steps = [moment for moment in transfer(canvas, recipe, network) if isinstance(moment, Step)]
    assert steps[-1].number == steps[-1].total
    assert "patches" in steps[-1].losses
    assert steps[-1].preview().shape == CONTENT.shape


def test_each_region_takes_its_own_styles_patches() -> None:
    left = torch.zeros(64, 64)
    left[:, :32] = 1
    styles = (Style(Picture(RED)), Style(Picture(BLUE)))
    canvas = Canvas(Picture(CONTENT), styles, (Region(left, 0), Region(1 - left, 1)))
    result = _run(canvas, _crisp()).picture
    away = 7  # a patch that lies across the border mixes both
    for part, own, other in (
        (result[:, :, : 32 - away], RED, BLUE),
        (result[:, :, 32 + away :], BLUE, RED),
    ):
        assert _nearest(part, own) < 0.5 * _nearest(part, other)


def test_a_region_without_a_style_is_left_as_it_is() -> None:
    left = torch.zeros(64, 64)
    left[:, :32] = 1
    regions = (Region(left, 0), Region(1 - left, None))
    canvas = Canvas(Picture(CONTENT), (Style(Picture(RED)),), regions)
    result = _run(canvas, _crisp()).picture
    assert torch.equal(result[:, :, 32:], CONTENT[:, :, 32:])


def test_what_a_styles_mask_leaves_out_is_never_copied() -> None:
    both = torch.cat([RED, BLUE], dim=2)
    mask = torch.zeros(both.shape[1:])
    mask[:, :48] = 1
    canvas = Canvas(Picture(CONTENT), (Style(Picture(both), mask=mask),))
    scenes = scenes_of(CONTENT, [canvas], augment=False)
    *_, last = repaint(scenes, Patches(1, 1.5, 3), torch.Generator().manual_seed(0))
    assert isinstance(last, Repainted)
    assert _nearest(last.picture, RED) < 0.25 * _nearest(last.picture, BLUE)


def test_every_direction_offers_the_turned_style_too() -> None:
    canvas = Canvas(Picture(CONTENT), (Style(Picture(STRIPES)),))
    plain, turned = (scenes_of(CONTENT, [canvas], augment)[0] for augment in (False, True))
    assert len(plain.sources) == 1
    assert len(turned.sources) == 8


def test_colour_under_full_transparency_does_not_matter() -> None:
    alpha = torch.ones(64, 64)
    alpha[:20, :30] = 0
    other = torch.where(alpha > 0, CONTENT, torch.rand(3, 64, 64))
    pictures = [Picture(fill_hidden(one, alpha), alpha) for one in (CONTENT, other)]
    results = [_run(Canvas(one, (Style(Picture(RED)),)), _crisp()).picture for one in pictures]
    assert torch.equal(results[0], results[1])


def test_a_small_picture_is_painted_at_as_many_octaves_as_it_has() -> None:
    small = Canvas(Picture(picture(20, 24)), (Style(Picture(picture(20, 24, 2))),))
    result = _run(small, changed(_crisp(), patches={"octaves": 16})).picture
    assert result.shape == (3, 20, 24)


@pytest.mark.parametrize("quality", ["draft", "good", "best"])
def test_the_recipe_differs_from_warm_in_its_patches_and_its_last_octave(quality: str) -> None:
    crisp, warm = preset("builtin", quality, "crisp"), preset("builtin", quality)
    assert crisp.patches.octaves == 3
    same = replace(crisp, name=warm.name, patches=warm.patches, schedule=warm.schedule)
    assert same == warm
    assert crisp.schedule.steps < warm.schedule.steps
