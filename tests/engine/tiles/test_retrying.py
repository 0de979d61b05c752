"""Memory that runs out: smaller tiles, the same point, the same result."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.errors import DivergedError, MemoryShortError
from gramarye.engine.networks import VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.recipe import Recipe
from gramarye.engine.tiles.grid import Tile
from gramarye.engine.tiles.layout import Layout
from gramarye.engine.tiles.objective import Looked
from gramarye.engine.tiles.workplace import Workplace
from gramarye.engine.transfer import Finished, Step, transfer
from gramarye.engine.vgg import Vgg, VggTape
from tests.engine.helpers import picture, quick, random_state

CPU = torch.device("cpu")
CANVAS = Canvas(Picture(picture(96, 256, 1)), (Style(Picture(picture(80, 80, 2))),))


class Small(Vgg):
    """A VGG on a device that holds no more than so many pixels of features."""

    most = 1 << 60
    error: Exception = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    def walk(self, pixels: Tensor, remember: bool = True) -> Generator[None, None, VggTape]:
        self._check(pixels)
        return super().walk(pixels, remember)

    def look(self, tile: Tile, part: Tensor, remember: bool = True) -> VggTape:
        self._check(part)
        return super().look(tile, part, remember)

    def _check(self, pixels: Tensor) -> None:
        if pixels.shape[1] * pixels.shape[2] > self.most:
            raise self.error


def _recipe() -> Recipe:
    recipe = quick("vgg19")
    return replace(recipe, features=replace(recipe.features, precision="exact"))


def _run(most: int, error: Exception | None = None, layout: Layout | None = None):
    recipe = _recipe()
    network = VggNetwork(recipe, random_state("vgg19"), CPU)
    layers = [name for name, _ in (*recipe.content.layers, *recipe.style.layers)]
    small = Small("vgg19", random_state("vgg19"), layers, device=CPU)
    small.most = most
    if error is not None:
        small.error = error
    network.at = lambda octave: small
    workplace = Workplace(lambda _: layout or Layout())
    return list(transfer(CANVAS, recipe, network, workplace))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
        MemoryError(),
    ],
)
def test_a_job_that_runs_out_of_memory_goes_on_in_smaller_tiles(error: Exception) -> None:
    whole = _run(1 << 60)[-1]
    moments = _run(20_000, error)
    tiled = moments[-1]
    assert isinstance(whole, Finished)
    assert isinstance(tiled, Finished)
    assert whole.notes == ()
    assert any("smaller tiles" in note for note in tiled.notes)
    assert any(isinstance(one, Looked) for one in moments)
    assert [s.number for s in moments if isinstance(s, Step)] == list(
        range(1, sum(isinstance(one, Step) for one in moments) + 1)
    )
    assert float((tiled.picture - whole.picture).abs().max()) < 2e-3


def test_a_job_fails_only_when_no_smaller_tile_remains() -> None:
    with pytest.raises(MemoryShortError, match="even for the smallest tiles"):
        _run(100)


def test_an_error_that_is_not_about_memory_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="something else"):
        _run(20_000, RuntimeError("something else"))
    with pytest.raises(DivergedError):
        _run(20_000, DivergedError("It left the numbers."))


def test_a_job_can_be_left_after_any_tile() -> None:
    recipe = _recipe()
    network = VggNetwork(recipe, random_state("vgg19"), CPU)
    looks: list[int] = []

    class Counting(Small):
        def look(self, tile: Tile, part: Tensor, remember: bool = True) -> VggTape:
            looks.append(1)
            return super().look(tile, part, remember)

    layers = [name for name, _ in (*recipe.content.layers, *recipe.style.layers)]
    counting = Counting("vgg19", random_state("vgg19"), layers, device=CPU)
    network.at = lambda octave: counting
    moments = transfer(CANVAS, recipe, network, Workplace(lambda _: Layout(32)))
    first = next(moment for moment in moments if isinstance(moment, Looked))
    before = len(looks)
    moments.close()
    assert first.number == 1
    assert len(looks) == before
