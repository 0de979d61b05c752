"""The studio: settings and planes in, a finished plane out."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gramarye.composing import outline_canvas
from gramarye.engine import networks
from gramarye.engine.cost import Rates
from gramarye.engine.errors import (
    EngineError,
    PictureError,
    RoomError,
    SettingsError,
    WeightsError,
)
from gramarye.engine.networks import VggNetwork
from gramarye.engine.recipe import Recipe
from gramarye.pixels import Pixels, to_picture
from gramarye.studio import Begun, Rendered, Studio, Update, Working
from gramarye_protocol import BUILTIN_NOTICE, Plane, Settings, describe
from tests.engine.helpers import random_state

from .jobs import pixels, rendered, small_job

QUICK = Settings(quality="draft", steps=3)


def _pair(**more: str) -> dict[str, Pixels]:
    return {"content": pixels("content", 48, 64, 1, **more), "style": pixels("style", 40, 56, 2)}


def _render(studio: Studio, settings: Settings, planes: dict[str, Pixels]) -> Rendered:
    last = list(studio.render(settings, list(planes.values())))[-1]
    assert isinstance(last, Rendered)
    return last


def begun(studio: Studio, planes: list[Pixels]) -> Begun:
    with closing(studio.render(QUICK, planes)) as moments:
        first = next(moments)
    assert isinstance(first, Begun)
    return first


def test_without_weights_auto_uses_the_builtin_features_and_says_so() -> None:
    studio = Studio("cpu")
    assert studio.features == "builtin"
    assert studio.available == ("builtin",)
    assert studio.notice == BUILTIN_NOTICE
    rendered = _render(studio, QUICK, _pair())
    assert rendered.notice == BUILTIN_NOTICE
    assert rendered.features.startswith("builtin patches ")


def test_built_in_features_by_name_need_no_excuse() -> None:
    chosen = Settings(features="builtin", quality="draft", steps=2)
    assert _render(Studio("cpu"), chosen, _pair()).notice == ""


def test_vgg_by_name_without_weights_is_an_error_that_says_what_to_do() -> None:
    studio = Studio("cpu")
    with pytest.raises(WeightsError, match="no weights for vgg19.*--weights"):
        list(studio.render(Settings(features="vgg19"), list(_pair().values())))


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_given_weights_are_what_auto_uses(tmp_path: Path, network: str) -> None:
    torch.save(random_state(network), tmp_path / "w.pth")
    studio = Studio("cpu", tmp_path / "w.pth")
    studio.warm()
    assert studio.features == network
    assert studio.notice == ""
    assert _render(studio, QUICK, _pair()).features == network


def test_a_cached_checkpoint_of_the_wrong_network_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "cache" / "weights"
    place.mkdir(parents=True)
    torch.save(random_state("vgg16"), place / "vgg19.pth")
    with pytest.raises(WeightsError, match="holds vgg16, not vgg19"):
        Studio("cpu").warm()


def test_the_result_has_the_contents_layout_size_and_alpha() -> None:
    planes = _pair(layout="BGRA")
    rendered = _render(Studio("cpu"), QUICK, planes)
    plane = rendered.pixels.plane
    assert (plane.width, plane.height, plane.layout, plane.role) == (64, 48, "BGRA", "result")
    result = np.frombuffer(rendered.pixels.data, np.uint8).reshape(48, 64, 4)
    content = np.frombuffer(planes["content"].data, np.uint8).reshape(48, 64, 4)
    assert np.array_equal(result[..., 3], content[..., 3])
    assert not np.array_equal(result[..., :3], content[..., :3])


def test_colour_under_zero_alpha_does_not_change_a_visible_bit() -> None:
    planes = _pair(layout="BGRA")
    other = np.frombuffer(planes["content"].data, np.uint8).reshape(48, 64, 4).copy()
    other[:, :16, :3] = 255 - other[:, :16, :3]
    data = other.tobytes()
    changed = planes | {"content": Pixels(describe("content", 64, 48, "BGRA", "u8", data), data)}
    studio = Studio("cpu")
    first, second = (_render(studio, QUICK, one).pixels.data for one in (planes, changed))
    assert bytes(first) == bytes(second)


def test_the_size_is_the_results_long_side() -> None:
    rendered = _render(Studio("cpu"), Settings(quality="draft", steps=1, size=32), _pair())
    assert (rendered.pixels.plane.width, rendered.pixels.plane.height) == (32, 24)


def test_every_step_tells_where_it_stands_and_can_show_it() -> None:
    moments = Studio("cpu").render(QUICK, list(_pair().values()))
    updates = [moment for moment in moments if isinstance(moment, Update)]
    assert [update.step for update in updates] == [1, 2, 3]
    assert all(update.steps == 3 and update.stage == "full size" for update in updates)
    assert {"total", "content", "style"} <= updates[0].losses.keys()
    assert updates[-1].preview().plane.role == "preview"


def test_the_same_job_gives_the_same_bytes() -> None:
    first, second = (_render(Studio("cpu"), QUICK, _pair()) for _ in range(2))
    assert bytes(first.pixels.data) == bytes(second.pixels.data)
    assert first.features == second.features


def test_once_it_is_enough_the_picture_as_it_stands_is_the_result_in_the_contents_depth() -> None:
    content = pixels("content", 80, 104, 1)
    data = (np.frombuffer(content.data, np.uint8).astype(np.uint16) * 257).tobytes()
    deep = Pixels(describe("content", 104, 80, "RGB", "u16", data), data)
    studio, planes = Studio("cpu"), [deep, pixels("style", 72, 80, 2)]
    updates: list[Update] = []
    enough = studio.render(small_job("builtin"), planes, enough=lambda: len(updates) == 2)
    end = None
    for end in enough:
        if isinstance(end, Update):
            updates.append(end)
    assert isinstance(end, Rendered)
    assert [one.stage for one in updates] == ["octave 2"] * 2
    plane = end.pixels.plane
    assert (plane.width, plane.height, plane.dtype) == (104, 80, "u16")
    low = np.frombuffer(end.pixels.data, np.uint16) & 0xFF
    assert len(np.unique(low)) == 256  # more than eight bits of it are used
    assert json.loads(end.made_with)["stopped"] == {"step": 2, "steps": 8}
    whole = rendered(studio, small_job("builtin"), planes)
    assert "stopped" not in json.loads(whole.made_with)


def test_explicit_settings_override_the_quality() -> None:
    studio = Studio("cpu")
    recipe = studio.recipe(
        Settings(
            quality="best",
            steps=7,
            content_weight=3,
            style_weight=5,
            init="noise",
            optimiser="adam",
            content_distance="rmse",
            style_layers=("octave2",),
            seed=11,
        )
    )
    assert (recipe.schedule.steps, recipe.seed, recipe.start.kind) == (7, 11, "noise")
    assert (recipe.content.weight, recipe.style.weight) == (3, 5)
    assert (recipe.search.optimiser, recipe.content.distance) == ("adam", "rmse")
    assert recipe.style.layers == (("octave2", 1.0),)


def test_strength_moves_the_contents_weight_only() -> None:
    studio = Studio("cpu")
    weak, strong = (studio.recipe(Settings(strength=s)) for s in (25, 75))
    assert weak.content.weight == pytest.approx(100 * strong.content.weight)
    assert weak.style.weight == strong.style.weight


def test_a_start_from_an_image_takes_the_init_plane() -> None:
    start = pixels("init", 24, 32, 9)
    settings = Settings(init="image", quality="draft", steps=1, content_weight=1e-9)
    rendered = _render(Studio("cpu"), settings, _pair() | {"init": start})
    result = to_picture(rendered.pixels).colour
    wanted = torch.nn.functional.interpolate(to_picture(start).colour[None], (48, 64))[0]
    assert float((result - wanted).abs().mean()) < 0.1


def test_a_job_without_a_style_is_refused() -> None:
    with pytest.raises(SettingsError, match="no style"):
        list(Studio("cpu").render(QUICK, [pixels("content", 32, 32)]))


def test_a_picture_of_one_pixel_is_refused() -> None:
    planes = _pair() | {"content": pixels("content", 1, 1)}
    with pytest.raises(PictureError, match="1×1 pixels"):
        list(Studio("cpu").render(QUICK, list(planes.values())))


def test_a_job_beyond_the_machines_memory_is_refused_before_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planes = [pixels("content", 480, 640, 1), pixels("style", 40, 56, 2)]
    needed = begun(Studio("cpu"), planes).plan().memory
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 10**6)
    with pytest.raises(PictureError, match="close other programs"):
        list(Studio("cpu").render(QUICK, planes))
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: needed - 1)
    whole = replace(QUICK, tile="off")
    with pytest.raises(PictureError, match="of at most 624, or let the canvas be cut into tiles"):
        list(Studio("cpu").render(whole, planes))
    assert " tiles of " in begun(Studio("cpu"), planes).layout


QUOTED: list[tuple[Settings, list[Pixels]]] = [
    (QUICK, [pixels("content", 48, 64, 1), pixels("style", 40, 56, 2)]),
    (replace(QUICK, size=40), [pixels("content", 48, 64, 1), pixels("style", 90, 56, 2)]),
    (replace(QUICK, tile=32), [pixels("content", 150, 200, 1), pixels("style", 80, 96, 2)]),
    (replace(QUICK, dtype="float64"), [pixels("content", 48, 64), pixels("style", 40, 56)]),
    (
        replace(QUICK, recipe="crisp", style_scale=2.0, style_shares=(1.0, 0.0, 2.0)),
        [pixels("content", 48, 64), *(pixels("style", 40, 50 + n, n) for n in range(3))],
    ),
    (
        replace(QUICK, region_styles=(0, -1, 0), style_mask_styles=(0,), augment=True),
        [
            pixels("content", 200, 210, layout="BGRA"),
            pixels("style", 300, 56),
            *(pixels("region", 20, 30, n) for n in range(3)),
            pixels("style-mask", 30, 20),
            pixels("init", 33, 31),
        ],
    ),
]


@pytest.mark.parametrize("job", QUOTED)
@pytest.mark.parametrize("features", ["builtin", "vgg19"])
def test_a_quote_says_what_the_job_then_says(
    features: str, job: tuple[Settings, list[Pixels]], tmp_path: Path, monkeypatch: Any
) -> None:
    settings, planes = replace(job[0], features=features), job[1]
    monkeypatch.setattr("gramarye.estimating.measure", lambda *_: Rates(1e-3, 1e9, 1e-9))
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 10**10)
    (tmp_path / "cache" / "weights").mkdir(parents=True)
    torch.save(random_state("vgg19"), tmp_path / "cache" / "weights" / "vgg19.pth")
    studio = Studio("cpu")
    quote = studio.quote(settings, [one.plane for one in planes])
    with closing(studio.render(settings, planes)) as moments:
        first = next(moments)
        assert isinstance(first, Begun)
        plan = first.plan()
        assert (quote.seconds, quote.memory) == (plan.seconds, plan.memory)
        assert quote.layout == first.layout
        if settings.tile == "auto":
            assert (quote.tiles, quote.tile_memory) == (1, 0)
            return
        working = next(moment for moment in moments if isinstance(moment, Working))
    assert 1 < working.parts / 2 <= quote.tiles
    assert 0 < quote.tile_memory < quote.memory


def test_a_quote_refuses_what_the_job_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    studio, content = Studio("cpu"), pixels("content", 48, 64).plane
    style, small = pixels("style", 40, 56).plane, pixels("style", 3, 3).plane
    refused: list[tuple[list[Plane], Settings, str]] = [
        ([content], QUICK, "no style"),
        ([content, small], QUICK, "3×3 pixels"),
        ([content, style], replace(QUICK, features="vgg19"), "no weights for vgg19"),
        ([content, style], replace(QUICK, style_shares=(1.0, 2.0)), "1 styles and 2 shares"),
    ]
    for planes, settings, words in refused:
        with pytest.raises(EngineError, match=words):
            studio.quote(settings, planes)
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 10**6)
    with pytest.raises(RoomError, match="close other programs"):
        studio.quote(QUICK, [content, style])


def test_a_quote_of_a_huge_canvas_takes_no_memory_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gramarye.estimating.measure", lambda *_: Rates(1e-3, 1e9, 1e-9))
    monkeypatch.setattr("gramarye.arranging.free_memory", lambda device: 1 << 40)
    studio, side = Studio("cpu"), 60_000
    roles = ("content", "style", "region")
    planes = [Plane(role, side, side, "RGB", "u8", "0" * 64) for role in roles]
    settings = replace(QUICK, region_styles=(0,))
    canvas = outline_canvas(settings, studio.recipe(settings), planes)
    assert canvas.content.size == canvas.styles[0].picture.size == (side, side)
    drawn = (canvas.content.colour, canvas.styles[0].picture.colour, canvas.regions[0].mask)
    assert all(plane.untyped_storage().nbytes() <= 8 for plane in drawn)
    quote = studio.quote(settings, planes)
    assert quote.memory > 36 * side**2
    assert quote.tiles > 1000


def test_a_device_that_is_not_there_is_refused() -> None:
    for name in ("cuda:99", "nonsense"):
        with pytest.raises(SettingsError, match="no device"):
            Studio(name)


def test_a_network_stays_on_the_device_from_job_to_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save(random_state("vgg19"), tmp_path / "w.pth")
    made: list[Recipe] = []

    class Counting(VggNetwork):
        def __init__(self, recipe: Recipe, *more: Any) -> None:
            made.append(recipe)
            super().__init__(recipe, *more)

    monkeypatch.setattr("gramarye.stock.VggNetwork", Counting)
    studio = Studio("cpu", tmp_path / "w.pth")
    studio.warm()
    first, second = (_render(studio, QUICK, _pair()) for _ in range(2))
    assert len(made) == 1
    assert bytes(first.pixels.data) == bytes(second.pixels.data)
    other = Settings(quality="draft", steps=1, style_layers=("relu1_1",))
    _render(studio, other, _pair())
    assert len(made) == 2


def test_a_style_that_was_used_before_is_not_fitted_again_and_no_byte_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    style = pixels("style", 40, 56, 2)
    jobs = [[pixels("content", 48, 64, seed), style] for seed in (1, 5)]
    alone = [_painted("cpu", QUICK, planes)[0] for planes in jobs]
    fits: list[int] = []
    fit = networks.fit_patches

    def counted(*values: Any) -> Any:
        fits.append(1)
        return fit(*values)

    monkeypatch.setattr(networks, "fit_patches", counted)
    studio = Studio("cpu")
    for planes, wanted in zip(jobs, alone, strict=True):
        end = rendered(studio, QUICK, planes)
        assert bytes(end.pixels.data) == bytes(wanted.pixels.data)
        assert (end.losses, end.made_with) == (wanted.losses, wanted.made_with)
    assert len(fits) == 1


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What jobs took, as estimates learn it."""
    lessons: list[float] = []
    monkeypatch.setattr("gramarye.estimating.measure", lambda *_: Rates(1e-3, 1e9, 1e-9))
    monkeypatch.setattr("gramarye.estimating.SHORTEST_LESSON", 0.0)
    monkeypatch.setattr(Rates, "learned", lambda self, promised, took: lessons.append(took) or self)
    return lessons


