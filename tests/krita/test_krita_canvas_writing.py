"""Where results go: above, in place, together, into a document; masked, scaled, undone, saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import harness
import numpy as np
import pytest

FLAT = 0x1234
"""Every colour sample of the 16-bit results."""


@pytest.fixture(scope="module")
def kra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("saved") / "saved.kra"


@pytest.fixture(scope="module")
def noted(
    warm_home: harness.Home, screen: str, kra: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    home = warm_home.copy(tmp_path_factory.mktemp("writing") / "home")
    return harness.run(home, screen, "canvas_writing", harness.ARTEFACTS, seconds=400, kra=str(kra))


def rows(noted: str, width: int, channels: int = 4) -> np.ndarray:
    """Noted 16-bit samples as rows of pixels."""
    return np.frombuffer(bytes.fromhex(noted), "<u2").reshape(-1, width, channels)


def inside(everything: np.ndarray, box: list[int]) -> np.ndarray:
    """The part of a layer that was noted with its 10 and 5 pixels beyond the canvas."""
    x, y, width, height = box
    return everything[y + 5 : y + 5 + height, x + 10 : x + 10 + width]


def test_a_feathered_selection_thins_the_result_and_keeps_the_layers_alpha(
    noted: dict[str, Any],
) -> None:
    above = noted["above"]
    x, y, width, height = above["box"]
    assert (x, y, width, height) == (5, 3, 31, 24)  # the selection's first column selects nothing
    alpha = np.frombuffer(bytes.fromhex(above["alpha"]), "<u2").reshape(height, width)
    share = np.frombuffer(bytes.fromhex(above["selection"]), np.uint8).reshape(height, width)
    result = rows(above["result"], width)
    expected = alpha.astype(float) * share / 255
    assert np.abs(result[..., 3] - expected).max() <= 1
    assert (result[..., :3][result[..., 3] > 0] == FLAT).all()
    assert above["id"] is True
    assert above["after"] == above["before"]
    assert above["undone"] == [["Background", "layer", "Selection Mask"], True]


def test_in_place_changes_what_is_selected_and_nothing_else(noted: dict[str, Any]) -> None:
    place = noted["in place"]
    assert place["layers"] == [True, False, True]
    assert place["blending"] == [200, "multiply"]
    before, result = rows(place["before"], 60), rows(place["result"], 60)
    np.testing.assert_array_equal(result[..., 3], before[..., 3])
    outside = np.ones(result.shape[:2], bool)
    inside(outside, place["box"])[:] = False
    np.testing.assert_array_equal(result[outside], before[outside])
    width, height = place["box"][2:]
    share = np.frombuffer(bytes.fromhex(place["selection"]), np.uint8).reshape(height, width, 1)
    old, new = inside(before, place["box"])[..., :3], inside(result, place["box"])[..., :3]
    expected = old + (FLAT - old.astype(float)) * share / 255
    assert np.abs(new - expected).max() <= 2
    assert place["undone"] == [["Background", "layer", "Selection Mask"], True]
    assert place["after"] == place["before"]


def test_what_may_not_be_replaced_is_refused(noted: dict[str, Any]) -> None:
    assert noted["in place"]["locked"].startswith("“layer” is locked. Unlock it,")
    assert noted["in place"]["visible"].startswith("What is visible is no single layer")


def test_a_group_is_replaced_by_what_was_seen_of_it(noted: dict[str, Any]) -> None:
    group = noted["group in place"]
    assert group["box"] == [5, 5, 10, 10]
    assert group["kind"] == ["paintlayer", False]
    result = rows(group["result"], 20)
    assert (result[:, :10, :3] == FLAT).all()
    assert (result[:, 10:] == 0x2211).all()
    assert (result[..., 3] == 0x2211).all()


def test_a_new_document_holds_the_result_and_no_undo_step(noted: dict[str, Any]) -> None:
    document = noted["document"]
    assert document["size"] == [40, 30, "RGBA", "U16"]
    assert document["layers"] == ["Background"]
    assert document["step"] == "Undo"
    assert document["modified"] is document["id"] is document["untouched"] is True
    assert document["pixels"] == document["given"]


def test_a_batch_is_one_group_and_one_undo_step(noted: dict[str, Any]) -> None:
    together = noted["together"]
    layers = ["Background", "layer", "other", "all of them", "top"]
    assert together["layers"] == together["redone"] == layers
    assert together["group"] == ["layer painted", "other painted"]
    assert together["ids"] == together["exact"] == [True, True]
    assert together["undone"] == [["Background", "layer", "other", "top"], True]


@pytest.mark.parametrize(
    ("depth", "kind"), [("U8", "<u1"), ("U16", "<u2"), ("F16", "<f2"), ("F32", "<f4")]
)
def test_a_smaller_result_is_scaled_smoothly_in_its_own_depth(
    noted: dict[str, Any], depth: str, kind: str
) -> None:
    data = np.frombuffer(bytes.fromhex(noted["scaled"][depth]), kind).reshape(64, 64, 4)
    top = {"U8": 255, "U16": 65535}.get(depth, 1)
    share = data[..., 0].astype(float) / top
    assert (data[..., 3] == top).all()
    assert share[:, 6:10].max() < 0.05  # stripes of 16, as broad as they were
    assert share[:, 22:26].min() > 0.95
    edge = share[:, 13:20]
    assert ((edge > 0.1) & (edge < 0.9)).any()  # no stairs
    assert (np.diff(edge, axis=1) >= -0.01).all()


def test_a_smaller_result_is_enlarged_in_16_bits_with_the_layers_alpha(
    noted: dict[str, Any],
) -> None:
    small = noted["small"]
    pixels = rows(small["pixels"], 40)
    alpha = np.frombuffer(bytes.fromhex(small["alpha"]), "<u2").reshape(30, 40)
    np.testing.assert_array_equal(pixels[..., 3], alpha)
    assert (pixels[..., :3] >= 65533).all()
    assert small["wrong"].startswith("The daemon returned BGRA u8 where BGRA u16 was asked for.")


def test_pixels_that_krita_does_not_take_are_told_where_krita_says_so(
    noted: dict[str, Any],
) -> None:
    small = noted["small"]
    told = small["into a group"].startswith("Krita did not take the pixels of the result.")
    major, minor = (int(part) for part in small["version"].split(".")[:2])
    assert told is ((major, minor) >= (5, 3))


def test_a_deleted_layer_or_closed_document_loses_nothing_in_silence(
    noted: dict[str, Any],
) -> None:
    meanwhile = noted["meanwhile"]
    note, layers = meanwhile["deleted"]
    assert note == "“layer” was deleted meanwhile, so the result is the topmost layer."
    assert layers == ["Background", "result"]
    assert meanwhile["deleted in place"] == note
    assert "was closed meanwhile" in meanwhile["closed"]
    assert "was closed meanwhile" in meanwhile["closed together"]


def test_recipes_and_places_survive_saving(noted: dict[str, Any], kra: Path) -> None:
    saved = noted["saved"]
    recipe = {"recipe": {"strength": 70}}
    assert saved["kra"] is True
    assert saved["before"] == saved["recall"] == recipe
    assert saved["listed"] == [["result", recipe], ["layer", {"of": "a layer that is removed"}]]
    assert saved["listed after removal"] == ["result"]
    assert saved["forgotten"] is saved["damaged"] is None
    assert saved["inserted"] == ""
    assert saved["layers"] == ["Background", "layer", "result", "result"]
    assert (rows(saved["result"], 60)[5:35, 10:50, :3] == FLAT).all()
    with ZipFile(kra) as archive:
        assert archive.read("maindoc.xml").decode().count("<layer ") == 3
