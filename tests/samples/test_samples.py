"""The sample pictures: always the same, of the size asked for, and each worth looking at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from gramarye import samples
from gramarye.samples.shading import luminance
from gramarye.samples.sheet import contact_sheet

NAMES = (*samples.CONTENTS, *samples.PAINTINGS)
SIZE = 96


def paint(name: str, size: int, seed: int = 0) -> Image.Image:
    make = samples.content if name in samples.CONTENTS else samples.painting
    return make(name, size, seed)


draw = cache(paint)


@cache
def pixels(name: str) -> NDArray[Any]:
    return np.asarray(draw(name, SIZE)) / 255


def palette(name: str) -> NDArray[Any]:
    """Shares of 5 × 5 × 5 colour bins."""
    bins = (pixels(name).reshape(-1, 3) * 4.999).astype(int) @ [25, 5, 1]
    return np.bincount(bins, minlength=125) / len(bins)


def test_there_are_scenes_and_paintings_to_choose_from() -> None:
    assert {"lakeside", "cup", "portrait"} <= set(samples.CONTENTS)
    assert {"flow", "glass", "woodcut", "brush", "watercolour", "mosaic"} <= set(samples.PAINTINGS)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_and_size_give_the_same_bytes(name: str) -> None:
    assert paint(name, 48).tobytes() == draw(name, 48).tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_gives_another_picture(name: str) -> None:
    assert draw(name, 48).tobytes() != draw(name, 48, seed=1).tobytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [16, 75])
def test_the_long_side_is_exactly_the_size_asked_for(name: str, size: int) -> None:
    picture = draw(name, size)
    assert picture.mode == "RGB"
    assert max(picture.size) == size


@pytest.mark.parametrize("name", NAMES)
def test_a_larger_picture_keeps_the_aspect(name: str) -> None:
    small, large = draw(name, 48).size, draw(name, SIZE).size
    assert (2 * small[0], 2 * small[1]) == pytest.approx(large, abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_a_smaller_picture_shows_the_same_as_a_larger_one(name: str) -> None:
    large = draw(name, SIZE)
    near = np.asarray(large.resize((16, 16), Image.Resampling.BOX), np.float32)
    far = np.asarray(draw(name, 48).resize((16, 16), Image.Resampling.BOX), np.float32)
    assert np.corrcoef(near.ravel(), far.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_lights_and_darks(name: str) -> None:
    low, high = np.percentile(luminance(pixels(name)), [3, 97])
    assert high - low > 0.35


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_fine_detail(name: str) -> None:
    tone = luminance(pixels(name))
    assert np.abs(np.diff(tone, axis=1)).mean() > 0.008


@pytest.mark.parametrize("name", samples.PAINTINGS)
def test_the_strokes_of_a_painting_cover_all_of_it(name: str) -> None:
    """Every part of a painting carries texture, so every crop of it is a style."""
    tone = luminance(pixels(name))
    rows, columns = (side // 4 for side in tone.shape)
    crops = [
        tone[r : r + rows, c : c + columns]
        for r in range(0, 4 * rows, rows)
        for c in range(0, 4 * columns, columns)
    ]
    assert min(np.abs(np.diff(crop, axis=1)).mean() for crop in crops) > 0.004


@pytest.mark.parametrize(("first", "second"), list(combinations(samples.PAINTINGS, 2)))
def test_no_two_paintings_share_a_palette(first: str, second: str) -> None:
    overlap = np.minimum(palette(first), palette(second)).sum()
    assert overlap < 0.6


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_computed_out_of_range_on_the_way(name: str) -> None:
    """A NaN or an overflow would stop here as a floating-point error."""
    with np.errstate(invalid="raise", divide="raise"):
        paint(name, 32, seed=3)


@pytest.mark.parametrize("make", [samples.content, samples.painting])
def test_an_unknown_name_is_refused_with_the_names_there_are(
    make: Callable[[str, int], Image.Image],
) -> None:
    with pytest.raises(samples.SampleError, match="choose from") as refusal:
        make("mona-lisa", 64)
    assert "mona-lisa" in refusal.value.sentence


def test_a_painting_is_not_a_scene() -> None:
    with pytest.raises(samples.SampleError, match="no scene called"):
        samples.content("flow", 64)


@pytest.mark.parametrize("size", [0, -5, 15, 2049])
def test_a_size_out_of_range_is_refused_before_anything_is_drawn(size: int) -> None:
    with pytest.raises(samples.SampleError, match="16 to 2048"):
        samples.painting("flow", size)


def test_importing_the_samples_does_not_load_the_networks() -> None:
    check = "import sys, gramarye.samples; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_contact_sheet_shows_every_picture_in_rows_that_fill_its_width() -> None:
    tiles = [Image.new("RGB", size, "#ff0000") for size in ((40, 30), (30, 40), (30, 30), (50, 20))]
    sheet = np.asarray(contact_sheet(tiles, 300))
    assert sheet.shape[1] == 300
    red = (sheet == (255, 0, 0)).all(-1)
    first_row = red[10]
    assert np.count_nonzero(np.diff(first_row.astype(int)) == 1) == 3
    assert red[:, 10:290].any(1).sum() > 0.8 * len(sheet)
    assert first_row[7]
    assert first_row[290]
