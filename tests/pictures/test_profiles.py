"""Colour profiles: every picture of a job in one space, and that space the content's own."""

from __future__ import annotations

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from gramarye.pictures import SRGB, load, read
from gramarye.pictures.profiles import SRGB_PROFILE, ProfileError, convert, space_of

from .deep_files import ADOBE, DISPLAY_P3, REC709, as_array, gradient, profile, write_tiff

COLOURS = np.random.default_rng(2).random((1, 500, 3)).astype(np.float32)

P3_TO_SRGB = np.array(  # of linear light; from the primaries of SMPTE RP 431-2 and BT.709
    [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]]
)


def decoded(encoded: np.ndarray) -> np.ndarray:
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def encoded(light: np.ndarray) -> np.ndarray:
    light = np.maximum(light, 0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def saved(path: Path, colour: tuple[int, int, int], icc: bytes = b"") -> Path:
    Image.new("RGB", (20, 20), colour).save(path, icc_profile=icc)
    return path


def test_our_srgb_profile_is_valid_and_that_of_littlecms() -> None:
    imagecodecs.cms_profile_validate(SRGB_PROFILE)

    there = convert(COLOURS, SRGB_PROFILE, imagecodecs.cms_profile("srgb"))

    assert np.abs(there - COLOURS).max() < 1 / 1024


def test_display_p3_becomes_srgb_as_the_published_matrix_says() -> None:
    muted = 0.4 + 0.3 * COLOURS

    found = SRGB.take(muted, profile(DISPLAY_P3))

    expected = encoded(decoded(muted) @ P3_TO_SRGB.T)
    assert np.abs(found - expected).max() < 0.002


def test_a_style_is_converted_to_the_space_of_the_content(tmp_path: Path) -> None:
    space = space_of(profile(DISPLAY_P3))
    style = read(saved(tmp_path / "style.png", (200, 120, 60)))

    found = as_array(style.pixels("style", space))[3, 3]

    light = np.linalg.solve(P3_TO_SRGB, decoded(np.array([200, 120, 60]) / 255))
    np.testing.assert_allclose(found, encoded(light), atol=0.002)


def test_content_of_an_even_profile_is_taken_as_it_stands(tmp_path: Path) -> None:
    icc = profile(ADOBE, 2.2)
    content = read(saved(tmp_path / "a.png", (200, 120, 60), icc))

    plane = content.pixels("content", content.encoding.space)

    assert plane.plane.dtype == "u8"
    assert tuple(as_array(plane)[3, 3]) == (200, 120, 60)


def test_linear_content_is_computed_with_as_even_to_the_eye(tmp_path: Path) -> None:
    unit = gradient().astype(np.float32) / 65_535
    content = read(write_tiff(tmp_path / "a.tiff", unit, profile(REC709, 1.0)))

    found = as_array(content.pixels("content", content.encoding.space))

    assert np.abs(found - encoded(unit)).max() < 1e-4


def test_the_content_fills_its_own_space_and_nothing_is_clipped(tmp_path: Path) -> None:
    icc = profile(DISPLAY_P3, 1.0)
    unit = gradient().astype(np.float32) / 65_535
    content = read(write_tiff(tmp_path / "a.tiff", unit, icc))

    found = as_array(content.pixels("content", content.encoding.space))

    assert found.min() > -1e-4
    assert found.max() < 1 + 1e-4


def test_profiles_that_nobody_tells_apart_leave_the_samples_alone(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", (200, 120, 60), imagecodecs.cms_profile("srgb"))

    assert load(path, "style").plane.dtype == "u8"


def test_a_profile_that_reaches_beyond_white_is_painted_in_srgb(tmp_path: Path) -> None:
    twice_as_bright = SRGB_PROFILE.replace(struct.pack(">i", 62_119), struct.pack(">i", 124_238))
    file = read(saved(tmp_path / "a.png", (100, 60, 30), twice_as_bright))

    space = file.encoding.space

    assert (file.notice, space) == ("", SRGB)
    assert as_array(file.pixels("content", space)).max() > 150 / 255


def test_a_mask_is_no_colour_and_stays_as_it_is(tmp_path: Path) -> None:
    mask = read(saved(tmp_path / "mask.png", (100, 100, 100), profile(REC709, 1.0)))

    assert tuple(as_array(mask.pixels("region"))[3, 3]) == (100, 100, 100)


def test_grey_with_a_grey_profile_becomes_srgb(tmp_path: Path) -> None:
    icc = imagecodecs.cms_profile("gray", whitepoint=(0.3127, 0.3290, 1.0), gamma=1.0)
    Image.new("LA", (20, 20), (128, 77)).save(tmp_path / "a.png", icc_profile=icc)

    found = as_array(load(tmp_path / "a.png", "content"))[3, 3]

    grey = float(encoded(np.array(128 / 255)))
    np.testing.assert_allclose(found, [grey, grey, grey, 77 / 255], atol=0.002)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("kind", [b"RGB ", b"GRAY", b"CMYK", b"Lab "])
def test_a_profile_that_cannot_be_used_is_told(tmp_path: Path, mode: str, kind: bytes) -> None:
    broken = bytearray(SRGB_PROFILE[:200])
    broken[16:20] = kind
    Image.new(mode, (20, 20)).save(tmp_path / "a.jpg", icc_profile=bytes(broken))

    file = read(tmp_path / "a.jpg")

    assert "cannot be used" in file.notice
    assert file.profile == b""
    assert file.samples.shape == (20, 20, 3)


def test_a_cmyk_photograph_without_a_profile_is_read(tmp_path: Path) -> None:
    inks = Image.new("CMYK", (20, 20), (0, 128, 255, 0))
    inks.save(tmp_path / "a.jpg")

    found = as_array(load(tmp_path / "a.jpg", "style"))[3, 3].astype(int)

    assert np.abs(found - (255, 127, 0)).max() <= 3


@pytest.mark.parametrize("place", [0, 16, 36, 128, 131, 140])
def test_a_profile_of_garbage_is_refused_or_used(place: int) -> None:
    broken = bytearray(profile(DISPLAY_P3, 1.0))
    broken[place : place + 4] = b"\xff\xff\xff\xff"

    try:
        space = space_of(bytes(broken))
        space.give(space.take(COLOURS, b""))
    except ProfileError as error:
        assert str(error)  # noqa: PT017 - being refused is one of two good ends
