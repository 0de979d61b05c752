"""Large pictures: strip by strip they come out as they would whole, in BigTIFF where need be."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageOps

from gramarye.pictures import Encoding, Space, load, read, save, strips, tiff
from gramarye.pictures.profiles import space_of
from gramarye.raster import Pixels
from gramarye_protocol import describe

from .deep_files import DISPLAY_P3, REC709, as_array, profile, write_png16

WIDTH, HEIGHT = 53, 37
LAYOUTS = {1: "GRAY", 2: "GRAYA", 3: "RGB", 4: "RGBA"}
NAMES = {"u1": "u8", "u2": "u16", "f4": "f32"}
PROFILES = {"none": b"", "p3": profile(DISPLAY_P3), "linear": profile(REC709, 1.0)}
GREY = imagecodecs.cms_profile("gray", whitepoint=(0.3127, 0.3290, 1.0), gamma=1.0)
TYPES = {"8": "u1", "16": "u2", "float": "f4"}
FILES = [(".png", "8"), (".png", "16"), (".tiff", "8"), (".tiff", "16"), (".tiff", "float")]
TINY = 5 * WIDTH
"""Pixels of a strip: five rows, and two are left over."""


def picture(dtype: str, channels: int) -> np.ndarray:
    random = np.random.default_rng(channels)
    samples = random.random((HEIGHT, WIDTH, channels), np.float32)
    if dtype == "f4":
        return samples
    return np.rint(samples * np.iinfo(dtype).max).astype(dtype)


def plane(samples: np.ndarray, layout: str) -> Pixels:
    kind = NAMES[samples.dtype.str[1:]]
    return Pixels(describe("result", WIDTH, HEIGHT, layout, kind, samples), samples.data.cast("B"))


def write(path: Path, samples: np.ndarray, icc: bytes) -> Path:
    """A file of somebody else's."""
    flat = samples[:, :, 0] if samples.shape[2] == 1 else samples
    if samples.dtype == np.uint8:
        Image.fromarray(flat).save(path, icc_profile=icc)
    elif path.suffix == ".png":
        write_png16(path, flat, icc)
    else:
        tifffile.imwrite(
            path,
            flat,
            photometric="rgb" if samples.shape[2] > 2 else "minisblack",
            planarconfig="contig" if samples.shape[2] > 1 else None,
            extrasamples=["unassalpha"] if samples.shape[2] % 2 == 0 else None,
            iccprofile=icc or None,
        )
    return path


@pytest.mark.parametrize("icc", [*PROFILES.values(), GREY], ids=[*PROFILES, "grey"])
@pytest.mark.parametrize("channels", LAYOUTS)
@pytest.mark.parametrize(("suffix", "depth"), FILES)
def test_what_is_read_in_strips_is_what_is_read_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    depth: str,
    channels: int,
    icc: bytes,
) -> None:
    samples = picture(TYPES[depth], channels)
    path = write(tmp_path / f"a{suffix}", samples, icc)
    there = space_of(PROFILES["p3"])
    whole = read(path)
    plane = whole.pixels("style", there, "16")

    monkeypatch.setattr(strips, "STRIP_PIXELS", TINY)
    parts = read(path)

    assert (parts.profile, parts.depth, parts.notice) == (whole.profile, whole.depth, whole.notice)
    assert parts.samples.dtype == whole.samples.dtype
    np.testing.assert_array_equal(parts.samples, whole.samples)
    assert parts.pixels("style", there, "16").plane == plane.plane
    if icc != GREY or channels > 2:
        expected = samples if channels > 2 else samples[:, :, [0, 0, 0, 1][: channels + 2]]
        np.testing.assert_array_equal(parts.samples, expected)


@pytest.mark.parametrize("icc", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("layout", [*LAYOUTS.values(), "BGRA"])
@pytest.mark.parametrize(("suffix", "depth"), [*FILES, (".jpg", "8"), (".webp", "8")])
def test_what_is_written_in_strips_is_what_is_written_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    depth: str,
    layout: str,
    icc: bytes,
) -> None:
    if (suffix, layout) == (".jpg", "GRAYA"):
        pytest.skip("Pillow writes no JPEG of this")
    for dtype in NAMES:
        samples = plane(picture(dtype, len(layout.replace("GRAY", "G"))), layout)
        encoding = Encoding(depth, space_of(icc))
        whole, parts = tmp_path / f"whole-{dtype}{suffix}", tmp_path / f"parts-{dtype}{suffix}"
        with monkeypatch.context() as patch:
            notice = save(samples, whole, "{}", encoding)
            patch.setattr(strips, "STRIP_PIXELS", TINY)
            assert save(samples, parts, "{}", encoding) == notice

        assert parts.read_bytes() == whole.read_bytes()
        assert read(parts).depth == depth


@pytest.mark.parametrize("channels", LAYOUTS)
@pytest.mark.parametrize(("depth", "height"), [("16", 37), ("float", 37), ("16", 1_700)])
def test_a_tiff_in_strips_is_the_file_that_tifffile_writes_of_the_whole(
    tmp_path: Path, depth: str, height: int, channels: int
) -> None:
    samples = np.resize(picture(TYPES[depth], channels), (height, WIDTH, channels))
    pixels = Pixels(
        describe("result", WIDTH, height, LAYOUTS[channels], NAMES[TYPES[depth]], samples),
        samples.data.cast("B"),
    )

    save(pixels, tmp_path / "a.tiff", "", Encoding(depth, Space(PROFILES["p3"], PROFILES["p3"])))

    tifffile.imwrite(
        tmp_path / "b.tiff",
        samples[:, :, 0] if channels == 1 else samples,
        photometric="rgb" if channels > 2 else "minisblack",
        planarconfig=None if channels == 1 else "contig",
        extrasamples=None if channels % 2 else ["unassalpha"],
        compression="zlib",
        predictor=True,
        iccprofile=PROFILES["p3"],
        software=False,
        metadata=None,
    )
    assert (tmp_path / "a.tiff").read_bytes() == (tmp_path / "b.tiff").read_bytes()


