"""Planes to tensors and back: order, depth, alpha; nothing lost on the way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gramarye.engine import pyramid
from gramarye.engine.errors import PictureError
from gramarye.engine.picture import Picture, fitted
from gramarye.pixels import Pixels, preview_pixels, to_mask, to_picture, to_pixels
from gramarye_protocol import DTYPES, LAYOUTS, describe

KINDS = {"u8": "u1", "u16": "u2", "f16": "f2", "f32": "f4"}


def _pixels(samples: np.ndarray, layout: str, dtype: str, order: str = "little") -> Pixels:
    stored = samples.astype(("<" if order == "little" else ">") + KINDS[dtype])
    height, width = samples.shape[:2]
    data = stored.tobytes()
    return Pixels(describe("content", width, height, layout, dtype, data, byte_order=order), data)


@given(
    layout=st.sampled_from(sorted(LAYOUTS)),
    dtype=st.sampled_from(sorted(DTYPES)),
    order=st.sampled_from(["little", "big"]),
    height=st.integers(1, 6),
    width=st.integers(1, 6),
    seed=st.integers(0, 2**16),
)
@settings(max_examples=150, deadline=None)
def test_decoding_and_encoding_returns_every_sample(
    layout: str, dtype: str, order: str, height: int, width: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    top = {"u8": 255, "u16": 65535}.get(dtype)
    shape = (height, width, LAYOUTS[layout])
    samples = random.random(shape).astype(np.float32)
    if dtype == "f16":
        samples = samples.astype(np.float16).astype(np.float32)
    if top is not None:
        samples = np.rint(samples * top)
    if layout in ("BGRA", "RGBA", "GRAYA"):
        samples[..., -1] = np.maximum(samples[..., -1], 1 if top else 2**-10)  # all visible
    before = _pixels(samples, layout, dtype, order)

    picture = to_picture(before)
    after = to_pixels(picture.colour, picture.alpha, before.plane, "result")

    kind = np.dtype(("<" if order == "little" else ">") + KINDS[dtype])
    got = np.frombuffer(after.data, kind).reshape(shape).astype(np.float32)
    # A grey is weighed from three equal channels, whose weights sum to 1 up to rounding.
    tolerance = (1e-6 if top is None else 0) if not layout.startswith("GRAY") else (top or 1) * 1e-3
    assert np.abs(got - samples).max() <= tolerance
    assert after.plane.role == "result"
    assert after.plane.byte_order == order


def test_kritas_order_puts_blue_first() -> None:
    blue = np.array([[[255, 0, 0, 255]]])
    picture = to_picture(_pixels(blue, "BGRA", "u8"))
    assert picture.colour[:, 0, 0].tolist() == [0, 0, 1]


def test_an_unseen_picture_is_refused_in_a_sentence() -> None:
    with pytest.raises(PictureError, match="content is fully transparent"):
        to_picture(_pixels(np.zeros((4, 4, 4)), "BGRA", "u8"))


def test_floats_that_are_no_numbers_or_out_of_range_are_brought_into_it() -> None:
    wild = np.array([[[np.nan, np.inf, -np.inf], [2.0, -1.0, 0.5]]])
    picture = to_picture(_pixels(wild, "RGB", "f32"))
    assert picture.colour.permute(1, 2, 0)[0].tolist() == [[0, 1, 0], [1, 0, 0.5]]


def test_fitting_gives_exactly_the_long_side_and_keeps_the_shape() -> None:
    picture = Picture(torch.rand(3, 100, 400), torch.rand(100, 400))
    small = fitted(picture, 128)
    assert small.colour.shape == (3, 32, 128)
    assert small.alpha is not None
    assert small.alpha.shape == (32, 128)
    assert fitted(picture, 800).colour.shape == (3, 200, 800)
    assert fitted(picture, 800, enlarge=False) is picture
    assert fitted(picture, None) is picture


def test_a_preview_is_small_rgb_whatever_the_job_is() -> None:
    plane = _pixels(np.full((4, 4, 4), 60000), "BGRA", "u16", "big").plane
    preview = preview_pixels(torch.rand(3, 300, 600), plane)
    assert (preview.plane.width, preview.plane.height) == (256, 128)
    assert (preview.plane.layout, preview.plane.dtype) == ("RGB", "u8")
    assert len(preview.data) == 256 * 128 * 3


def test_a_result_without_alpha_of_its_own_is_opaque() -> None:
    plane = _pixels(np.full((2, 2, 4), 255), "BGRA", "u8").plane
    result = to_pixels(torch.zeros(3, 2, 2), None, plane, "result")
    assert bytes(result.data) == b"\x00\x00\x00\xff" * 4


def test_a_mask_is_the_lightness_of_what_is_visible() -> None:
    grey = np.array([[[0], [51], [255]]])
    assert to_mask(_pixels(grey, "GRAY", "u8"))[0].tolist() == pytest.approx([0, 0.2, 1])
    hidden = np.array([[[255, 255, 255, 0], [255, 255, 255, 255]]])
    assert to_mask(_pixels(hidden, "RGBA", "u8"))[0].tolist() == [0, 1]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_large_plane_is_decoded_in_strips_as_a_small_one(
    monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    samples = np.random.default_rng(0).integers(0, 65_536, (37, 20, LAYOUTS[layout]))
    pixels = _pixels(samples, layout, "u16")
    mask, picture = to_mask(pixels), to_picture(pixels)

    monkeypatch.setattr(pyramid, "STRIP_PIXELS", 8 * 20)

    assert torch.equal(to_mask(pixels), mask)
    again = to_picture(pixels)
    torch.testing.assert_close(
        [again.colour, again.alpha], [picture.colour, picture.alpha], rtol=0, atol=0
    )


LINEAR = "sRGB-elle-V2-g10.icc"


def _linear(samples: np.ndarray, layout: str, dtype: str) -> Pixels:
    height, width = samples.shape[:2]
    data = samples.astype("<" + KINDS[dtype]).tobytes()
    return Pixels(describe("content", width, height, layout, dtype, data, profile=LINEAR), data)


def test_a_linear_plane_is_computed_with_as_the_eye_sees_it() -> None:
    grey = np.full((1, 1, 3), 0.21404114)  # the light of sRGB's 0.5
    assert to_picture(_linear(grey, "RGB", "f32")).colour.flatten().tolist() == pytest.approx(
        [0.5] * 3, abs=1e-6
    )
    assert to_mask(_linear(grey, "RGB", "f32")).item() == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(("dtype", "most"), [("u16", 1), ("f32", 1e-6), ("f16", 1e-3)])
def test_a_linear_plane_comes_back_linear(dtype: str, most: float) -> None:
    top = 65535 if dtype == "u16" else 1
    ramp = np.linspace(0, top, 300).reshape(10, 10, 3)
    alpha = np.full((10, 10, 1), top)
    before = _linear(np.concatenate([np.rint(ramp) if top > 1 else ramp, alpha], 2), "RGBA", dtype)

    picture = to_picture(before)
    after = to_pixels(picture.colour, picture.alpha, before.plane, "result")

    assert after.plane.profile == LINEAR
    kind = "<" + KINDS[dtype]
    got, given = (np.frombuffer(one.data, kind).astype(float) for one in (after, before))
    assert np.abs(got - given).max() <= most


def test_a_preview_of_a_linear_job_is_even_to_the_eye() -> None:
    plane = _linear(np.full((4, 4, 4), 1.0), "RGBA", "f32").plane
    preview = preview_pixels(torch.full((3, 8, 8), 0.5), plane)
    assert set(bytes(preview.data)) == {128}
    assert preview.plane.profile == ""
