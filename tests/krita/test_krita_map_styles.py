"""Each of two styles goes where the artist says, through the dialog with the real daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import harness
import numpy as np
import pytest
from PIL import ImageOps

from gramarye import samples


@pytest.fixture
def coloured(tmp_path: Path) -> list[str]:
    """A red style and a blue one."""
    grey = samples.painting("flow", 96).convert("L")
    files = []
    for name, dark, light in (("red", "#400000", "#ff6040"), ("blue", "#000040", "#4060ff")):
        files.append(str(tmp_path / f"{name}.png"))
        ImageOps.colorize(grey, dark, light).save(files[-1])
    return files


def redness(noted: dict[str, Any], columns: slice) -> float:
    """How much redder than blue these columns of a noted layer are on the whole."""
    left, _, width, height = noted["box"]
    assert left == 0
    pixels = np.frombuffer(bytes.fromhex(noted["pixels"]), np.uint8).reshape(height, width, 4)
    part = pixels[:, columns].astype(int)
    return float((part[..., 2] - part[..., 0]).mean())


def test_each_style_goes_where_its_region_is(
    home: harness.Home, run: harness.Run, daemon: str, coloured: list[str]
) -> None:
    home.configure("gramarye_krita", address=daemon)
    noted = run("map_styles", styles=coloured)

    assert noted["before"] == ["Goes everywhere", "Goes everywhere"]
    assert noted["nothing selected"].startswith("Nothing is selected.")
    assert noted["selection"] == ["Goes where the selection was", "Goes everywhere else"]
    assert noted["offered"] == ["veil", "empty", "Background"]
    assert noted["layer"] == ["Goes everywhere else", "Goes where “veil” is see-through"]
    assert noted["mask"][0].startswith("Goes where “Transparency Mask")
    assert noted["mask"][0].endswith("shows its layer")

    for name, blue, red in (
        ("by selection", slice(96, 160), slice(0, 64)),
        ("by layer", slice(0, 84), slice(116, 160)),
        ("by mask", slice(96, 160), slice(0, 64)),
        ("repeated", slice(96, 160), slice(0, 64)),
    ):
        assert redness(noted[name], red) > 40, name
        assert redness(noted[name], blue) < -40, name
    assert noted["recipe by layer"] is True
    assert noted["undone by layer"] == [True, "Undo Add Layer"]

    nothing, covered, sizes = noted["refused"]
    assert nothing.startswith("“empty” marks nothing of “Background”.")
    assert covered.startswith("The regions cover all of “Background”")
    assert "is of a picture of 160 × 96 pixels, and this one has 64 × 64" in sizes