def test_a_job_that_is_spared_its_fit_teaches_nothing(taught: list[float]) -> None:
    studio = Studio("cpu")
    for _ in range(2):
        for moment in studio.render(QUICK, list(_pair().values())):
            if isinstance(moment, Begun):
                moment.plan()
    assert len(taught) == 1


def test_a_job_that_is_stopped_early_teaches_nothing(taught: list[float]) -> None:
    for moment in Studio("cpu").render(QUICK, list(_pair().values()), enough=lambda: True):
        if isinstance(moment, Begun):
            moment.plan()
    assert taught == []


def test_a_job_says_first_what_it_will_take_and_what_it_starts_from() -> None:
    studio, planes = Studio("cpu"), list(_pair().values())
    first = begun(studio, planes)
    assert first.plan().steps == 3
    assert first.plan().seconds > 0
    assert first.plan().memory > 0
    start, content = first.preview(), planes[0].plane
    assert (start.plane.role, start.plane.width, start.plane.height) == ("preview", 64, 48)
    assert (content.width, content.height) == (64, 48)
    given = begun(studio, [*planes, pixels("init", 20, 20, 9)])
    assert given.preview().data == start.data  # an init that the settings do not ask for


def test_the_preview_of_the_start_is_the_image_to_start_from() -> None:
    planes = [*_pair().values(), pixels("init", 24, 32, 9)]
    settings = Settings(init="image", quality="draft", steps=1)
    with closing(Studio("cpu").render(settings, planes)) as moments:
        first = next(moments)
    assert isinstance(first, Begun)
    shown = to_picture(first.preview()).colour
    wanted = torch.nn.functional.interpolate(to_picture(planes[2]).colour[None], (48, 64))[0]
    assert float((shown - wanted).abs().mean()) < 0.1


