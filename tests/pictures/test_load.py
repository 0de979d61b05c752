"""Reading picture files: every common kind becomes RGB pixels of its own depth, upright."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gramarye.pictures import PictureFileError, load
from gramarye.studio import Pixels


def a_picture(mode: str = "RGB", width: int = 40, height: int = 24) -> Image.Image:
    rng = np.random.default_rng(7)
    rgba = Image.fromarray(rng.integers(0, 256, (height, width, 4), dtype=np.uint8))
    return rgba if mode == "RGBA" else rgba.convert("RGB").convert(mode)


def as_array(pixels: Pixels) -> np.ndarray:
    channels = len(pixels.plane.layout)
    shape = (pixels.plane.height, pixels.plane.width, channels)
    dtype = {"u8": np.uint8, "u16": np.uint16, "f32": np.float32}[pixels.plane.dtype]
    return np.frombuffer(pixels.data, dtype).reshape(shape)


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".bmp", ".ppm"])
def test_a_lossless_picture_arrives_as_it_was_saved(tmp_path: Path, suffix: str) -> None:
    picture = a_picture()
    picture.save(tmp_path / f"a{suffix}")

    pixels = load(tmp_path / f"a{suffix}", "content")

    assert (pixels.plane.role, pixels.plane.layout, pixels.plane.dtype) == ("content", "RGB", "u8")
    np.testing.assert_array_equal(as_array(pixels), np.asarray(picture))


def test_alpha_is_kept(tmp_path: Path) -> None:
    picture = a_picture("RGBA")
    picture.save(tmp_path / "a.png")

    pixels = load(tmp_path / "a.png", "style")

    assert pixels.plane.layout == "RGBA"
    np.testing.assert_array_equal(as_array(pixels), np.asarray(picture))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_other_colour_models_become_rgb(tmp_path: Path, mode: str) -> None:
    picture = a_picture(mode)
    suffix = ".tiff" if mode in ("CMYK", "YCbCr") else ".png"
    picture.save(tmp_path / f"a{suffix}")

    pixels = load(tmp_path / f"a{suffix}", "content")

    assert pixels.plane.layout == "RGB"
    difference = as_array(pixels).astype(int) - np.asarray(picture.convert("RGB"))
    assert np.abs(difference).max() <= 2


def test_a_palette_with_a_transparent_colour_becomes_rgba(tmp_path: Path) -> None:
    a_picture("P").save(tmp_path / "a.png", transparency=0)

    assert load(tmp_path / "a.png", "content").plane.layout == "RGBA"


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".ppm"])
def test_sixteen_bit_grey_keeps_every_step(tmp_path: Path, suffix: str) -> None:
    ramp = np.linspace(0, 65_535, 32 * 32).reshape(32, 32).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / f"a{suffix}")

    array = as_array(load(tmp_path / f"a{suffix}", "content"))

    for channel in range(3):
        np.testing.assert_array_equal(array[:, :, channel], ramp)


def test_whole_numbers_of_thirty_two_bits_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((32, 32), np.int32)).save(tmp_path / "a.tiff")

    with pytest.raises(PictureFileError, match="32 bits") as caught:
        load(tmp_path / "a.tiff", "content")
    assert caught.value.code == "too-deep"


def test_a_photograph_taken_sideways_stands_upright(tmp_path: Path) -> None:
    picture = a_picture()
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right by 90° to see it upright
    picture.save(tmp_path / "a.png", exif=exif)

    pixels = load(tmp_path / "a.png", "content")

    assert (pixels.plane.width, pixels.plane.height) == (24, 40)
    np.testing.assert_array_equal(as_array(pixels), np.rot90(np.asarray(picture), -1))


def test_a_moving_picture_gives_its_first_frame(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    first.save(tmp_path / "a.gif", save_all=True, append_images=[second])

    array = as_array(load(tmp_path / "a.gif", "content"))

    assert tuple(array[10, 10]) == (255, 0, 0)
