"""A range of keyframes, painted through the dialog with the real daemon."""

from __future__ import annotations

from pathlib import Path

import harness


def test_a_range_of_keyframes_becomes_one_layer_with_the_same_keyframes(
    home: harness.Home, run: harness.Run, daemon: str, pictures: Path
) -> None:
    home.configure("gramarye_krita", address=daemon)
    noted = run("animate", picture=str(pictures / "scene.png"), style=str(pictures / "style.png"))
    assert noted["still"] is False
    assert noted["whole range"][0] == [0, 12]
    assert noted["whole range"][1].startswith("4 keyframes: 0, 4, 9, 12.")
    assert noted["between"] == "No keyframe lies there. The layer's keyframes: 0, 4, 9, 12."
    assert noted["refused"].startswith("“moving” has no keyframe from 1 to 2.")
    assert noted["output"] is False
    assert noted["now"] is None

    made = noted["range"]
    assert made["names"] == ["moving, frame 4", "moving, frame 9", "moving, frame 12"]
    first, empty, last = made["jobs"]
    assert first.startswith("Done in")
    assert empty.startswith("“moving” is empty")
    assert last.startswith("Done in")
    assert made["said"] == "2 frames are done, 1 failed."
    assert made["layers"] == ["Background", "moving", "moving – style"]
    assert made["frames"] == [0, 4, 9, 12]
    assert made["boxes"][0] == made["boxes"][1]
    assert [made[f"changed {time}"] for time in (0, 4, 9, 12)] == [False, True, False, True]
    assert (made["time"], made["active"], made["start"]) == (4, "moving", "image")
    assert made["undone"] == [["Background", "moving"], True]

    stopped = noted["stopped"]
    assert stopped["jobs"][0].startswith("Done in")
    assert stopped["said"] == "1 frame is done, 3 were cancelled."
    assert stopped["layers"] == ["Background", "moving", "moving – style"]
    assert stopped["changed"] == [True, False, False, False]