def test_a_device_is_measured_once_and_learns_from_jobs_that_were_estimated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[str] = []
    taught: list[float] = []

    def measure(recipe: Recipe, *more: Any) -> Rates:
        measured.append(recipe.features.kind)
        return Rates(fixed=1e-3, flops=1e9)

    def learned(self: Rates, promised: float, took: float) -> Rates:
        taught.append(promised)
        return self

    monkeypatch.setattr("gramarye.estimating.measure", measure)
    monkeypatch.setattr("gramarye.estimating.SHORTEST_LESSON", 0.0)
    monkeypatch.setattr(Rates, "learned", learned)
    studio, planes = Studio("cpu"), _pair()
    _render(studio, QUICK, planes)
    assert measured == taught == []
    studio.rehearse()
    promised: list[float] = []
    for moment in Studio("cpu").render(QUICK, list(planes.values())):
        if isinstance(moment, Begun):
            promised.append(moment.plan().seconds)
    assert measured == ["builtin"]
    assert taught == promised


def test_jobs_that_are_under_way_leave_the_number_of_threads_alone() -> None:
    studio, planes, before = Studio("cpu"), list(_pair().values()), torch.get_num_threads()
    jobs = [studio.render(replace(QUICK, threads=before + more), planes) for more in (1, 2)]
    for job in jobs:
        assert isinstance(next(job), Begun)
        assert torch.get_num_threads() == before
    for job in jobs:
        job.close()
    assert torch.get_num_threads() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of the memory")
