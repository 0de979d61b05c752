"""The Python API: pictures of every kind in, a result that can be looked at and kept."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import gramarye
from gramarye.arrays import as_pixels, to_array
from gramarye.cli import main
from gramarye.engine.errors import PictureError, SettingsError, WeightsError
from gramarye.pictures import PictureFileError, load
from gramarye_protocol import BUILTIN_NOTICE, describe

from .engine.helpers import picture, random_state

CONTENT, STYLE = picture(48, 64, 1), picture(40, 40, 2)
BYTES = (CONTENT * 255).round().byte().permute(1, 2, 0).numpy()
QUICK: dict[str, Any] = {"features": "builtin", "quality": "draft", "steps": 2, "device": "cpu"}


@pytest.fixture(autouse=True)
def no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has in its caches, these tests start without weights."""
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def file(path: Path) -> Path:
    Image.fromarray(BYTES).save(path)
    return path


def test_importing_it_waits_for_nothing_heavy() -> None:
    program = (
        "import sys, gramarye; gramarye.__version__; dir(gramarye)\n"
        "heavy = {'torch', 'numpy', 'PIL', 'pydantic', 'zmq'} & sys.modules.keys()\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_all_that_it_names_is_there() -> None:
    for name in gramarye.__all__:
        assert getattr(gramarye, name) is not None
    assert set(gramarye.__all__) <= set(dir(gramarye))
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        gramarye.paint  # type: ignore[attr-defined]  # noqa: B018


def test_a_path_a_picture_an_array_and_a_tensor_give_the_same_bytes(tmp_path: Path) -> None:
    path = file(tmp_path / "content.png")
    tensor = torch.from_numpy(BYTES.copy()).permute(2, 0, 1)
    given = [path, str(path), Image.fromarray(BYTES), BYTES, tensor]

    first, *others = (gramarye.stylize(content, STYLE, **QUICK) for content in given)

    for other in others:
        assert other.made_with == first.made_with
        assert np.array_equal(other.array, first.array)


def test_it_gives_the_bytes_of_the_command_line(tmp_path: Path) -> None:
    content, style = file(tmp_path / "content.png"), file(tmp_path / "style.webp")
    out = tmp_path / "cli.png"
    words = ("--features", "builtin", "--quality", "draft", "--steps", "2", "--strength", "70")
    assert main(["stylize", str(content), str(style), "-o", str(out), *words]) == 0

    gramarye.stylize(content, style, strength=70, **QUICK).save(tmp_path / "api.png")

    assert (tmp_path / "api.png").read_bytes() == out.read_bytes()


@pytest.mark.parametrize(
    ("content", "shape", "dtype", "mode"),
    [
        pytest.param(BYTES, (48, 64, 3), "uint8", "RGB", id="u8"),
        pytest.param(BYTES.astype(np.uint16) * 257, (48, 64, 3), "uint16", "RGB", id="u16"),
        pytest.param(BYTES.astype(">u2") * 257, (48, 64, 3), "uint16", "RGB", id="u16 swapped"),
        pytest.param(BYTES / 255, (48, 64, 3), "float32", "RGB", id="f64"),
        pytest.param((BYTES / 255).astype("f2"), (48, 64, 3), "float16", "RGB", id="f16"),
        pytest.param(BYTES[..., 0], (48, 64), "uint8", "L", id="grey"),
        pytest.param(BYTES[::2, ::-1], (24, 64, 3), "uint8", "RGB", id="strided"),
        pytest.param(BYTES[..., [0, 1, 2, 0]], (48, 64, 4), "uint8", "RGBA", id="alpha"),
        pytest.param(CONTENT, (48, 64, 3), "float32", "RGB", id="tensor"),
        pytest.param(CONTENT.bfloat16(), (48, 64, 3), "float32", "RGB", id="bfloat16"),
        pytest.param(CONTENT.clone().requires_grad_(), (48, 64, 3), "float32", "RGB", id="grad"),
        pytest.param(CONTENT[0], (48, 64), "float32", "L", id="grey tensor"),
    ],
)
def test_the_result_has_the_contents_shape_and_depth(
    content: Any, shape: tuple[int, ...], dtype: str, mode: str
) -> None:
    result = gramarye.stylize(content, STYLE, **QUICK)

    channels = shape[2] if len(shape) == 3 else 1
    assert (result.array.shape, result.array.dtype.name) == (shape, dtype)
    assert (result.tensor.shape, result.tensor.dtype) == ((channels, *shape[:2]), torch.float32)
    assert 0 <= float(result.tensor.min()) <= float(result.tensor.max()) <= 1
    assert (result.image.size, result.image.mode) == ((shape[1], shape[0]), mode)
    unit = np.asarray(result.image, np.float32).reshape(*shape[:2], channels) / 255
    assert np.abs(unit - result.tensor.permute(1, 2, 0).numpy()).max() <= 0.5 / 255 + 1e-3


def test_the_contents_alpha_is_kept() -> None:
    alpha = np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))
    content = np.dstack([BYTES, alpha])

    assert np.array_equal(gramarye.stylize(content, STYLE, **QUICK).array[..., 3], alpha)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "RGBA", "I;16", "F"])
