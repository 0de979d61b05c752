"""What a profile's name tells."""

from __future__ import annotations

import pytest

from gramarye_protocol.profiles import is_linear


@pytest.mark.parametrize(
    "name", ["sRGB-elle-V2-g10.icc", "ACEScg-elle-V4-g10.icc", "Rec2020-elle-V4-g10.icc",
             "scRGB (linear)", "krita-2.5, lcms sRGB built-in with linear gamma TRC"],
)  # fmt: skip
def test_kritas_linear_profiles_are_known(name: str) -> None:
    assert is_linear(name)


@pytest.mark.parametrize(
    "name", ["", "sRGB-elle-V2-srgbtrc.icc", "WideRGB-elle-V2-g22.icc", "sRGB built-in",
             "Gray-D50-elle-V2-g18.icc", "g10.icc.bak"],
)  # fmt: skip
def test_others_are_taken_as_even_to_the_eye(name: str) -> None:
    assert not is_linear(name)