def test_a_finished_job_says_how_much_memory_it_took() -> None:
    memory = _render(Studio("cpu"), QUICK, _pair()).memory
    assert memory is not None
    assert 0 <= memory < 4 << 30


def _painted(device: str, settings: Settings, planes: list[Pixels]) -> tuple[Rendered, list[Any]]:
    moments = list(Studio(device).render(settings, planes))
    assert isinstance(moments[-1], Rendered)
    return moments[-1], moments


@pytest.mark.parametrize("features", ["builtin", "vgg19"])
def test_several_devices_share_a_canvas_and_change_no_bit(
    features: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path))
    (tmp_path / "weights").mkdir()
    torch.save(random_state("vgg19"), tmp_path / "weights" / "vgg19.pth")
    planes = [pixels("content", 150, 200, 1), pixels("style", 80, 96, 2)]
    settings = replace(QUICK, features=features, tile=64)
    one, two = (_painted(device, settings, planes)[0] for device in ("cpu", "cpu,cpu"))
    assert bytes(one.pixels.data) == bytes(two.pixels.data)
    assert one.losses == two.losses


def test_work_on_a_canvas_that_is_cut_is_told_tile_by_tile() -> None:
    planes = [pixels("content", 150, 200, 1), pixels("style", 80, 96, 2)]
    whole, untold = _painted("cpu", QUICK, planes)
    tiled, told = _painted("cpu", replace(QUICK, tile=64), planes)
    assert not any(isinstance(moment, Working) for moment in untold)
    working = [moment for moment in told if isinstance(moment, Working)]
    assert working[0].words.endswith(f"tile 1 of {working[0].parts}")
    assert [one.part for one in working[: working[0].parts]] == list(range(1, working[0].parts + 1))
    assert json.loads(tiled.made_with)["plan"].startswith("4x3 tiles of 64 px, halo 3")
    assert json.loads(whole.made_with)["plan"].startswith("untiled")


def test_planes_in_files_give_the_same_bytes_and_leave_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path))
    planes = [pixels("content", 150, 200, 1), pixels("style", 80, 96, 2)]
    settings = replace(QUICK, tile=64)
    in_memory, _ = _painted("cpu", settings, planes)
    monkeypatch.setattr("gramarye.engine.tiles.planning._places", lambda *_: ["files"])
    in_files, moments = _painted("cpu", settings, planes)
    assert "planes in files" in next(m for m in moments if isinstance(m, Begun)).layout
    assert bytes(in_files.pixels.data) == bytes(in_memory.pixels.data)
    assert list((tmp_path / "canvas").iterdir()) == []


def test_patches_on_a_canvas_that_must_be_cut_are_refused_in_words() -> None:
    planes = [pixels("content", 480, 640, 1), pixels("style", 480, 640, 2)]
    settings = replace(QUICK, recipe="crisp", max_memory=250_000_000)
    with pytest.raises(PictureError, match="or take a recipe without patches"):
        list(Studio("cpu").render(settings, planes))
