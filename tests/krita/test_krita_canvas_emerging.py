"""The painting as it stands lies over the canvas, in every pose, and leaves no trace."""

from __future__ import annotations

import harness
import pytest


@pytest.mark.parametrize("dpi", [72, 150])
def test_the_painting_emerges_over_the_canvas_and_leaves_no_trace(
    run: harness.Run, dpi: int
) -> None:
    noted = run("canvas_emerging", dpi=dpi)

    for pose, colours in noted["poses"].items():
        assert colours["corner"] == "#ffff00", pose
        assert colours["middle"] == "#0000ff", pose
        if pose != "scrolled":
            assert colours["outside"] == "#ffffff", pose
    assert noted["no step"] == [True, False]
    assert noted["painted"] is True
    assert noted["stroke"] == noted["ended"]["step"] == noted["ended"]["one step"]
    assert noted["stroke"] == "Undo Freehand Brush Stroke"
    assert noted["panes"] == {"own": True, "other": False, "back": True}
    assert noted["ended"]["pane"] is noted["ended"]["closed"] is False
    assert noted["ended"]["gone"] is True  # and with it the alpha, as large as the layer
    assert noted["ended"]["colours"]["corner"] == "#ff0000"
