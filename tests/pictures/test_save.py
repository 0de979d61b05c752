"""Writing picture files: whole or not at all, and nothing lost in silence."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gramarye.pictures import PictureFileError, check_output, load, save
from gramarye.studio import Pixels
from gramarye_protocol import describe


def pixels_of(array: np.ndarray, layout: str) -> Pixels:
    height, width = array.shape[:2]
    return Pixels(describe("result", width, height, layout, "u8", array), array.data.cast("B"))


def random_array(channels: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (20, 30, channels), dtype=np.uint8)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff", ".webp", ".PNG"])
@pytest.mark.parametrize("layout", ["RGB", "RGBA"])
def test_what_is_saved_without_loss_is_loaded_again(
    tmp_path: Path, suffix: str, layout: str
) -> None:
    array = random_array(len(layout))

    notice = save(pixels_of(array, layout), tmp_path / f"a{suffix}")

    assert notice == ""
    again = load(tmp_path / f"a{suffix}", "content")
    assert again.plane.layout == layout
    assert bytes(again.data) == array.tobytes()


@pytest.mark.parametrize("layout", ["BGRA", "RGBA"])
def test_colours_stand_in_their_channels_whatever_the_layout(tmp_path: Path, layout: str) -> None:
    orange = {"R": 250, "G": 120, "B": 10, "A": 200}
    array = np.empty((20, 20, 4), np.uint8)
    array[:] = [orange[channel] for channel in layout]

    save(pixels_of(array, layout), tmp_path / "a.png")

    assert Image.open(tmp_path / "a.png").getpixel((3, 3)) == (250, 120, 10, 200)


@pytest.mark.parametrize(("layout", "mode"), [("GRAY", "L"), ("GRAYA", "LA")])
def test_grey_stays_grey(tmp_path: Path, layout: str, mode: str) -> None:
    save(pixels_of(random_array(len(mode)), layout), tmp_path / "a.png")

    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == mode


def test_a_jpeg_says_that_transparency_became_white(tmp_path: Path) -> None:
    clear = np.zeros((20, 20, 4), np.uint8)

    notice = save(pixels_of(clear, "RGBA"), tmp_path / "a.jpg")

    assert "white" in notice
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)


def test_a_jpeg_of_an_opaque_picture_says_nothing(tmp_path: Path) -> None:
    opaque = random_array(4)
    opaque[:, :, 3] = 255

    assert save(pixels_of(opaque, "RGBA"), tmp_path / "a.jpeg") == ""


def test_an_unknown_suffix_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(PictureFileError, match="End the name in one of") as caught:
        check_output(tmp_path / "a.xcf", 100)
    assert caught.value.code == "suffix"


def test_a_missing_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(PictureFileError, match="does not exist"):
        check_output(tmp_path / "nowhere" / "a.png", 100)


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()

    with pytest.raises(PictureFileError, match="is a folder"):
        check_output(tmp_path / "a.png", 100)


def test_a_result_too_large_for_its_format_is_refused_before_any_work(tmp_path: Path) -> None:
    check_output(tmp_path / "a.png", 20_000)
    with pytest.raises(PictureFileError, match="16383"):
        check_output(tmp_path / "a.webp", 20_000)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(PictureFileError, match="could not be written"):
        check_output(tmp_path / "a.png", 100)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="this system has no /proc")
def test_a_folder_that_takes_no_files_is_refused_before_any_work() -> None:
    with pytest.raises(PictureFileError, match="could not be written"):
        check_output(Path("/proc/a.png"), 100)


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    check_output(tmp_path / "a.png", 100)

    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file_and_no_remains(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()  # replacing a folder by a file fails at the last moment

    with pytest.raises(PictureFileError, match="could not be written") as caught:
        save(pixels_of(random_array(3), "RGB"), tmp_path / "a.png")

    assert caught.value.code == "unwritable"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes")
def test_a_result_has_the_modes_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "ordinary").touch()

    save(pixels_of(random_array(3), "RGB"), tmp_path / "a.png")

    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "ordinary").stat().st_mode
