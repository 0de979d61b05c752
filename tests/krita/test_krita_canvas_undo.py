"""Each output in each colour space: undone and done again, every byte is what it was."""

from __future__ import annotations

from typing import Any

import harness
import pytest

ARTEFACTS = harness.HERE.parents[1] / "test-artefacts" / "krita"
MODELS = ("RGBA", "GRAYA", "CMYKA", "LABA")
SPACES = [
    (model, depth, "")
    for model in MODELS
    for depth in ("U8", "U16", "F16", "F32")
    if not (model in ("CMYKA", "LABA") and depth == "F16")  # Krita has no such spaces
]
ADDED = {"group": "group", "in-place": "result"}


@pytest.fixture(scope="module")
def noted(
    warm_home: harness.Home, screen: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    home = warm_home.copy(tmp_path_factory.mktemp("undo") / "home")
    return harness.run(home, screen, "canvas_undo", ARTEFACTS, seconds=280, spaces=SPACES)


def name(space: tuple[str, str, str]) -> str:
    return " ".join(space).strip()


@pytest.mark.parametrize("space", SPACES, ids=name)
@pytest.mark.parametrize("output", ADDED)
def test_undo_and_redo_give_every_byte_back(
    noted: dict[str, Any], output: str, space: tuple[str, str, str]
) -> None:
    states = noted[name(space)][output]
    before, written, undone, redone = (
        states[key] for key in ("before", "written", "undone", "redone")
    )
    assert written["step"] == "Undo Add Layer"
    assert set(written["layers"]) - set(before["layers"]) == {ADDED[output]}
    assert written["seen"] != before["seen"]
    assert undone["step"] == before["step"]
    assert pixels(undone) == pixels(before)
    assert undone["inside"] == []
    assert redone == written
    if output == "in-place":  # hiding the old one is no step of Krita's
        assert before["layers"]["layer"][0] is True
        assert [state["layers"]["layer"][0] for state in (written, undone, redone)] == [False] * 3
    else:
        assert undone == before


@pytest.mark.parametrize("space", SPACES, ids=name)
def test_a_new_document_has_nothing_to_undo_and_leaves_the_old_one_alone(
    noted: dict[str, Any], space: tuple[str, str, str]
) -> None:
    states = noted[name(space)]["document"]
    assert states["written"]["step"] == "Undo"
    assert states["written"] == states["undone"] == states["redone"]
    [(shown, samples)] = states["written"]["layers"].values()
    assert shown is True
    assert samples != states["before"]["layers"]["layer"][1][: len(samples)]
    assert states["after"] == states["before"]


def test_handles_of_listed_layers_are_let_go_of(noted: dict[str, Any]) -> None:
    """Else each layer that was ever listed would stay in memory."""
    assert [noted[name(space)]["owned"] for space in SPACES] == [[3, True]] * len(SPACES)


def pixels(state: dict[str, Any]) -> dict[str, str]:
    """Each layer's samples."""
    return {name: samples for name, (_, samples) in state["layers"].items()}
