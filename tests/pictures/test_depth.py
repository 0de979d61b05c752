"""Sixteen bits and floats: what goes in comes out, in its depth and its profile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from gramarye.pictures import Encoding, PictureFileError, check_output, load, read, save
from gramarye.pixels import to_picture, to_pixels
from gramarye.recipes import made_with

from .deep_files import (
    ADOBE,
    DISPLAY_P3,
    REC709,
    as_array,
    gradient,
    profile,
    write_png16,
    write_tiff,
)

PROFILES = {
    "none": b"",
    "srgb": profile(REC709),
    "display-p3": profile(DISPLAY_P3),
    "adobe": profile(ADOBE, 2.2),
    "linear": profile(REC709, 1.0),
    "linear-p3": profile(DISPLAY_P3, 1.0),
}


def through_the_working_space(path: Path, out: Path, depth: str | None = None) -> str:
    """All of a job but the optimiser: decode, to the working space, to tensors, and back."""
    file = read(path)
    encoding = Encoding(depth or file.depth, file.encoding.space)
    pixels = file.pixels("content", encoding.space, encoding.depth)
    picture = to_picture(pixels)
    result = to_pixels(picture.colour, picture.alpha, pixels.plane, "result")
    return save(result, out, "", encoding)


@pytest.mark.parametrize("icc", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_a_sixteen_bit_gradient_returns_within_one_step(
    tmp_path: Path, suffix: str, icc: bytes
) -> None:
    source = (write_png16 if suffix == ".png" else write_tiff)(
        tmp_path / f"a{suffix}", gradient(), icc
    )

    assert through_the_working_space(source, tmp_path / f"b{suffix}") == ""

    again = read(tmp_path / f"b{suffix}")
    assert (again.depth, again.profile) == ("16", icc)
    assert np.abs(again.samples.astype(int) - gradient()).max() <= 1


@pytest.mark.parametrize("icc", PROFILES.values(), ids=PROFILES)
def test_a_float_gradient_returns_within_a_step_of_sixteen_bits(tmp_path: Path, icc: bytes) -> None:
    unit = gradient().astype(np.float32) / 65_535
    source = write_tiff(tmp_path / "a.tiff", unit, icc)

    through_the_working_space(source, tmp_path / "b.tiff")

    again = read(tmp_path / "b.tiff")
    assert again.samples.dtype == np.float32
    assert np.abs(again.samples - unit).max() <= 1 / 65_535


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".jpg", ".webp"])
def test_eight_bits_come_back_in_their_profile(tmp_path: Path, suffix: str) -> None:
    icc = PROFILES["display-p3"]
    picture = Image.new("RGB", (32, 32), (250, 120, 10))
    picture.save(tmp_path / f"a{suffix}", icc_profile=icc)

    through_the_working_space(tmp_path / f"a{suffix}", tmp_path / f"b{suffix}")

    with Image.open(tmp_path / f"b{suffix}") as image:
        assert image.info["icc_profile"] == icc
        assert image.mode == "RGB"
        assert np.abs(np.subtract(image.getpixel((9, 9)), (250, 120, 10))).max() <= 2


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_straight_alpha_of_sixteen_bits_stays_as_it_is(tmp_path: Path, suffix: str) -> None:
    samples = gradient(4)
    write = write_png16 if suffix == ".png" else write_tiff
    source = write(tmp_path / f"a{suffix}", samples, PROFILES["linear-p3"])

    through_the_working_space(source, tmp_path / f"b{suffix}")

    again = read(tmp_path / f"b{suffix}").samples
    np.testing.assert_array_equal(again[:, :, 3], samples[:, :, 3])
    seen = samples[:, :, 3] > 0
    assert np.abs(again[seen].astype(int) - samples[seen]).max() <= 1


def test_premultiplied_alpha_becomes_straight(tmp_path: Path) -> None:
    samples = np.full((32, 32, 4), 10_000, np.uint16)
    samples[:, :, 3] = 40_000
    tifffile.imwrite(tmp_path / "a.tiff", samples, photometric="rgb", extrasamples=["assocalpha"])

    found = as_array(load(tmp_path / "a.tiff", "content"))

    assert tuple(found[5, 5]) == (16_384, 16_384, 16_384, 40_000)


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "zlib", "predictor": True},
        {"compression": "lzw"},
        {"compression": "packbits"},
        {"planarconfig": "separate"},
        {"tile": (64, 64)},
        {"byteorder": ">"},
        {"bigtiff": True},
    ],
    ids=str,
)
def test_tiff_is_read_however_it_was_laid_out(tmp_path: Path, options: dict) -> None:
    samples = gradient()
    stored = samples
    if "planarconfig" in options:
        stored = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    tifffile.imwrite(tmp_path / "a.tiff", stored, photometric="rgb", **options)

    np.testing.assert_array_equal(as_array(load(tmp_path / "a.tiff", "style")), samples)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_a_deep_picture_is_turned_as_a_shallow_one(
    tmp_path: Path, suffix: str, orientation: int
) -> None:
    small = np.random.default_rng(4).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(small).save(tmp_path / "shallow.png", exif=exif)
    deep = small.astype(np.uint16) * 257
    if suffix == ".tiff":
        tag = (0x0112, "H", 1, orientation, True)
        tifffile.imwrite(tmp_path / "deep.tiff", deep, photometric="rgb", extratags=[tag])
    else:
        plain = write_png16(tmp_path / "deep.png", deep).read_bytes()
        shallow = (tmp_path / "shallow.png").read_bytes()
        at = shallow.index(b"eXIf") - 4
        length = int.from_bytes(shallow[at : at + 4], "big") + 12
        (tmp_path / "deep.png").write_bytes(plain[:33] + shallow[at : at + length] + plain[33:])

    upright = as_array(load(tmp_path / "shallow.png", "content"))
    found = as_array(load(tmp_path / f"deep{suffix}", "content"))

    np.testing.assert_array_equal(found, upright.astype(np.uint16) * 257)


@pytest.mark.parametrize(
    ("depth", "suffix", "dtype"),
    [("16", ".png", "u2"), ("16", ".tiff", "u2"), ("float", ".tiff", "f4"), ("8", ".png", "u1")],
)
def test_a_depth_that_is_asked_for_is_written(
    tmp_path: Path, depth: str, suffix: str, dtype: str
) -> None:
    source = write_png16(tmp_path / "a.png", gradient())
    if depth != "8":
        Image.fromarray((gradient() >> 8).astype(np.uint8)).save(source)

    through_the_working_space(source, tmp_path / f"b{suffix}", depth)

    found = read(tmp_path / f"b{suffix}").samples
    before = read(source).samples / np.iinfo(read(source).samples.dtype).max
    assert found.dtype == np.dtype(dtype)
    after = found / (np.iinfo(found.dtype).max if found.dtype.kind == "u" else 1)
    assert np.abs(after - before).max() <= (0.51 / 255 if depth == "8" else 0.51 / 65_535)


@pytest.mark.parametrize(
    ("depth", "name", "better"),
    [
        ("16", "a.jpg", ".png or .tiff"),
        ("16", "a.webp", ".png or .tiff"),
        ("float", "a.png", ".tiff"),
    ],
)
def test_a_format_that_cannot_hold_the_depth_says_so_before_any_work(
    tmp_path: Path, depth: str, name: str, better: str
) -> None:
    with pytest.raises(PictureFileError, match="cannot hold") as caught:
        check_output(tmp_path / name, 100, depth)
    assert caught.value.code == "depth"
    assert better in caught.value.sentence


def test_a_depth_that_is_lost_without_being_asked_for_is_told(tmp_path: Path) -> None:
    source = write_png16(tmp_path / "a.png", gradient())

    notice = through_the_working_space(source, tmp_path / "b.jpg")

    assert "cannot hold 16 bits" in notice
    assert read(tmp_path / "b.jpg").depth == "8"


def test_a_sixteen_bit_png_tells_what_it_was_made_with(tmp_path: Path) -> None:
    pixels = load(write_png16(tmp_path / "a.png", gradient()), "content")

    save(pixels, tmp_path / "b.png", '{"seed": "größer"}', Encoding("16"))

    assert made_with(tmp_path / "b.png") == {"seed": "größer"}


@pytest.mark.parametrize("depth", ["16", "float"])
def test_equal_pixels_become_equal_files(tmp_path: Path, depth: str) -> None:
    pixels = load(write_png16(tmp_path / "a.png", gradient()), "content")
    for name in ("b.tiff", "c.tiff"):
        save(pixels, tmp_path / name, "", Encoding(depth))

    assert (tmp_path / "b.tiff").read_bytes() == (tmp_path / "c.tiff").read_bytes()


def test_floats_beyond_white_are_told(tmp_path: Path) -> None:
    bright = write_tiff(tmp_path / "a.tiff", np.full((32, 32, 3), 1.5, np.float32))

    assert "brighter than white" in read(bright).notice


@pytest.mark.parametrize("channels", [1, 2])
def test_deep_grey_becomes_rgb(tmp_path: Path, channels: int) -> None:
    samples = gradient(channels)
    path = write_png16(tmp_path / "a.png", samples[:, :, 0] if channels == 1 else samples)

    found = as_array(load(path, "content"))

    assert found.shape[2] == channels + 2
    np.testing.assert_array_equal(found[:, :, 1], samples[:, :, 0])
    np.testing.assert_array_equal(found[:, :, -1], samples[:, :, -1])
