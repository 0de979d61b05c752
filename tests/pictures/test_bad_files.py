"""Files that are no usable picture: each is refused with one sentence, whatever is wrong."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from gramarye.pictures import MIN_SIDE, PictureFileError, load

SUFFIXES = (".png", ".jpg", ".tiff", ".webp", ".gif", ".bmp", ".ppm")


def encoded(suffix: str, width: int = 48, height: int = 32) -> bytes:
    rng = np.random.default_rng(3)
    buffer = io.BytesIO()
    image = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    image.save(buffer, format=Image.registered_extensions()[suffix])
    return buffer.getvalue()


def refusal(path: Path) -> PictureFileError:
    with pytest.raises(PictureFileError) as caught:
        load(path, "content")
    assert caught.value.sentence.endswith(".")
    assert str(path) in caught.value.sentence
    return caught.value


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and brings next to no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(64))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nothing.png").code == "missing"


def test_a_folder_is_not_a_picture(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "directory"


def test_an_empty_file_is_not_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")

    assert refusal(tmp_path / "a.png").code == "empty"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")

    assert refusal(tmp_path / "a.png").code == "not-a-picture"


def test_text_is_not_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("Starry night, oil on canvas\n" * 20)

    assert refusal(tmp_path / "a.png").code == "not-a-picture"


def test_postscript_is_never_handed_to_an_interpreter(tmp_path: Path) -> None:
    (tmp_path / "a.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\nshowpage\n")

    assert refusal(tmp_path / "a.eps").code == "not-a-picture"


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff", ".webp", ".bmp", ".ppm"])
def test_a_truncated_picture_is_damaged(tmp_path: Path, suffix: str) -> None:
    whole = encoded(suffix)
    (tmp_path / f"a{suffix}").write_bytes(whole[: len(whole) // 2])

    assert refusal(tmp_path / f"a{suffix}").code in ("damaged", "not-a-picture")


@pytest.mark.parametrize("size", [(1, 1), (MIN_SIDE - 1, 64), (64, MIN_SIDE - 1)])
def test_a_picture_too_small_to_show_a_style_is_refused(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    (tmp_path / "a.png").write_bytes(encoded(".png", *size))

    assert refusal(tmp_path / "a.png").code == "too-small"


@pytest.mark.parametrize("size", [(65_537, 16), (16, 65_537), (16_385, 16_384), (60_000, 60_000)])
def test_a_huge_picture_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(png_header(*size))

    assert refusal(tmp_path / "a.png").code == "too-large"


def test_a_header_that_promises_more_than_the_file_holds_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_header(2_000, 2_000))

    assert refusal(tmp_path / "a.png").code == "damaged"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(".png"))
    (tmp_path / "a.png").chmod(0)

    assert refusal(tmp_path / "a.png").code == "unreadable"


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_corrupted_picture_is_read_or_refused_and_nothing_else(
    tmp_path: Path, suffix: str, data: st.DataObject
) -> None:
    damaged = bytearray(encoded(suffix))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(1, len(damaged))) :]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(damaged)

    try:
        pixels = load(path, "content")
    except PictureFileError as error:
        assert error.sentence  # noqa: PT017 - being refused is one of two good ends
    else:
        assert len(memoryview(pixels.data).cast("B")) == pixels.plane.nbytes
