"""A style reaches a layer in the real Krita, through the real daemon."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import harness
import numpy as np
from PIL import Image

BOX = [30, 20, 96, 64]


def pixels(noted: dict[str, Any]) -> np.ndarray:
    """A noted layer as rows of B, G, R, A."""
    _, _, width, height = noted["box"]
    data = np.frombuffer(bytes.fromhex(noted["pixels"]), np.uint8)
    return data.reshape(height, width, 4)


def test_a_style_becomes_one_new_layer(
    home: harness.Home, run: harness.Run, daemon: str, pictures: Path, tmp_path: Path
) -> None:
    home.configure("gramarye_krita", address=daemon)
    saved = {"kra": str(tmp_path / "saved.kra"), "png": str(tmp_path / "saved.png")}

    noted = run(
        "stylize", picture=str(pictures / "small.png"), style=str(pictures / "style.png"), **saved
    )

    assert noted["enabled without a picture"] is False
    assert noted["layers"] == ["Background", "Background – style"]
    assert noted["said"].startswith("Done in ")
    assert noted["source"]["box"] == noted["result"]["box"] == BOX
    source, result = pixels(noted["source"]), pixels(noted["result"])
    np.testing.assert_array_equal(result[..., 3], source[..., 3])
    assert (result[..., 3] < 255).any()
    assert np.abs(result[..., :3].astype(int) - source[..., :3]).mean() > 8
    assert distance_of_colours(result, pictures) < 0.7 * distance_of_colours(source, pictures)

    assert noted["after undo"] == ["Background"]
    assert noted["undo left"] == "Undo"
    assert noted["after redo"] == noted["layers"]
    assert noted["kra"] is noted["png"] is True
    with ZipFile(saved["kra"]) as kra:
        assert kra.read("maindoc.xml").decode().count("<layer ") == 2
        merged = np.asarray(Image.open(BytesIO(kra.read("mergedimage.png"))))
    np.testing.assert_array_equal(np.asarray(Image.open(saved["png"])), merged)
    assert merged.shape == (110, 140, 4)


def distance_of_colours(layer: np.ndarray, pictures: Path) -> float:
    """How far a layer's mean colour and spread of colours are from the style's."""
    style = np.asarray(Image.open(pictures / "style.png").convert("RGB"))[..., ::-1] / 255
    style, colours = style.reshape(-1, 3), layer[..., :3].reshape(-1, 3) / 255
    means = np.abs(colours.mean(0) - style.mean(0)).sum()
    return float(means + np.abs(np.cov(colours.T) - np.cov(style.T)).sum())


def test_real_clicks_through_the_menu_and_the_dialog_do_the_same(
    home: harness.Home, run: harness.Run, daemon: str, pictures: Path
) -> None:
    home.configure("gramarye_krita", address=daemon)
    noted = run("click", picture=str(pictures / "small.png"), style=str(pictures / "style.png"))
    assert noted["layers"] == ["Background", "Background – style"]


def test_cancelled_deleted_and_closed_jobs_end_with_a_sentence(
    home: harness.Home, run: harness.Run, daemon: str, pictures: Path
) -> None:
    home.configure("gramarye_krita", address=daemon)
    noted = run("meanwhile", picture=str(pictures / "scene.png"), style=str(pictures / "style.png"))
    assert noted["cancelled"] == "Cancelled. No layer was added."
    assert noted["layers added by a cancelled job"] == 0
    assert noted["layers without source"] == ["Other", "Background – style"]
    assert "was deleted meanwhile" in noted["said without source"]
    assert "was closed meanwhile" in noted["said without document"]


def test_layers_and_styles_that_cannot_be_used_get_a_sentence(
    home: harness.Home, run: harness.Run, daemon: str, pictures: Path, tmp_path: Path
) -> None:
    home.configure("gramarye_krita", address=daemon)
    styles = {name: tmp_path / f"{name}.png" for name in ("text", "nothing", "cut", "dot", "gone")}
    styles["text"].write_text("not a picture")
    styles["nothing"].write_bytes(b"")
    whole = (pictures / "style.png").read_bytes()
    styles["cut"].write_bytes(whole[: len(whole) // 2])
    Image.new("RGB", (1, 1)).save(styles["dot"])

    said = run(
        "refusals",
        picture=str(pictures / "small.png"),
        style=str(pictures / "style.png"),
        styles={name: str(path) for name, path in styles.items()},
    )["said"]

    assert said["text"] == "“text.png” is not a picture. Choose a PNG or JPEG file as the style."
    assert said["nothing"].startswith("“nothing.png” is not a picture.")
    assert said["cut"] == "“cut.png” is damaged or incomplete. Choose another style."
    assert said["dot"].startswith("“dot.png” has only 1 × 1 pixels.")
    assert said["gone"] == "“gone.png” is not there any more. Choose another style."
    assert said["empty"].startswith("“empty” is empty or fully transparent on the canvas.")
    assert said["transparent"].startswith("“transparent” is empty or fully transparent")
    assert said["tiny"].startswith("The layer has only 1 × 1 pixels.")


def test_without_zmq_the_menu_entry_says_what_to_install(
    home: harness.Home, run: harness.Run, pictures: Path
) -> None:
    module = home.data / "krita" / "pykrita" / "gramarye_krita"
    shutil.rmtree(module / "wheels", ignore_errors=True)
    (module / "vendor" / "zmq.py").write_text(
        'raise ImportError("No module named zmq", name="zmq")\n'
    )
    noted = run("no_zmq", picture=str(pictures / "small.png"))
    assert "Krita's Python has no ZeroMQ" in noted["said"]
    assert "python3-zmq" in noted["said"]
    assert noted["docker"] == noted["said"]
