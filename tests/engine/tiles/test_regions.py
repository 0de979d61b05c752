"""The halo: how far a tile reads beyond its core, from the layers in use."""

from __future__ import annotations

import pytest

from gramarye.engine.tiles.box import Box
from gramarye.engine.tiles.grid import aligned, cores, positions_at
from gramarye.engine.tiles.regions import halo_and_alignment, vgg_regions
from gramarye.engine.vgg import layer_names


def _up_to(network: str, layer: str) -> tuple[str, ...]:
    names = layer_names(network)
    return names[: names.index(layer) + 1]


@pytest.mark.parametrize(
    ("network", "layer", "halo", "alignment"),
    [
        ("vgg19", "relu1_1", 1, 1),
        ("vgg19", "relu2_1", 4, 2),
        ("vgg19", "relu3_1", 10, 4),
        ("vgg19", "relu4_1", 30, 8),
        ("vgg19", "relu4_2", 38, 8),
        ("vgg19", "relu5_1", 70, 16),
        ("vgg16", "relu4_1", 30, 8),
        ("vgg16", "relu5_1", 70, 16),
    ],
)
def test_the_halo_is_what_the_layers_see_evened(
    network: str, layer: str, halo: int, alignment: int
) -> None:
    assert halo_and_alignment(_up_to(network, layer)) == (halo, alignment)


def test_a_tile_reads_no_farther_than_the_canvas() -> None:
    names = _up_to("vgg19", "relu5_1")
    extent = vgg_regions(names, {"relu5_1": Box(0, 4, 0, 4)}, (64, 64))[0]
    assert extent == Box(0, 64, 0, 64)


def test_deeper_blocks_compute_less_of_the_halo() -> None:
    names = _up_to("vgg19", "relu5_1")
    regions = vgg_regions(names, {"relu5_1": Box(100, 108, 100, 108)}, (4096, 4096))
    core = 8 * 16
    halos = [(box.height * 2**depth - core) // 2 for depth, box in enumerate(regions)]
    assert halos == [70, 68, 64, 48, 16]


def test_blocks_that_nobody_asks_for_are_not_computed() -> None:
    names = _up_to("vgg19", "relu5_1")
    assert len(vgg_regions(names, {"relu2_1": Box(0, 8, 0, 8)}, (64, 64))) == 2


@pytest.mark.parametrize(("height", "width", "side"), [(1, 1, 1), (64, 48, 16), (65, 47, 16)])
def test_cores_share_no_position_and_leave_none_out(height: int, width: int, side: int) -> None:
    seen = [[0] * width for _ in range(height)]
    for box in cores(height, width, side):
        for row in range(box.top, box.bottom):
            for column in range(box.left, box.right):
                seen[row][column] += 1
    assert all(count == 1 for row in seen for count in row)


def test_an_odd_row_that_a_pooling_drops_is_nobodys() -> None:
    canvas, layer = (33, 33), (16, 16)
    boxes = [positions_at(core, canvas, layer, 2) for core in cores(*canvas, 16)]
    assert sum(box.height * box.width for box in boxes if not box.empty) == 16 * 16


def test_a_tiles_side_is_rounded_up_to_the_strides() -> None:
    assert [aligned(side, 16) for side in (1, 16, 17, 128)] == [16, 16, 32, 128]
