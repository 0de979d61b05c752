"""A job whose device has too little memory goes on on the CPU, and says so."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest
import torch
from torch import Tensor

from gramarye.engine.errors import MemoryShortError, RoomError
from gramarye.engine.optimisers import Lbfgs
from gramarye.engine.patches import PatchPyramid, PatchTape
from gramarye.engine.tiles.grid import Tile
from gramarye.studio import Begun, Studio, Update

from .jobs import pair, rendered, small_job

SMALL = torch.device("cpu:0")
"""The processor under another name, which stands for a GPU here."""


def _run_short(monkeypatch: pytest.MonkeyPatch, after: int, device: torch.device = SMALL) -> None:
    """After so many evaluations the device has no memory any more, not even for a small tile."""
    walk, look = PatchPyramid.walk, PatchPyramid.look
    left = [after]

    def check(self: PatchPyramid, remember: bool) -> None:
        if self._device == device and remember:
            left[0] -= 1
            if left[0] < 0:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    def short_walk(
        self: PatchPyramid, pixels: Tensor, remember: bool = True
    ) -> Generator[None, None, PatchTape]:
        check(self, remember)
        return walk(self, pixels, remember)

    def short_look(
        self: PatchPyramid, tile: Tile, part: Tensor, remember: bool = True
    ) -> PatchTape:
        check(self, remember)
        return look(self, tile, part, remember)

    monkeypatch.setattr(PatchPyramid, "walk", short_walk)
    monkeypatch.setattr(PatchPyramid, "look", short_look)


@pytest.mark.parametrize("optimiser", ["lbfgs", "adam"])
@pytest.mark.parametrize("after", [0, 2, 4, 6])
def test_a_job_goes_on_on_the_cpu_from_its_newest_step(
    after: int, optimiser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = small_job("builtin", optimiser)
    whole = rendered(Studio("cpu:0"), settings, pair())
    _run_short(monkeypatch, after)
    moments = list(Studio("cpu:0").render(settings, pair()))
    assert sum(isinstance(moment, Begun) for moment in moments) == 1
    assert [m.step for m in moments if isinstance(m, Update)] == list(range(1, 9))
    end: Any = moments[-1]
    assert bytes(end.pixels.data) == bytes(whole.pixels.data)
    assert "little memory on cpu:0, so this was computed on the CPU" in end.notice
    assert json.loads(end.made_with)["device"].startswith("cpu (")


def test_on_the_cpu_itself_there_is_nowhere_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    _run_short(monkeypatch, 2, torch.device("cpu"))
    with pytest.raises(MemoryShortError, match="even for the smallest tiles"):
        rendered(Studio("cpu"), small_job("builtin"), pair())


def test_a_job_that_does_not_fit_the_device_begins_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = small_job("builtin")
    whole = rendered(Studio("cpu"), settings, pair())
    free = {SMALL: 10**6, torch.device("cpu"): 10**10}
    monkeypatch.setattr("gramarye.arranging.free_memory", free.get)
    end = rendered(Studio("cpu:0"), settings, pair())
    assert bytes(end.pixels.data) == bytes(whole.pixels.data)
    assert "computed on the CPU" in end.notice
    free[torch.device("cpu")] = 10**6
    with pytest.raises(RoomError, match="close other programs"):
        rendered(Studio("cpu:0"), settings, pair())


def test_memory_that_is_short_beside_the_evaluations_lets_it_begin_anew_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = small_job("builtin")
    whole = rendered(Studio("cpu"), settings, pair())
    steps: list[int] = []

    tell = Lbfgs.tell

    def short_tell(self: Lbfgs, loss: float, gradient: Tensor) -> None:
        steps.append(1)
        if len(steps) == 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        tell(self, loss, gradient)

    monkeypatch.setattr(Lbfgs, "tell", short_tell)
    moments = list(Studio("cpu:0").render(settings, pair()))
    end: Any = moments[-1]
    assert [m.step for m in moments if isinstance(m, Update)] == [1, 2, *range(1, 9)]
    assert bytes(end.pixels.data) == bytes(whole.pixels.data)


def test_an_error_that_is_not_about_memory_stays_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(self: PatchPyramid, pixels: Tensor, remember: bool = True) -> None:
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(PatchPyramid, "walk", lost)
    with pytest.raises(RuntimeError, match="unspecified launch failure"):
        rendered(Studio("cpu:0"), small_job("builtin"), pair())


def test_a_resumed_job_can_go_over_to_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = small_job("builtin")
    point: Any = None
    whole: Any = None
    for moment in Studio("cpu:0").render(settings, pair()):
        if isinstance(moment, Update) and moment.step == 2 and moment.checkpoint:
            saved = moment.checkpoint()
            arrays = {
                name: type(one)(one.dtype, one.shape, bytes(one.data))
                for name, one in saved.arrays.items()
            }
            point = type(saved)(arrays, saved.about)
        whole = moment
    for after in (0, 3):
        with monkeypatch.context() as patch:
            _run_short(patch, after)
            end = rendered(Studio("cpu:0"), settings, pair(), point)
        assert bytes(end.pixels.data) == bytes(whole.pixels.data)