LAID_OUT = [
    {},
    {"compression": "zlib", "predictor": True},
    {"compression": "zlib", "rowsperstrip": 3},
    {"compression": "lzw", "rowsperstrip": 5},
    {"compression": "packbits"},
    {"rowsperstrip": 4},
    {"tile": (16, 32)},
    {"tile": (16, 32), "compression": "zlib"},
]


@pytest.mark.parametrize("separate", [False, True], ids=["contiguous", "planar"])
@pytest.mark.parametrize("options", LAID_OUT, ids=str)
@pytest.mark.parametrize("dtype", ["u2", "f2", "f4", "f8"])
def test_a_tiff_is_read_in_strips_however_it_was_laid_out(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dtype: str,
    options: dict[str, Any],
    separate: bool,
) -> None:
    samples = picture("u2", 4) if dtype == "u2" else picture("f4", 4).astype(dtype)
    stored = np.ascontiguousarray(np.moveaxis(samples, -1, 0)) if separate else samples
    for byte_order, rows, orientation in itertools.product("<>", [1, 5], [1, 6, 7]):
        monkeypatch.setattr(strips, "STRIP_PIXELS", rows * WIDTH)
        laid_out: dict[str, Any] = {**options, "byteorder": byte_order, "bigtiff": rows == 1}
        tifffile.imwrite(
            tmp_path / "a.tiff",
            stored,
            photometric="rgb",
            planarconfig="separate" if separate else "contig",
            extrasamples=["unassalpha"],
            extratags=[(0x0112, "H", 1, orientation, True)],
            **laid_out,
        )

        found = read(tmp_path / "a.tiff").samples

        transverse = np.rot90(samples.transpose(1, 0, 2), 2)
        upright = {1: samples, 6: np.rot90(samples, -1), 7: transverse}
        assert found.dtype == np.dtype("u2" if dtype == "u2" else "f4")
        np.testing.assert_array_equal(found, upright[orientation].astype(found.dtype))


def test_what_a_tiff_stores_in_another_way_is_put_right_in_strips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strips, "STRIP_PIXELS", TINY)
    path = tmp_path / "a.tiff"
    deep = picture("u2", 4)

    white = 65_535 - deep[:, :, 0]
    tifffile.imwrite(path, white, photometric="miniswhite")
    np.testing.assert_array_equal(read(path).samples[:, :, 1], deep[:, :, 0])

    twelve = deep[:, :, :3] >> 4
    tifffile.imwrite(path, twelve, photometric="rgb", bitspersample=12)
    np.testing.assert_array_equal(read(path).samples, np.rint(twelve * (65_535 / 4_095)))

    deep[:, :, 3] |= 1
    times_alpha = np.floor_divide(deep[:, :, :3].astype(np.int64) * deep[:, :, 3:], 65_535)
    stored = np.concatenate([times_alpha.astype(np.uint16), deep[:, :, 3:]], axis=2)
    tifffile.imwrite(path, stored, photometric="rgb", extrasamples=["assocalpha"])
    straight = np.rint(times_alpha / (deep[:, :, 3:] / 65_535))
    found = read(path).samples
    np.testing.assert_array_equal(found[:, :, 3], deep[:, :, 3])
    np.testing.assert_allclose(found[:, :, :3], straight, atol=1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("orientation", [1, 2, 5, 8])
def test_what_pillow_decodes_is_taken_in_strips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, orientation: int
) -> None:
    image = Image.fromarray(picture("u1", 4))
    if mode != "RGBA":
        image = image.convert("RGB").convert(mode.replace("PA", "P"))
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    options: dict[str, Any] = {"transparency": bytes(range(200))} if mode == "PA" else {}
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, exif=exif, **options)
    whole = load(path, "style")

    monkeypatch.setattr(strips, "STRIP_PIXELS", TINY)
    parts = load(path, "style")

    assert parts.plane == whole.plane
    with Image.open(path) as again:
        kind = "RGBA" if parts.plane.layout == "RGBA" else "RGB"
        expected = np.asarray(ImageOps.exif_transpose(again).convert(kind))
        np.testing.assert_array_equal(as_array(parts), expected)


@pytest.mark.parametrize("depth", TYPES)
def test_a_big_tiff_is_read(tmp_path: Path, depth: str) -> None:
    samples = picture(TYPES[depth], 3)
    tifffile.imwrite(tmp_path / "a.tiff", samples, photometric="rgb", bigtiff=True)
    assert (tmp_path / "a.tiff").read_bytes().startswith(b"II+\0")

    file = read(tmp_path / "a.tiff")

    assert file.depth == depth
    np.testing.assert_array_equal(file.samples, samples)


@pytest.mark.parametrize("depth", ["16", "float"])
def test_a_tiff_becomes_a_big_one_where_its_samples_may_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: str
) -> None:
    samples = picture(TYPES[depth], 4)
    for spare, magic in [(0, b"II*\0"), (-1, b"II+\0")]:
        monkeypatch.setattr(tiff, "CLASSIC_BYTES", samples.nbytes + spare)

        save(plane(samples, "RGBA"), tmp_path / "a.tiff", "", Encoding(depth))

        assert (tmp_path / "a.tiff").read_bytes().startswith(magic)
        np.testing.assert_array_equal(read(tmp_path / "a.tiff").samples, samples)
