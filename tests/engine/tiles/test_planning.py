"""How a canvas is cut, from its size and the memory that there is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gramarye.engine.cost import Job, peak_memory
from gramarye.engine.presets import preset
from gramarye.engine.recipe import FeatureKind
from gramarye.engine.tiles.layout import Layout
from gramarye.engine.tiles.planning import Memory, arrange, tile_memory

GB = 10**9
KINDS: tuple[FeatureKind, ...] = ("builtin", "vgg19", "vgg16")


def _job(kind: FeatureKind, side: int, octaves: int = 3) -> Job:
    return Job(preset(kind), (side, side), ((512, 512),), octaves)


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_not_cut(kind: FeatureKind) -> None:
    job = _job(kind, 512)
    plan = arrange(job, Memory.of_processor(peak_memory(job)))
    assert plan.layouts == (Layout(),) * 3
    assert plan.memory == peak_memory(job)
    assert plan.line.startswith("untiled, about ")


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_fit_is_cut_and_then_fits(kind: FeatureKind) -> None:
    for side in (2048, 4096, 8192):
        job = _job(kind, side, octaves=6)
        for free in (5 * GB, 8 * GB, 16 * GB):
            plan = arrange(job, Memory.of_processor(free))
            assert plan.memory <= free, plan.line
            assert plan.layout(0).core or peak_memory(job) <= free


@pytest.mark.parametrize("kind", KINDS)
def test_off_never_cuts(kind: FeatureKind) -> None:
    plan = arrange(_job(kind, 8192), Memory.of_processor(GB), "off")
    assert plan.layout(0).core is None
    assert plan.memory > GB


def test_a_side_that_is_asked_for_is_rounded_up_and_said() -> None:
    job = _job("vgg19", 384)
    plan = arrange(job, Memory.of_processor(GB), 120)
    assert plan.layout(0).core == 128
    assert plan.line.startswith("3x3 tiles of 128 px, halo 70, ")


def test_octaves_that_fit_into_one_tile_are_whole() -> None:
    plan = arrange(_job("vgg19", 384), Memory.of_processor(GB), 128)
    assert [layout.core for layout in plan.layouts] == [128, 128, None]


def test_planes_go_to_files_before_tiles_get_small() -> None:
    job = _job("builtin", 8192)
    assert arrange(job, Memory.of_processor(40 * GB)).planes == "device"
    assert arrange(job, Memory.of_processor(6 * GB)).planes == "files"


def test_a_gpu_leaves_planes_in_the_computers_memory_where_they_do_not_fit() -> None:
    job = _job("vgg19", 8192)
    assert arrange(job, Memory(8 * GB, 64 * GB), device="cuda").planes == "host"
    assert arrange(job, Memory(8 * GB, 4 * GB), device="cuda").planes == "files"
    plan = arrange(job, Memory(80 * GB, 64 * GB), device="cuda")
    assert plan.planes == "device"


def test_planes_away_from_the_device_leave_no_octave_whole() -> None:
    plan = arrange(_job("vgg19", 8192, 6), Memory(8 * GB, 64 * GB), device="cuda")
    assert plan.planes == "host"
    assert all(layout.core for layout in plan.layouts)


def test_spare_memory_keeps_tiles() -> None:
    job = _job("vgg19", 2048)
    few, many = (arrange(job, Memory.of_processor(free), 512) for free in (4 * GB, 8 * GB))
    assert 0 <= few.layout(0).kept < many.layout(0).kept < 16


def test_a_tile_takes_memory_by_its_side_and_not_by_the_canvas() -> None:
    small, large = _job("vgg19", 2048), _job("vgg19", 16384)
    assert tile_memory(small, 0, 512) == tile_memory(large, 0, 512)
    assert tile_memory(small, 0, 1024) > 2 * tile_memory(small, 0, 512)


def test_memory_is_flat_in_the_number_of_tiles_but_for_the_planes() -> None:
    job = _job("builtin", 4096)
    longer = replace(job, content=(8192, 4096))
    one, two = (arrange(each, Memory.of_processor(3 * GB)) for each in (job, longer))
    assert (two.memory - one.memory) / job.pixels(0) < 60


def test_a_layout_shrinks_until_there_is_no_smaller_tile() -> None:
    layout, seen = Layout(kept=0), []
    while True:
        smaller = layout.smaller((300, 200), 16)
        if smaller is None:
            break
        layout = smaller
        seen.append(layout.core)
    assert seen == [144, 64, 32]
    assert Layout(64, kept=3).smaller((300, 200), 16) == Layout(64)


def test_painting_with_patches_is_never_cut_and_counted_whole() -> None:
    warm = _job("builtin", 8192)
    crisp = replace(warm, recipe=preset("builtin", "good", "crisp"))
    memory = Memory.of_processor(8 * GB)
    assert arrange(warm, memory).memory <= 8 * GB
    assert arrange(crisp, memory).memory > 30 * GB