def test_every_mode_of_pillow_can_be_a_style(mode: str) -> None:
    grey = BYTES[..., 0]
    if mode == "I;16":
        style = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode == "F":
        style = Image.fromarray(grey.astype(np.float32) / 255)
    else:
        style = Image.fromarray(BYTES).convert(mode)
    assert style.mode == mode

    assert gramarye.stylize(BYTES, style, **QUICK).array.shape == BYTES.shape


def test_16_bits_of_grey_lose_nothing_on_their_way_in() -> None:
    ramp = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16

    assert np.array_equal(to_array(as_pixels(Image.fromarray(ramp), "content")), ramp)


def test_what_krita_sends_is_shown_red_first() -> None:
    pixels = as_pixels(BYTES[..., [2, 1, 0, 0]], "content")
    krita = gramarye.arrays.Pixels(  # type: ignore[attr-defined]
        describe("content", 64, 48, "BGRA", "u8", pixels.data), pixels.data
    )

    assert np.array_equal(to_array(krita)[..., :3], BYTES)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (np.zeros((3, 48, 64)), "has the shape (3, 48, 64): give (height, width)"),
        (np.zeros((1, 48, 64, 3)), "has the shape (1, 48, 64, 3)"),
        (np.zeros((0, 64, 3), np.uint8), "has the shape (0, 64, 3)"),
        (torch.zeros(1, 3, 48, 64), "(1, 3, 48, 64): give (3, H, W), without a batch"),
        (np.zeros((48, 64, 3), int), "numbers of the kind int64: give uint8"),
        (np.full((48, 64, 3), 255.0), "divide by 255"),
        (np.full((48, 64, 3), np.nan), "not numbers at all"),
        (7, "is a int: give a path"),
        (np.zeros((8, 8, 3)), "8×8 pixels"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(content: Any, part: str) -> None:
    with pytest.raises(PictureError) as caught:
        gramarye.stylize(content, STYLE, **QUICK)
    assert part in caught.value.sentence


@pytest.mark.parametrize(
    ("chosen", "error", "part"),
    [
        ({"stepz": 3}, SettingsError, "no setting 'stepz': .*steps"),
        ({"steps": "many"}, SettingsError, "setting steps must be a whole number"),
        ({"strength": 101}, SettingsError, "setting strength must be a number from 0 to 100"),
        ({"strength": float("nan")}, SettingsError, "setting strength must be a number"),
        ({"keep_colours": "all"}, SettingsError, "keep_colours must be one of off, luminance"),
        ({"recipe": "cold"}, SettingsError, "no recipe 'cold'"),
        ({"recipe": "cold.toml"}, SettingsError, "cold.toml cannot be read"),
        ({"features": "vgg19"}, WeightsError, "no weights for vgg19"),
        ({"weights": "none.pth"}, WeightsError, "none.pth"),
        ({"device": "abacus"}, SettingsError, "no device"),
        ({"init": "none.png"}, PictureFileError, "no file none.png"),
        ({"style_shares": (1, 2)}, SettingsError, "1 styles and 2 shares"),
        ({"regions": [(CONTENT[0], 3)]}, SettingsError, "style 3, which is not there"),
        ({"style_masks": {1: STYLE[0]}}, SettingsError, "belongs to style 2, and there are 1"),
    ],
)
def test_what_cannot_be_is_refused_with_a_typed_error(
    chosen: dict[str, Any], error: type[Exception], part: str
) -> None:
    with pytest.raises(error, match=part):
        gramarye.stylize(CONTENT, STYLE, **{**QUICK, **chosen})


def test_numbers_from_numpy_are_numbers() -> None:
    strengths = np.linspace(0, 100, 3)
    result = gramarye.stylize(
        CONTENT, STYLE, **{**QUICK, "steps": np.int64(1)}, strength=strengths[1]
    )

    assert result.recipe.schedule.steps == 1


def test_settings_and_recipe_reach_the_result() -> None:
    recipe = gramarye.preset("builtin", "draft", "texture")
    result = gramarye.stylize(
        CONTENT,
        STYLE,
        recipe=recipe,
        size=32,
        steps=3,
        seed=7,
        keep_colours="match",
        init="content",
    )

    made = result.recipe
    assert (made.name, made.seed, made.schedule.steps) == ("texture", 7, 3)
    assert (made.colour.keep, made.start.kind) == ("match", "content")
    assert result.array.shape == (24, 32, 3)
    assert result.features.startswith("builtin patches ")
    assert result.losses["total"] > 0


def test_progress_is_told_of_every_step() -> None:
    updates: list[gramarye.Update] = []

    gramarye.stylize(CONTENT, STYLE, progress=updates.append, **{**QUICK, "steps": 4})

    assert [(one.step, one.steps) for one in updates] == [(n, 4) for n in (1, 2, 3, 4)]
    assert all(one.losses["total"] > 0 for one in updates)
    assert (updates[-1].image.size, updates[-1].image.mode) == ((64, 48), "RGB")


def test_steps_ends_with_the_result_of_stylize() -> None:
    *updates, result = gramarye.steps(CONTENT, STYLE, **QUICK)

    assert [one.step for one in updates if isinstance(one, gramarye.Update)] == [1, 2]
    assert isinstance(result, gramarye.Result)
    assert np.array_equal(result.array, gramarye.stylize(CONTENT, STYLE, **QUICK).array)


def test_a_loop_can_be_left_at_any_step() -> None:
    moments = gramarye.steps(CONTENT, STYLE, **{**QUICK, "steps": 100_000})
    first = next(moments)
    moments.close()

    assert isinstance(first, gramarye.Update)
    assert next(moments, None) is None


def test_an_error_in_progress_stops_the_work_and_comes_out() -> None:
    def stop(update: gramarye.Update) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gramarye.stylize(CONTENT, STYLE, progress=stop, **{**QUICK, "steps": 100_000})


def test_several_styles_share_the_picture() -> None:
    dark, bright = 0.2 * STYLE, 0.8 + 0.2 * STYLE

    mostly_dark, mostly_bright = (
        gramarye.stylize(CONTENT, [dark, bright], style_shares=shares, **QUICK).tensor.mean()
        for shares in ((9, 1), (1, 9))
    )

    assert float(mostly_bright - mostly_dark) > 0.3


def test_a_region_takes_its_own_style_and_one_without_keeps_the_content() -> None:
    left = np.zeros((48, 64), bool)
    left[:, :32] = True
    result = gramarye.stylize(BYTES, STYLE, regions=[(left, 0), (~left, None)], **QUICK).array

    assert np.array_equal(result[:, 40:], BYTES[:, 40:])
    assert np.abs(result[:, :24].astype(int) - BYTES[:, :24]).mean() > 5


def test_a_style_mask_says_what_to_take_from_a_style() -> None:
    style = torch.cat([0.2 * STYLE, 0.8 + 0.2 * STYLE], dim=2)
    dark = torch.zeros(style.shape[1:])
    dark[:, :40] = 1

    of_dark, of_bright = (
        gramarye.stylize(CONTENT, style, style_masks={0: mask}, **QUICK).tensor.mean()
        for mask in (dark, 1 - dark)
    )

    assert float(of_bright - of_dark) > 0.3


def test_it_can_start_from_a_picture() -> None:
    start = torch.full((3, 48, 64), 0.25)
    result = gramarye.stylize(CONTENT, STYLE, init=start, **{**QUICK, "steps": 1})

    assert float((result.tensor - start).abs().max()) < 0.01


def test_what_was_replaced_is_said(tmp_path: Path) -> None:
    chosen = {**QUICK, "features": "auto"}
    torch.save(random_state("vgg19"), tmp_path / "w.pth")

    assert gramarye.stylize(CONTENT, STYLE, **chosen).notice == BUILTIN_NOTICE
    with_weights = gramarye.stylize(CONTENT, STYLE, weights=tmp_path / "w.pth", **chosen)
    assert (with_weights.features, with_weights.notice) == ("vgg19", "")


def test_a_saved_result_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "painted.png"
    first = gramarye.stylize(BYTES, STYLE, size=40, strength=70, seed=3, **QUICK)

    assert first.save(path) == ""
    again = gramarye.stylize(BYTES, STYLE, recipe=path)

    assert gramarye.load_recipe(path) == first.recipe == again.recipe
    assert again.made_with == first.made_with
    assert np.array_equal(again.array, first.array)


def test_a_result_of_floats_is_saved_in_the_finest_depth_that_the_file_holds(
    tmp_path: Path,
) -> None:
    result = gramarye.stylize(CONTENT, STYLE, **QUICK)

    assert "cannot hold" in result.save(tmp_path / "painted.png")
    assert result.save(tmp_path / "painted.tiff") == ""

    for name, dtype, step in (("painted.png", np.uint16, 1 / 65535), ("painted.tiff", "f4", 1)):
        saved = load(tmp_path / name, "content")
        samples = np.frombuffer(saved.data, dtype).reshape(result.array.shape)
        assert np.abs(samples * step - result.array).max() < 0.51 / 65535


def test_a_notebook_shows_the_picture_and_what_it_was_made_with() -> None:
    result = gramarye.stylize(BYTES, STYLE, **{**QUICK, "features": "auto"})

    with Image.open(io.BytesIO(result._repr_png_())) as shown:
        assert np.array_equal(np.asarray(shown), result.array)
    page = result._repr_html_()
    assert page.startswith('<img src="data:image/png;base64,')
    assert "warm, builtin patches" in page
    assert "gramarye weights fetch vgg19" in page
    assert len(repr(result)) < 500
