"""The dialog and the menu in the real Krita, with real clicks and keys where a hand would be."""

from __future__ import annotations

import socket
from pathlib import Path
from runpy import run_path
from typing import Any

import harness
import pytest

ADVANCED = run_path(str(harness.HERE / "scenarios" / "advanced_values.py"))["ADVANCED"]


@pytest.fixture
def given(home: harness.Home, daemon: str, pictures: Path) -> dict[str, Any]:
    """A daemon in the settings, and the pictures that most scenarios begin with."""
    home.configure("gramarye_krita", address=daemon)
    return {"picture": str(pictures / "scene.png"), "style": str(pictures / "style.png")}


def free_address() -> str:
    """An address of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_every_group_of_controls_works_by_hand(run: harness.Run, given: dict[str, Any]) -> None:
    noted = run("by_hand", **given)
    choices, settings = noted["choices"], noted["settings"]
    assert noted["mix"] is True
    assert [Path(style["path"]).stem for style in choices["styles"]] == ["brush", "glass"]
    assert settings["style_shares"][0] == 100.0
    assert settings["style_shares"][1] < 100.0
    assert (choices["recipe"], choices["strength"], choices["stroke"]) == ("crisp", 53, 400)
    assert (settings["style_scale"], settings["keep_colours"]) == (4.0, "luminance")
    assert (settings["size"], settings["quality"]) == (768, "draft")
    assert (choices["input"], choices["output"]) == ("selected", "in-place")
    assert choices["selection_only"] is False
    assert settings["seed"] == noted["seed"]
    assert settings["style_layers"] == ["octave1", "octave2"]


def test_return_in_a_field_of_text_applies_nothing(run: harness.Run, given: dict[str, Any]) -> None:
    noted = run("by_hand", **given)
    assert noted["jobs after Return"] == []
    assert "Krita: " in noted["diagnostics"]
    assert given["picture"] not in noted["diagnostics"]


def test_the_mouse_alone_reaches_every_group_of_controls(
    run: harness.Run, given: dict[str, Any]
) -> None:
    noted = run("by_mouse", nobody=free_address(), **given)
    choices = noted["choices"]
    assert noted["still chosen"] is True
    assert [Path(style["path"]).stem for style in choices["styles"]] == ["flow"]
    strength, stroke = noted["dragged"]
    assert noted["jobs after Return"] == []
    assert 70 <= strength <= 90
    assert 150 <= stroke <= 250
    assert (choices["recipe"], choices["strength"], choices["stroke"]) == ("crisp", 35, stroke)
    assert (choices["colours"], choices["size"], choices["quality"]) == ("match", 256, "best")
    assert noted["advanced"] == {"init": "noise"}
    assert choices["advanced"] == {}
    assert (choices["input"], choices["output"]) == ("selected", "above")
    assert choices["selection_only"] is False
    kept, cancelled = noted["jobs"]
    assert noted["one goes on"] is True
    assert kept.startswith("Stopped at step")
    assert cancelled == "Cancelled. No layer was added."
    assert len(noted["added"]) == 1
    assert noted["said"] == "1 was kept as it stood, 1 was cancelled."
    assert noted["absent"] == [True, False]
    assert noted["back"] == [False, True]
    assert noted["applied"] >= 1
    assert noted["repeated"] >= 1
    assert Path(noted["from a layer"]).stem.startswith("Background")


def test_the_keyboard_alone_leads_to_a_layer_and_back(
    run: harness.Run, given: dict[str, Any]
) -> None:
    noted = run("by_keyboard", **given)
    assert noted["choices"] == [70, 256, "best"]
    assert noted["the seed is seen"] is True
    assert noted["cancelled"] == ["Cancelled. No layer was added.", True]
    assert len(noted["layers"]) == 3


def test_every_control_reaches_the_settings(run: harness.Run, given: dict[str, Any]) -> None:
    noted = run("every_control", **given)
    settings = noted["settings"]
    expected: dict[str, Any] = {
        **ADVANCED,
        "recipe": "crisp",
        "strength": 70.0,
        "style_scale": 1.5,
        "keep_colours": "match",
        "size": 768,
        "quality": "best",
    }
    assert {name: _listed(value) for name, value in expected.items()} == {
        name: settings[name] for name in expected
    }
    assert set(noted["advanced"]) == set(ADVANCED)
    assert noted["places"] == ["visible", "document", False]
    assert noted["after reset"] == {}
    assert noted["a tile"] == 128


def test_the_tab_key_leads_through_the_dialog_from_top_to_bottom(
    run: harness.Run, given: dict[str, Any]
) -> None:
    walk = run("every_control", **given)["walk"]
    order = [
        "gallery", "add", "recipe", "strength_slider", "strength", "stroke_slider", "stroke",
        "colours", "size", "quality", "advanced_fold", "split", "overview", "follow", "refresh",
        "input", "output", "selection_only", "daemon_fold", "get_weights", "apply", "close",
        "gallery_tabs",
    ]  # fmt: skip
    assert walk == [f"gramarye_{name}" for name in order]


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_styles_are_dropped_pasted_taken_from_a_layer_liked_and_removed(
    run: harness.Run, home: harness.Home, given: dict[str, Any], pictures: Path
) -> None:
    other = str(pictures / "scene.png")
    noted = run("bring_in", other=other, **given)
    kept = home.data / "gramarye" / "styles"
    assert noted["dropped files"]["styles"] == [given["style"], other]
    assert noted["dropped pixels"]["styles"] == [str(kept / "Pasted picture.png")]
    assert noted["pasted"]["styles"] == [str(kept / "Pasted picture 2.png")]
    assert noted["offers"] == ["scene.png", "Background"]
    assert noted["from layer"]["styles"] == [str(kept / "Background.png")]
    assert noted["favourites"] == 1
    assert str(kept / "Pasted picture 2.png") not in noted["removed"]["recent"]
    assert noted["removed"]["styles"] == []
    assert sorted(file.name for file in kept.iterdir()) == ["Background.png", "Pasted picture.png"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in kept.iterdir())


def test_without_a_picture_the_menu_is_grey_and_says_why(
    run: harness.Run, given: dict[str, Any]
) -> None:
    noted = run("no_document", **given)
    reason = "Open a picture first: Style Transfer paints its layers."
    assert noted["menu"] == [
        "Style Transfer…", "Repeat Last Style", "Apply to Selected Layers", "Style from Layer…",
    ]  # fmt: skip
    assert noted["enabled"] == [False] * 4
    assert noted["tips"] == [reason] * 4
    assert noted["told"] == [reason] * 3
    assert noted["enabled with a picture"] == [True] * 4
    assert reason not in noted["tips with a picture"]
    assert noted["shortcut"] == "Ctrl+Alt+Y"
    assert noted["said"].startswith("Open a picture, or make a new one")


def test_a_batch_paints_what_it_can_and_tells_what_it_cannot(
    run: harness.Run, given: dict[str, Any]
) -> None:
    noted = run("batch", **given)
    assert noted["selected"] == 3
    assert noted["layers"] == ["Background", "Background – style", "Empty", "Top", "Top – style"]
    done, empty, top = noted["jobs"]
    assert done.startswith("Done in")
    assert empty.startswith("“Empty” is empty")
    assert top.startswith("Done in")
    assert noted["said"] == "2 layers are done, 1 failed."
    assert noted["kept"] == 1
    assert noted["said of the kept"].startswith("Stopped at step")
    assert noted["kept bounds"] == [256, 171]
    assert noted["active"] == "Background"
    assert noted["repeated"] == 1


def test_the_preview_follows_the_choices_and_the_active_layer(
    run: harness.Run, given: dict[str, Any]
) -> None:
    noted = run("preview", **given)
    assert noted["estimate"].startswith("Takes about")
    assert min(noted["both"]) > 16
    assert noted["another"] is True
    assert noted["empty"][0].startswith("“Second” is empty")
    assert noted["empty"][1:] == [True, ""]
    assert noted["layers"] == ["Background", "Second"]


def test_the_dialog_speaks_kritas_language(run: harness.Run, given: dict[str, Any]) -> None:
    noted = run("words", environment={"LANG": "de_DE.UTF-8"}, shot="german", **given)
    assert (noted["title"], noted["apply"]) == ("Stilübertragung", "An&wenden")
    assert noted["fits"] is True


def test_the_dialog_is_sharp_on_a_screen_of_doubled_density(
    home: harness.Home, given: dict[str, Any], artefacts: Path
) -> None:
    with harness.display("3200x2000x24") as screen:
        environment = {"QT_SCALE_FACTOR": "2"}
        noted = harness.run(
            home, screen, "words", artefacts, environment=environment, shot="double", **given
        )
    assert noted["ratio"] == 2.0
    assert noted["icon"] >= 2 * 72
    assert noted["fits"] is True


def test_the_dialog_fits_on_a_small_laptop(run: harness.Run, given: dict[str, Any]) -> None:
    least = run("words", shot="words", **given)["least"]
    assert least[0] <= 1366
    assert least[1] <= 700
