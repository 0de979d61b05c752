"""Keyframes: read without moving the artist's time, written as one undo step."""

from __future__ import annotations

import harness


def test_results_become_the_keyframes_of_one_layer(run: harness.Run) -> None:
    noted = run("canvas_animation")

    read = noted["read"]
    assert read["frames"] == [0, 4, 9]
    assert read["clip"] == [0, 20, 6]
    frame = {time: bytes([10 * time, 0, 0, 255]).hex() for time in (0, 4, 9)}
    assert read["pixels"] == {
        "0": frame[0], "3": frame[0], "4": frame[4], "9": frame[9], "12": frame[9],
    }  # fmt: skip
    assert read["still"] == []
    assert read["no keyframe"].startswith("“Background” has no keyframe at 3.")
    assert read["undisturbed"] == [6, False]

    written = noted["written"]
    assert written["note"] == ""
    assert written["layers"] == ["Background", "moving", "painted", "Selection Mask"]
    assert written["frames"] == [0, 4, 9]
    assert written["seen"] == [frame[0], "04c864ff", "09c864ff"]
    assert written["not selected"] == frame[4]
    assert written["source"] is written["redone"] is True
    assert written["time"] == 6
    assert written["undone"] == [["Background", "moving", "Selection Mask"], True]

    group = noted["group"]
    assert group["frames"] == [0, 4, 9]
    assert group["pixels"] == [frame[4], frame[9]]
    assert group["layers"] == ["frame 4", "frame 9"]
    assert "Krita makes no keyframes for plugins" in group["note"]
    assert group["undone"] is True
    assert group["time"] == 6
