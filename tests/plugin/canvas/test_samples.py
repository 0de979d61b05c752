"""Alpha in plain buffers: taken out, put back, looked at; of every model and depth."""

from __future__ import annotations

import numpy as np
import pytest

from gramarye_krita.canvas import samples
from gramarye_krita.canvas.spaces import CHANNELS, DTYPES, Space

KINDS = {"U8": "<u1", "U16": "<u2", "F16": "<f2", "F32": "<f4"}
SPACES = [Space(model, depth, "") for model in CHANNELS for depth in DTYPES]


def words(space: Space) -> str:
    return space.words


def some(space: Space, width: int = 7, height: int = 5) -> np.ndarray:
    values = np.random.default_rng(5).random((height, width, space.channels))
    top = {"U8": 255, "U16": 65535}.get(space.depth, 1)
    return (values * top).astype(KINDS[space.depth])


@pytest.mark.parametrize("space", SPACES, ids=words)
def test_the_alpha_is_the_last_channel(space: Space) -> None:
    pixels = some(space)
    assert samples.alpha_of(pixels.tobytes(), space) == pixels[..., -1].tobytes()
    assert len(pixels.tobytes()) == 35 * space.pixel_bytes


@pytest.mark.parametrize("space", SPACES, ids=words)
def test_another_alpha_leaves_the_colours_alone(space: Space) -> None:
    pixels = some(space)
    changed = pixels.copy()
    changed[..., -1] = changed[::-1, ::-1, -1]
    alpha = np.ascontiguousarray(changed[..., -1]).tobytes()
    assert samples.with_alpha(pixels.tobytes(), alpha, space) == changed.tobytes()


@pytest.mark.parametrize("space", SPACES, ids=words)
def test_opaque_is_the_most_that_a_depth_can_say(space: Space) -> None:
    pixels = some(space)
    pixels[..., -1] = {"U8": 255, "U16": 65535}.get(space.depth, 1)
    assert samples.opaque(some(space).tobytes(), space) == pixels.tobytes()


def test_a_veil_is_black_and_as_opaque_as_it_is_told() -> None:
    assert samples.veil(b"\x00\x80\xff") == b"\0\0\0\x00\0\0\0\x80\0\0\0\xff"


def test_only_zeros_are_clear() -> None:
    assert samples.is_clear(bytes(100))
    assert not samples.is_clear(bytes(99) + b"\x01")


@pytest.mark.parametrize("depth", sorted(KINDS))
def test_a_smaller_alpha_has_the_nearest_samples_in_8_bits(depth: str) -> None:
    top = {"U8": 255, "U16": 65535}.get(depth, 1)
    ramp = (np.linspace(0, 1, 12 * 8).reshape(8, 12) * top).astype(KINDS[depth])
    small = samples.sampled(ramp.tobytes(), depth, (12, 8), (4, 2))
    expected = np.rint(ramp[2::4, 1::3].astype(float) / top * 255)
    np.testing.assert_array_equal(np.frombuffer(small, np.uint8).reshape(2, 4), expected)


def test_a_smaller_alpha_of_wild_floats_stays_within_8_bits() -> None:
    wild = np.array([[2.0, -1.0]], "<f4").tobytes()
    assert samples.sampled(wild, "F32", (2, 1), (2, 1)) == b"\xff\x00"
