"""Devices that are lent for a canvas' tiles: no bit changes, and they are given back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from gramarye.engine.errors import SettingsError
from gramarye.engine.networks import PatchNetwork
from gramarye.engine.recipe import FeatureKind
from gramarye.studio import Rendered, Studio, Working

from .jobs import pixels, rendered, slim_vgg, small_job

PLANES = [pixels("content", 110, 130, 1), pixels("style", 72, 80, 2)]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[torch.device]:
    """The devices that built-in features were brought to, beside the studio's own."""
    devices: list[torch.device] = []
    on = PatchNetwork.on

    def counted(self: PatchNetwork, device: torch.device) -> PatchNetwork:
        devices.append(device)
        return on(self, device)

    monkeypatch.setattr(PatchNetwork, "on", counted)
    return devices


def _lent(studio: Studio, settings: Any, lent: dict[int, list[str]]) -> Iterator[Any]:
    """The job's moments; after so many looks at tiles in all, these devices are lent."""
    looks = 0
    for moment in studio.render(settings, PLANES):
        yield moment
        if isinstance(moment, Working):
            looks += 1
            if looks in lent:
                studio.lend(lent[looks])


@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
@pytest.mark.parametrize(
    "lent",
    [
        {1: ["cpu"]},
        {9: ["cpu", "cpu"], 40: [], 60: ["cpu"]},
        {3: ["cpu"], 5: [], 7: ["cpu"], 9: [], 30: ["cpu", "cpu"], 33: ["cpu"]},
    ],
    ids=str,
)
def test_whatever_is_lent_and_when_no_bit_changes(
    kind: FeatureKind, lent: dict[int, list[str]], tmp_path: Path
) -> None:
    settings = small_job(kind, steps=3, tile=32)
    weights = slim_vgg(tmp_path) if kind == "vgg19" else None
    alone = rendered(Studio("cpu", weights), settings, PLANES)
    studio = Studio("cpu", weights)
    *_, end = _lent(studio, settings, lent)
    assert isinstance(end, Rendered)
    assert bytes(end.pixels.data) == bytes(alone.pixels.data)
    assert end.losses == alone.losses
    studio.lend([])
    assert not studio.borrowing


def test_a_lent_device_is_used_and_is_free_soon_after_it_is_taken_back(
    made: list[torch.device],
) -> None:
    studio = Studio("cpu")
    studio.lend(["cpu"])
    assert not studio.borrowing  # nobody has use for it yet
    borrowed: list[bool] = []
    part = parts = 0
    taken_back = False
    for moment in studio.render(small_job("builtin", steps=3, tile=32), PLANES):
        if not isinstance(moment, Working):
            continue
        part, parts = moment.part, moment.parts
        borrowed.append(studio.borrowing)
        if len(borrowed) == 3 * parts and not taken_back:
            assert studio.borrowing
            studio.lend([])
            taken_back = True
        elif taken_back and part in (parts // 2, parts):  # a pass is finished
            assert not studio.borrowing
    assert any(borrowed)
    assert taken_back
    assert made.count(torch.device("cpu")) == 1
    assert not studio.borrowing


def test_a_job_that_ends_leaves_nothing_on_a_lent_device() -> None:
    studio = Studio("cpu")
    studio.lend(["cpu", "cpu"])
    moments = studio.render(small_job("builtin", steps=2, tile=32), PLANES)
    for moment in moments:
        if isinstance(moment, Working) and studio.borrowing:
            break
    moments.close()
    assert not studio.borrowing
    rendered(studio, small_job("builtin", steps=2, tile=32), PLANES)
    assert not studio.borrowing


def test_a_canvas_that_is_not_cut_uses_no_lent_device(made: list[torch.device]) -> None:
    studio = Studio("cpu")
    studio.lend(["cpu"])
    rendered(studio, small_job("builtin", steps=2), PLANES)
    assert made == []


def test_a_lent_device_that_fails_is_gone_and_the_job_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = small_job("builtin", steps=2, tile=32)
    alone = rendered(Studio("cpu"), settings, PLANES)
    asked: list[int] = []

    def broken(self: PatchNetwork, device: torch.device) -> PatchNetwork:
        asked.append(1)
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(PatchNetwork, "on", broken)
    studio = Studio("cpu")
    studio.lend(["cpu"])
    end = rendered(studio, settings, PLANES)
    assert bytes(end.pixels.data) == bytes(alone.pixels.data)
    assert end.notice == alone.notice
    assert len(asked) == 1


def test_a_device_that_is_not_there_cannot_be_lent() -> None:
    studio = Studio("cpu")
    with pytest.raises(SettingsError, match="no device 'cuda:99'"):
        studio.lend(["cuda:99"])
