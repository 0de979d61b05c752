"""A job that goes on from its checkpoint, here or in another process, ends with the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from gramarye.engine.errors import CheckpointError
from gramarye.engine.recipe import FeatureKind
from gramarye.raster import Pixels
from gramarye.saved import Array, Checkpoint
from gramarye.saving import State, array_of, tensor_of
from gramarye.service.store.blobs import Part, view
from gramarye.service.store.checkpoints import read, write
from gramarye.studio import Studio, Update
from gramarye_protocol import Settings

from .jobs import pair, pixels, rendered, slim_vgg, small_job


def _copied(checkpoint: Checkpoint) -> Checkpoint:
    """As it lies in a file: its arrays in one read-only buffer, each at an odd place."""
    arrays = {}
    for name, array in checkpoint.arrays.items():
        buffer = b"x" * 3 + bytes(5) + bytes(array.data)
        arrays[name] = replace(array, data=memoryview(buffer)[8:])
    return Checkpoint(arrays, json.loads(json.dumps(checkpoint.about)))


def _points(
    studio: Studio, settings: Settings, planes: list[Pixels] | None = None
) -> tuple[list[Checkpoint], Any]:
    """The checkpoint after each step of an undisturbed job, and its end."""
    points: list[Checkpoint] = []
    end: Any = None
    for moment in studio.render(settings, planes or pair()):
        if isinstance(moment, Update) and moment.checkpoint is not None:
            points.append(_copied(moment.checkpoint()))
        end = moment
    return points, end


@pytest.mark.parametrize("tile", ["off", 32])
@pytest.mark.parametrize("optimiser", ["lbfgs", "adam"])
@pytest.mark.parametrize("kind", ["builtin", "vgg19"])
def test_a_job_goes_on_with_the_same_bytes(
    kind: FeatureKind, optimiser: str, tile: str | int, tmp_path: Path
) -> None:
    settings = small_job(kind, optimiser, tile=tile)
    weights = slim_vgg(tmp_path) if kind == "vgg19" else None
    points, whole = _points(Studio("cpu", weights), settings)
    assert len(points) == 8
    for done in (1, 4, 6, 8):  # in the coarse octave, at its end, in the fine one, at the end
        moments = list(Studio("cpu", weights).render(settings, pair(), points[done - 1]))
        steps = [moment.step for moment in moments if isinstance(moment, Update)]
        assert steps == list(range(done + 1, 9))
        end: Any = moments[-1]
        assert bytes(end.pixels.data) == bytes(whole.pixels.data)
        assert (end.losses, end.notice, end.made_with) == (
            whole.losses,
            whole.notice,
            whole.made_with,
        )


_OTHER_PROCESS = """
import hashlib, sys
from pathlib import Path
from gramarye.service.store.blobs import view
from gramarye.service.store.checkpoints import read
from gramarye.studio import Studio
from tests.studio.jobs import pair, rendered, small_job
resume = read(view(Path(sys.argv[1])))
end = rendered(Studio("cpu"), small_job("builtin", tile=32), pair(), resume)
print(hashlib.sha256(end.pixels.data).hexdigest(), end.notice)
"""


def test_another_process_goes_on_from_the_file(tmp_path: Path) -> None:
    settings = small_job("builtin", tile=32)
    path = tmp_path / "point"
    whole: Any = None
    for moment in Studio("cpu").render(settings, pair()):
        if isinstance(moment, Update) and moment.step == 6:
            assert moment.checkpoint is not None
            write(Part(path), moment.checkpoint())
        whole = moment
    told = subprocess.run(
        [sys.executable, "-c", _OTHER_PROCESS, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert told.stdout.split(maxsplit=1) == [
        whole.pixels.plane.sha256,
        *([f"{whole.notice}\n"] if whole.notice else []),
    ]


def test_it_is_computed_with_the_threads_that_it_began_with(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    settings = small_job("builtin")
    points, _ = _points(Studio("cpu"), replace(settings, threads=before + 1))
    end = rendered(Studio("cpu"), settings, pair(), points[2])
    assert json.loads(end.made_with)["threads"] == before + 1
    assert torch.get_num_threads() == before


def test_a_canvas_stays_cut_as_it_was_when_there_is_other_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = small_job("builtin")
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 110_000_000)
    points, whole = _points(Studio("cpu"), settings)
    assert " tiles of " in json.loads(whole.made_with)["plan"]
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 10**10)
    end = rendered(Studio("cpu"), settings, pair(), points[5])
    assert bytes(end.pixels.data) == bytes(whole.pixels.data)
    assert end.made_with == whole.made_with


def test_a_canvas_that_has_to_be_cut_otherwise_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, planes = small_job("builtin", steps=2), pair()
    planes[0] = pixels("content", 240, 320, 1)
    points, whole = _points(Studio("cpu"), settings, planes)
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 100_000_000)
    end = rendered(Studio("cpu"), settings, planes, points[1])
    assert " tiles of " in json.loads(end.made_with)["plan"]
    assert "last digits may differ" in end.notice
    got, wanted = (
        torch.frombuffer(bytearray(x.pixels.data), dtype=torch.uint8) for x in (end, whole)
    )
    assert float((got.float() - wanted.float()).abs().mean()) < 1


def _damaged(point: Checkpoint) -> list[Checkpoint]:
    about: Mapping[str, Any] = point.about
    first = next(iter(point.arrays))
    short = {**point.arrays, first: replace(point.arrays[first], data=b"1234")}
    empty = {**point.arrays, first: replace(point.arrays[first], data=b"")}
    strange = {**point.arrays, first: replace(point.arrays[first], dtype="complex64")}
    state = about["state"].replace('"tensor": "tensor 0"', '"tensor": "nobody"')
    return [
        Checkpoint({}, {}),
        Checkpoint({}, about),
        Checkpoint(short, about),
        Checkpoint(empty, about),
        Checkpoint(strange, about),
        Checkpoint(point.arrays, {**about, "version": 99}),
        Checkpoint(point.arrays, {**about, "state": "{"}),
        Checkpoint(point.arrays, {**about, "state": state}),
        Checkpoint(point.arrays, {**about, "within": {"job": 1}}),
    ]


def test_a_damaged_checkpoint_lets_the_job_begin_anew_and_say_so() -> None:
    settings = small_job("builtin", steps=2)
    points, whole = _points(Studio("cpu"), settings)
    studio = Studio("cpu")
    for damaged in _damaged(points[1]):
        moments = list(studio.render(settings, pair(), damaged))
        assert sum(isinstance(moment, Update) for moment in moments) == 4
        end: Any = moments[-1]
        assert "begins anew" in end.notice
        assert bytes(end.pixels.data) == bytes(whole.pixels.data)


def test_a_state_that_the_engine_refuses_lets_the_job_begin_anew() -> None:
    settings = small_job("builtin", steps=2)
    points, whole = _points(Studio("cpu"), settings)
    state = State.unpack(points[3])
    other = replace(state, point=replace(state.point, optimiser={"a": 1.0})).pack()
    end = rendered(Studio("cpu"), settings, pair(), other)
    assert "not of this job, so it begins anew" in end.notice
    assert bytes(end.pixels.data) == bytes(whole.pixels.data)


@pytest.mark.parametrize("other", ["settings", "pictures", "software", "filters"])
def test_a_checkpoint_of_another_job_is_not_used(
    other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, planes = small_job("builtin", steps=2), pair()
    points, _ = _points(Studio("cpu"), settings)
    if other == "settings":
        settings = replace(settings, strength=80.0)
    elif other == "pictures":
        planes[1] = pixels("style", 72, 80, 7)
    elif other == "software":
        monkeypatch.setattr("gramarye.saving.__version__", "99")
    point = points[2]
    if other == "filters":
        within = {**point.about["within"], "fingerprint": "0" * 64}
        point = Checkpoint(point.arrays, {**point.about, "within": within})
    fresh = rendered(Studio("cpu"), settings, planes)
    end = rendered(Studio("cpu"), settings, planes, point)
    assert "other pictures, settings or software, so this job began anew" in end.notice
    assert bytes(end.pixels.data) == bytes(fresh.pixels.data)


def test_a_resumed_job_can_be_resumed_again() -> None:
    settings = small_job("builtin")
    points, whole = _points(Studio("cpu"), settings)
    again: Checkpoint | None = None
    with closing(Studio("cpu").render(settings, pair(), points[1])) as moments:
        for moment in moments:
            if isinstance(moment, Update) and moment.step == 6:
                assert moment.checkpoint is not None
                again = _copied(moment.checkpoint())
                break
    end = rendered(Studio("cpu"), settings, pair(), again)
    assert bytes(end.pixels.data) == bytes(whole.pixels.data)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.uint8])
def test_tensors_come_back_as_they_were(dtype: torch.dtype) -> None:
    for tensor in (
        (100 * torch.rand(3, 4, 5)).to(dtype),
        (100 * torch.rand(6, 4)).to(dtype).T,
        torch.tensor(7).to(dtype),
        torch.empty(0, 3, dtype=dtype),
    ):
        array = array_of(tensor)
        data = memoryview(bytes(array.data))
        back = tensor_of(Array(array.dtype, array.shape, data))
        assert back.dtype == dtype
        assert torch.equal(back, tensor)


def test_a_plane_is_not_copied_on_its_way_out_or_in() -> None:
    plane = torch.rand(3, 50, 60)
    array = array_of(plane)
    assert tensor_of(array).data_ptr() == plane.data_ptr()


def test_a_file_of_the_store_is_read_without_a_copy(tmp_path: Path) -> None:
    settings = small_job("builtin", "adam", steps=1)
    for moment in Studio("cpu").render(settings, pair()):
        if isinstance(moment, Update) and moment.step == 1:
            assert moment.checkpoint is not None
            write(Part(tmp_path / "point"), moment.checkpoint())
    saved = read(view(tmp_path / "point"))
    state = State.unpack(saved)
    place = torch.frombuffer(saved.arrays["tensor 1"].data, dtype=torch.float32).data_ptr()
    assert place in {
        one.data_ptr() for one in state.point.optimiser.values() if torch.is_tensor(one)
    }


def test_what_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(CheckpointError, match="begins anew"):
        State.unpack(Checkpoint({}, {"version": 1}))
