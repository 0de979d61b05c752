"""What is read: layers of every kind, inputs, masks as regions, selections, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import harness
import numpy as np
import pytest

BROWN = "204080ff"
RAMP = bytes(6 * x for x in range(5, 25)) * 10
"""What the mask holds where the layer is."""


@pytest.fixture(scope="module")
def noted(
    warm_home: harness.Home, screen: str, pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    home = warm_home.copy(tmp_path_factory.mktemp("layers") / "home")
    picture = str(pictures / "scene.png")
    return harness.run(
        home, screen, "canvas_layers", harness.ARTEFACTS, seconds=300, picture=picture
    )


def test_layers_of_every_kind_are_read(noted: dict[str, Any]) -> None:
    kinds = noted["kinds"]
    for name, kind in (
        ("paint", "paintlayer"),
        ("group", "grouplayer"),
        ("pass-through", "grouplayer"),
        ("clone", "clonelayer"),
    ):
        assert kinds[name] == {"kind": kind, "box": [5, 5, 20, 10], "middle": BROWN}
    assert kinds["vector"] == {"kind": "vectorlayer", "box": [2, 3, 20, 10], "middle": BROWN}
    assert kinds["fill"] == {"kind": "filllayer", "box": [0, 0, 40, 30], "middle": "4080ffff"}
    for name in ("file", "filter"):
        assert kinds[name]["kind"] == f"{name}layer"
        assert kinds[name]["box"] == [0, 0, 40, 30]
    shown, inverted = (bytes.fromhex(kinds[name]["middle"]) for name in ("file", "filter"))
    assert [255 - sample for sample in shown[:3]] == list(inverted[:3])


def test_reading_changes_nothing(noted: dict[str, Any]) -> None:
    assert noted["modified"] is False


def test_each_input_is_what_its_name_says(noted: dict[str, Any]) -> None:
    inputs = noted["inputs"]
    assert inputs["active"] == inputs["selected"] == ["in group"]
    assert inputs["group"] == ["group"]
    assert inputs["visible"] == ["Scene"]
    assert inputs["visible box"] == [0, 0, 40, 30]
    assert inputs["crop"] == [10, 5, 8, 4]
    assert inputs["no group"].startswith("The active layer is in no group.")
    assert inputs["no document"] == "Open a picture and choose a layer first."


def test_layers_and_documents_can_be_styles(noted: dict[str, Any]) -> None:
    inputs = noted["inputs"]
    assert inputs["style"] == ["style", 20, 10, "BGRA", "u8"]
    assert inputs["styles"][0] == "Scene"
    assert inputs["styles"][-1] == "Background"
    assert inputs["thumbnail"] == 32


def test_hidden_layers_are_drawn_by_themselves_where_that_can_be(noted: dict[str, Any]) -> None:
    hidden = noted["hidden"]
    assert hidden["paint"] == hidden["group"] == hidden["vector"] == hidden["locked"] == BROWN
    assert hidden["clone"].startswith("“clone” is drawn only where it is seen.")


def test_masks_and_layers_become_regions(noted: dict[str, Any]) -> None:
    regions = noted["regions"]
    assert regions["box"] == [5, 5, 20, 10]
    assert bytes.fromhex(regions["masked alpha"]) == RAMP
    for name, grey in (
        ("mask", RAMP),
        ("mask inverted", bytes(255 - sample for sample in RAMP)),
        ("layer's alpha", RAMP),
        ("white", b"\xff" * 200),
    ):
        assert regions[name] == ["region", 20, 10, "GRAY", grey.hex()]
    lightness = np.frombuffer(bytes.fromhex(regions["layer's lightness"][-1]), np.uint8)
    assert len(set(lightness.tolist())) == 1
    assert 0x48 < lightness[0] < 0x60  # the brown's
    assert "Transparency Mask 1" in regions["offered"]
    assert regions["nowhere"].startswith("“Background” marks nothing of “group”.")
    assert regions["not a layer"].startswith("“Transparency Mask 1” is a mask.")


def test_a_selection_limits_what_is_read(noted: dict[str, Any]) -> None:
    selection = noted["selection"]
    assert selection["box"] == selection["extent"] == [9, 6, 3, 4]
    assert bytes.fromhex(selection["coverage"]) == bytes([64, 128, 255]) * 4
    assert selection["whole"] == [5, 5, 20, 10]
    assert selection["hard"] is None
    assert selection["elsewhere"].startswith("Nothing of “group” is selected.")


def test_what_cannot_be_read_is_refused_in_a_sentence(noted: dict[str, Any]) -> None:
    gone = noted["gone"]
    assert gone["empty"].startswith("“empty” is empty or fully transparent on the canvas.")
    assert gone["clear"].startswith("“clear” is empty or fully transparent on the canvas.")
    assert gone["deleted"] == "“clear” was deleted. Choose another layer."
    assert gone["closed"] == "The picture with “empty” was closed. Open it again."
    assert gone["is open"] is False
