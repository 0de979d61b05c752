"""Enough is enough: the picture as it stands becomes the result, at full size, at any moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from gramarye.engine.canvas import Canvas, Region, Style
from gramarye.engine.checkpoint import Checkpoint
from gramarye.engine.colour import prepare
from gramarye.engine.networks import PatchNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.pyramid import interpolate, octaves
from gramarye.engine.recipe import Patches, Recipe
from gramarye.engine.starting import starting_picture
from gramarye.engine.tiles.workplace import WHOLE
from gramarye.engine.transfer import Finished, Step, transfer

from .helpers import changed, picture, quick

CPU = torch.device("cpu")
BUILTIN = quick("builtin")
COARSE = changed(BUILTIN, schedule={"coarsest": 32, "noise": 0.1})
"""Begins at a second octave, with plenty of noise for the first."""
PATCHY = replace(COARSE, patches=Patches(octaves=2, rounds=2))
CANVAS = Canvas(Picture(picture(48, 64, 1)), (Style(Picture(picture(56, 48, 2))),))


def _work(
    recipe: Recipe,
    wanted: Callable[[Step | None], bool],
    canvas: Canvas = CANVAS,
    resume: Checkpoint | None = None,
) -> tuple[Step | None, Finished]:
    """Let a transfer work until a moment is the wanted one; that step, or the last one before it,
    and what it ended with."""
    network = PatchNetwork.fitted(prepare(canvas, recipe.colour), recipe, CPU)
    last, over = None, False
    moments = transfer(canvas, recipe, network, WHOLE, resume, lambda: over)
    for moment in moments:
        if isinstance(moment, Finished):
            return last, moment
        assert not over or last is None, "it went on"
        step = moment if isinstance(moment, Step) else None
        last = step or last
        over = wanted(step)
    raise AssertionError("it ended without a picture")


def _at(number: int) -> Callable[[Step | None], bool]:
    return lambda step: step is not None and step.number == number


def _detail(picture: Tensor) -> Tensor:
    """What a picture has that half of its size has not."""
    half = octaves(picture, 2)[1]
    return picture - interpolate(half, picture.shape[1], picture.shape[2])


def test_at_the_finest_octave_the_picture_as_it_stands_is_what_the_preview_showed() -> None:
    step, finished = _work(BUILTIN, _at(3))
    assert step is not None
    assert step.octave == 0
    assert torch.equal(finished.picture, step.preview())
    assert finished.losses == step.losses
    assert finished.stopped == (3, step.total)


def test_a_coarse_octaves_picture_is_enlarged_with_the_contents_details_and_without_noise() -> None:
    step, finished = _work(COARSE, _at(3))
    assert step is not None
    assert step.octave == 1
    assert finished.picture.shape == CANVAS.content.colour.shape
    half = octaves(finished.picture, 2)[1]
    assert float((half - step.preview()).abs().mean()) < 0.02  # but for what was clamped
    start = starting_picture(CANVAS, COARSE, torch.Generator())
    off = _detail(finished.picture) - _detail(start)
    assert float(off.square().mean()) < 0.1 * float(_detail(start).square().mean())


def test_it_stops_inside_an_evaluation_too() -> None:
    seen: list[Step | None] = []

    def inside(step: Step | None) -> bool:
        seen.append(step)
        return step is None and any(one is not None and one.number == 3 for one in seen)

    step, finished = _work(COARSE, inside)
    assert step is not None
    assert seen[-1] is None
    assert finished.stopped == (3, step.total)
    again = _work(COARSE, _at(3))[1]
    assert torch.equal(finished.picture, again.picture)


def test_the_first_step_is_waited_for() -> None:
    step, finished = _work(BUILTIN, lambda _: True)
    assert step is not None
    assert finished.stopped == (1, step.total)


def test_a_resumed_transfer_can_be_stopped_at_once() -> None:
    step, stopped = _work(COARSE, _at(6))
    assert step is not None
    kept: list[Checkpoint] = []

    def save(step: Step | None) -> bool:
        if step is not None and step.number == 6 and step.checkpoint is not None:
            kept.append(step.checkpoint())
        return bool(kept)

    _work(COARSE, save)
    _, resumed = _work(COARSE, lambda _: True, resume=kept[0])
    assert resumed.stopped == stopped.stopped
    assert torch.equal(resumed.picture, stopped.picture)


@pytest.mark.parametrize("later", [1, 3])
def test_coarse_rounds_of_the_patches_leave_the_optimised_picture_and_fine_ones_change_it(
    later: int,
) -> None:
    last, whole = _work(COARSE, lambda _: False)
    assert last is not None
    step, finished = _work(PATCHY, _at(last.number + later))
    assert step is not None
    assert torch.equal(finished.picture, whole.picture) is (step.octave == 1)
    if step.octave == 0:
        assert torch.equal(finished.picture, step.preview())


@pytest.mark.parametrize("kind", ["noise", "content", "palette"])
def test_what_is_kept_of_the_content_is_kept_whenever_it_stops(kind: str) -> None:
    recipe = changed(COARSE, start={"kind": kind})
    mask = torch.zeros(48, 64)
    mask[:, 32:] = 1
    regions = Region(mask, 0), Region(1 - mask, None)
    canvas = replace(CANVAS, regions=regions)
    _, finished = _work(recipe, _at(2), canvas)
    content = canvas.content.colour
    assert torch.equal(finished.picture[:, :, :16], content[:, :, :16])
    assert not torch.equal(finished.picture[:, :, 48:], content[:, :, 48:])


def test_a_transfer_that_runs_to_its_end_was_not_stopped() -> None:
    assert _work(BUILTIN, lambda _: False)[1].stopped is None
