"""Every colour model and depth, there and back: the pixels, the undo step, the modified flag."""

from __future__ import annotations

from typing import Any

import harness
import numpy as np
import pytest

SIZE = 24 * 16
KINDS = {"U8": "<u1", "U16": "<u2", "F16": "<f2", "F32": "<f4"}
CHANNELS = {"RGBA": 4, "GRAYA": 2, "CMYKA": 5, "LABA": 4}
SPACES = [
    (model, depth, "")
    for model in CHANNELS
    for depth in KINDS
    if not (model in ("CMYKA", "LABA") and depth == "F16")  # Krita has no such spaces
]
PROFILES = [
    ("RGBA", "U8", "sRGB-elle-V2-g10.icc"),
    ("RGBA", "U16", "sRGB-elle-V2-srgbtrc.icc"),
    ("RGBA", "U16", "Rec2020-elle-V4-g10.icc"),
    ("RGBA", "U16", "WideRGB-elle-V2-g22.icc"),
    ("RGBA", "F32", "sRGB-elle-V2-srgbtrc.icc"),
]
TOLERANCE = {"GRAYA": 0.012, "LABA": 0.012, "CMYKA": 0.12}
"""How far RGB may be after Krita converted it there and back, as a share of the whole range.

Krita's profiles of inks are tables made for the eye (perceptual), and not each other's inverse:
0.07 on 5.1 and 5.2, 0.10 on 5.3.
"""


def samples(noted: str, model: str, depth: str) -> np.ndarray:
    data = np.frombuffer(bytes.fromhex(noted), KINDS[depth])
    return data.reshape(SIZE, CHANNELS[model]).astype(float)


@pytest.fixture(scope="module")
def noted(
    warm_home: harness.Home, screen: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    home = warm_home.copy(tmp_path_factory.mktemp("spaces") / "home")
    return harness.run(
        home, screen, "canvas_spaces", harness.ARTEFACTS, seconds=500, spaces=SPACES + PROFILES
    )


def name(space: tuple[str, str, str]) -> str:
    return " ".join(space).strip()


@pytest.mark.parametrize("space", SPACES + PROFILES, ids=name)
def test_a_result_is_one_undo_step_in_the_layers_own_space(
    noted: dict[str, Any], space: tuple[str, str, str]
) -> None:
    one = noted["spaces"][name(space)]
    assert one["modified by reading"] is False
    assert one["layers"] == ["Background", "result"]
    assert one["space"] is True
    assert one["modified by writing"] is True
    assert one["step"] == "Undo Add Layer"
    assert one["after undo"] == [["Background"], "Undo"]
    assert one["source after undo"] == one["given"]
    assert one["after redo"] == [["Background", "result"], one["written"]]


@pytest.mark.parametrize("space", SPACES + PROFILES, ids=name)
def test_the_daemon_gets_rgb_of_the_same_depth(
    noted: dict[str, Any], space: tuple[str, str, str]
) -> None:
    depth = space[1]
    layout, dtype, profile = noted["spaces"][name(space)]["plane"]
    assert layout == ("BGRA" if depth in ("U8", "U16") else "RGBA")
    assert dtype == depth.lower()
    assert profile


@pytest.mark.parametrize("space", [s for s in SPACES + PROFILES if s[0] == "RGBA"], ids=name)
def test_rgb_travels_and_returns_byte_for_byte(
    noted: dict[str, Any], space: tuple[str, str, str]
) -> None:
    one = noted["spaces"][name(space)]
    assert one["read"] == one["given"]
    assert one["written"] == one["given"]


@pytest.mark.parametrize("space", [s for s in SPACES if s[0] != "RGBA"], ids=name)
def test_other_models_return_with_their_alpha_exact_and_their_colours_near(
    noted: dict[str, Any], space: tuple[str, str, str]
) -> None:
    """Compared as RGB: many mixtures of inks give one colour, and Krita chooses its own."""
    model, depth, _ = space
    one = noted["spaces"][name(space)]
    given, written = (samples(one[key], model, depth) for key in ("given", "written"))
    np.testing.assert_array_equal(written[:, -1], given[:, -1])
    assert len(set(given[:, 0])) > 20  # not one colour
    top = {"U8": 255, "U16": 65535}.get(depth, 1)
    first, again = (samples(one[key], "RGBA", depth) / top for key in ("read", "read again"))
    assert np.abs(again - first).max() <= TOLERANCE[model]
    assert np.ptp(first[:, 0]) > 0.25


def test_inks_are_the_same_colours_in_every_depth(noted: dict[str, Any]) -> None:
    """Krita from 5.2 on turns 32-bit inks into wrong colours, unless they go to 16 bits first."""
    inks = {depth: noted["inks"][depth] for depth in ("U16", "F32")}
    whole = np.frombuffer(bytes.fromhex(inks["U16"]), "<u2").reshape(SIZE, 4) / 65535
    real = np.frombuffer(bytes.fromhex(inks["F32"]), "<f4").reshape(SIZE, 4)
    assert np.abs(whole[:, [2, 1, 0, 3]] - real).max() <= 0.01
    assert np.ptp(real[:, 0]) > 0.25
