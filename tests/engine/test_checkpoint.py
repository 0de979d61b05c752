"""A transfer that is stopped anywhere and goes on ends with the same bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gramarye.engine.canvas import Canvas, Region, Style
from gramarye.engine.checkpoint import Checkpoint
from gramarye.engine.colour import prepare
from gramarye.engine.errors import CheckpointError
from gramarye.engine.networks import Network, PatchNetwork, VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.recipe import FeatureKind, Recipe
from gramarye.engine.transfer import Finished, Step, transfer

from .helpers import changed, picture, quick, random_state

CPU = torch.device("cpu")
_HALF = torch.zeros(70, 90)
_HALF[:, :45] = 1
CANVAS = Canvas(
    Picture(picture(70, 90, 1)),
    (Style(Picture(picture(66, 66, 2))),),
    (Region(_HALF, 0), Region(1 - _HALF, None)),
)


def _network(recipe: Recipe) -> Network:
    if recipe.features.kind == "builtin":
        return PatchNetwork.fitted(prepare(CANVAS, recipe.colour), recipe, CPU)
    return VggNetwork(recipe, random_state(recipe.features.kind), CPU)


def _packed(point: Checkpoint, folder: Path) -> Checkpoint:
    """Through a file, as a daemon that was killed would have it."""
    tensors, text = point.pack()
    save_file({name: one.contiguous() for name, one in tensors.items()}, folder / "point")
    return Checkpoint.unpack(load_file(folder / "point"), text)


def _stopped(recipe: Recipe, after: int, folder: Path) -> tuple[Checkpoint, Finished]:
    """The checkpoint after so many steps, and what the undisturbed run ends with."""
    point: Checkpoint | None = None
    for moment in transfer(CANVAS, recipe, _network(recipe)):
        if isinstance(moment, Step) and moment.number == after and moment.checkpoint is not None:
            point = _packed(moment.checkpoint(), folder)
        if isinstance(moment, Finished):
            assert point is not None
            return point, moment
    raise AssertionError("it has no end")


@pytest.mark.parametrize("optimiser", ["lbfgs", "adam"])
@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
@pytest.mark.parametrize("after", [1, 4, 7])
def test_it_goes_on_with_the_same_bits(
    kind: FeatureKind, optimiser: str, after: int, tmp_path: Path
) -> None:
    schedule = {"coarsest": 32, "steps": 4, "coarse_steps": 4}
    recipe = changed(quick(kind), schedule=schedule, search={"optimiser": optimiser})
    point, whole = _stopped(recipe, after, tmp_path)
    moments = list(transfer(CANVAS, recipe, _network(recipe), resume=point))
    steps = [moment for moment in moments if isinstance(moment, Step)]
    finished = moments[-1]
    assert isinstance(finished, Finished)
    assert steps[0].number == after + 1
    assert torch.equal(finished.picture, whole.picture)
    assert finished.losses == whole.losses
    assert finished.notes == whole.notes


def test_after_the_last_step_only_the_result_is_left(tmp_path: Path) -> None:
    recipe = changed(quick("builtin"), schedule={"coarsest": 64, "steps": 3, "coarse_steps": 3})
    point, whole = _stopped(recipe, 3, tmp_path)
    moments = list(transfer(CANVAS, recipe, _network(recipe), resume=point))
    assert not any(isinstance(moment, Step) for moment in moments)
    assert torch.equal(moments[-1].picture, whole.picture)  # type: ignore[union-attr]


def test_patches_are_begun_again(tmp_path: Path) -> None:
    recipe = changed(
        quick("builtin"),
        schedule={"coarsest": 64, "steps": 3, "coarse_steps": 3},
        patches={"octaves": 1, "rounds": 2},
    )
    point, whole = _stopped(recipe, 3, tmp_path)
    moments = list(transfer(CANVAS, recipe, _network(recipe), resume=point))
    steps = [moment for moment in moments if isinstance(moment, Step)]
    assert all(step.checkpoint is None for step in steps)
    assert torch.equal(moments[-1].picture, whole.picture)  # type: ignore[union-attr]


def test_no_tensor_is_packed_twice(tmp_path: Path) -> None:
    recipe = changed(quick("builtin"), schedule={"coarsest": 64, "steps": 3, "coarse_steps": 3})
    point, _ = _stopped(recipe, 2, tmp_path)
    tensors, _ = point.pack()
    assert len({one.data_ptr() for one in tensors.values()}) == len(tensors)


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    for text in ("", "{}", "[]", '{"dict": {"octave": 1}}', '{"strange": 1}'):
        with pytest.raises(CheckpointError, match="begins anew"):
            Checkpoint.unpack({}, text)
    recipe = changed(quick("builtin"), schedule={"coarsest": 64, "steps": 3, "coarse_steps": 3})
    point, _ = _stopped(recipe, 2, tmp_path)
    with pytest.raises(CheckpointError, match="not of this job"):
        list(
            transfer(CANVAS, recipe, _network(recipe), resume=replace(point, optimiser={"a": 1.0}))
        )
