"""Deep files that are damaged or unusual: each is read or refused with one sentence."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gramarye.pictures import PictureFileError, load

from .deep_files import DISPLAY_P3, profile, write_png16

PICTURE = np.random.default_rng(3).integers(0, 65_536, (32, 48, 3)).astype(np.uint16)
LINEAR_P3 = profile(DISPLAY_P3, 1.0)  # once: it has the time of day in it
KINDS = ("png16", "tiff16", "tiff16-zlib", "tiff-float-lzw", "tiff16-tiled")


def deep_file(path: Path, kind: str) -> Path:
    """A sound deep picture with a linear profile, so that damage may strike that too."""
    icc = LINEAR_P3
    if kind == "png16":
        return write_png16(path, PICTURE, icc)
    samples = PICTURE if "16" in kind else (PICTURE / 65_535).astype(np.float32)
    options: dict[str, Any] = {"tile": (16, 16)} if "tiled" in kind else {}
    options["compression"] = next((name for name in ("zlib", "lzw") if name in kind), None)
    tifffile.imwrite(path, samples, photometric="rgb", iccprofile=icc, **options)
    return path


def refusal(path: Path) -> PictureFileError:
    with pytest.raises(PictureFileError) as caught:
        load(path, "content")
    assert str(path) in caught.value.sentence
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.7, 0.97])
def test_a_truncated_deep_picture_is_damaged(tmp_path: Path, kind: str, part: float) -> None:
    path = deep_file(tmp_path / "a", kind)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])

    assert refusal(path).code in ("damaged", "not-a-picture")


@pytest.mark.parametrize("size", [(65_537, 16), (16_385, 16_384), (60_000, 60_000)])
def test_a_huge_deep_picture_is_refused_by_its_header(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = deep_file(tmp_path / "a.tiff", "tiff16")
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages.first.tags
        tags["ImageWidth"].overwrite(size[0], dtype="I")
        tags["ImageLength"].overwrite(size[1], dtype="I")

    assert refusal(path).code == "too-large"


def test_a_tile_larger_than_the_picture_needs_is_refused(tmp_path: Path) -> None:
    path = deep_file(tmp_path / "a.tiff", "tiff16-tiled")
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages.first.tags
        tags["TileWidth"].overwrite(1 << 20, dtype="I")
        tags["TileLength"].overwrite(1 << 20, dtype="I")

    assert refusal(path).code == "damaged"


def test_a_header_that_promises_more_than_the_file_holds_is_damaged(tmp_path: Path) -> None:
    path = deep_file(tmp_path / "a.tiff", "tiff16")
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages.first.tags["ImageLength"].overwrite(4_000)

    assert refusal(path).code == "damaged"


def test_a_strip_that_unpacks_to_more_than_the_picture_is_damaged(tmp_path: Path) -> None:
    path = deep_file(tmp_path / "a.tiff", "tiff16-zlib")
    bomb = zlib.compress(bytes(64 << 20))
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages.first.tags
        tags["StripOffsets"].overwrite([path.stat().st_size])
        tags["StripByteCounts"].overwrite([len(bomb)])
    with path.open("ab") as file:
        file.write(bomb)

    assert refusal(path).code == "damaged"


def test_strips_that_unpack_to_much_more_take_no_more_memory_than_the_picture(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.tiff"
    tifffile.imwrite(path, PICTURE, photometric="rgb", compression="zlib", rowsperstrip=1)
    bomb = zlib.compress(bytes(64 << 20))
    with tifffile.TiffFile(path, mode="r+") as file:
        tags = file.pages.first.tags
        tags["StripOffsets"].overwrite([path.stat().st_size] * len(PICTURE))
        tags["StripByteCounts"].overwrite([len(bomb)] * len(PICTURE))
    with path.open("ab") as file:
        file.write(bomb)

    tracemalloc.start()
    try:
        refused = refusal(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.code == "damaged"
    assert peak < 16 << 20


def test_a_size_told_twice_is_damaged(tmp_path: Path) -> None:
    whole = deep_file(tmp_path / "a.png", "png16").read_bytes()
    header = whole[8:33]
    (tmp_path / "a.png").write_bytes(whole[:33] + header + whole[33:])

    assert refusal(tmp_path / "a.png").code in ("damaged", "not-a-picture")


@pytest.mark.parametrize("photometric", ["cielab", "separated"])
def test_deep_colours_of_another_model_are_refused(tmp_path: Path, photometric: str) -> None:
    channels = 4 if photometric == "separated" else 3
    samples = np.zeros((32, 32, channels), np.uint16)
    tifffile.imwrite(tmp_path / "a.tiff", samples, photometric=photometric)

    assert refusal(tmp_path / "a.tiff").code == "unsupported"


def test_more_channels_than_colours_and_alpha_are_refused(tmp_path: Path) -> None:
    samples = np.zeros((32, 32, 6), np.uint16)
    tifffile.imwrite(tmp_path / "a.tiff", samples, photometric="rgb", planarconfig="contig")

    assert refusal(tmp_path / "a.tiff").code == "unsupported"


def test_a_directory_that_points_to_itself_ends(tmp_path: Path) -> None:
    entry = struct.pack("<HHII", 254, 4, 1, 0)
    loop = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + struct.pack("<I", 8)
    (tmp_path / "a.tiff").write_bytes(loop)

    assert refusal(tmp_path / "a.tiff").code in ("damaged", "not-a-picture")


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_corrupted_deep_picture_is_read_or_refused_and_nothing_else(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    damaged = bytearray(deep_file(tmp_path / "a", kind).read_bytes())
    ends = st.integers(0, 1_200) | st.integers(0, len(damaged) - 1)  # headers are at the start
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[min(data.draw(ends), len(damaged) - 1)] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(1, len(damaged))) :]
    (tmp_path / "a").write_bytes(damaged)

    try:
        pixels = load(tmp_path / "a", "content")
    except PictureFileError as error:
        assert error.sentence  # noqa: PT017 - being refused is one of two good ends
    else:
        assert len(memoryview(pixels.data).cast("B")) == pixels.plane.nbytes
