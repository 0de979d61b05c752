"""What travels with a job comes back as it was; what others wrote there is no memo of ours."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gramarye.cli.memo import LargeProfileError, Memo, memo_of
from gramarye.pictures import DEPTHS, SRGB, Encoding, Space
from gramarye.pictures.profiles import space_of
from gramarye_protocol import Plane, describe

from .helpers import p3_profile


def plane(memo: str, dtype: str = "u8", profile: str = "") -> Plane:
    data = bytes(4 if dtype == "f32" else 1)
    return describe("result", 1, 1, "GRAY", dtype, data, memo=memo, profile=profile)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("gamma", [None, 1.0, 2.2])
def test_a_memo_comes_back_as_it_was(depth: str, asked: bool, gamma: float | None) -> None:
    space = SRGB
    if gamma is not None:
        profile = p3_profile(gamma)
        space = space_of(profile)
        assert space.profile == profile
    memo = Memo(Encoding(depth, space), asked, ("Its profile “é” was odd.",))
    assert memo_of(plane(memo.pack())) == memo


def test_a_profile_that_is_too_large_is_refused_in_a_sentence() -> None:
    noise = np.random.default_rng(0).bytes(20_000)
    with pytest.raises(LargeProfileError) as refused:
        Memo(Encoding("8", Space(noise, noise))).pack()
    assert "Use stylize" in refused.value.sentence


@given(st.text(max_size=200) | st.just('{"gramarye":1,"depth":"8"}'))
def test_the_memo_of_another_program_is_not_understood_and_does_no_harm(text: str) -> None:
    memo = memo_of(plane(text))
    assert memo.encoding == Encoding("8", SRGB)
    assert len(memo.notices) == 1


@pytest.mark.parametrize("packed", ["!", "AAAA", "eJxLTEoGAAJNASc="])
def test_a_profile_that_cannot_be_unpacked_is_none(packed: str) -> None:
    told = {"gramarye": 1, "depth": "16", "asked": True, "notices": [], "profile": packed}
    assert memo_of(plane(json.dumps(told))).encoding == Encoding("8", SRGB)


def test_without_a_memo_a_result_is_as_deep_as_its_pixels_and_its_colours_are_named() -> None:
    memo = memo_of(plane("", "f32", "sRGB-elle-V2-srgbtrc.icc"))
    assert memo.encoding == Encoding("float", SRGB)
    assert "sRGB-elle-V2-srgbtrc.icc" in memo.notices[0]
