"""The box around what is painted at a keyframe, of which Krita tells nothing."""

from __future__ import annotations

from gramarye_krita.canvas.samples import around, together


def test_the_box_goes_around_all_that_is_not_clear() -> None:
    plane = bytearray(8 * 5)
    assert around(bytes(plane), 8, 1) is None
    plane[1 * 8 + 5] = plane[3 * 8 + 2] = 9
    assert around(bytes(plane), 8, 1) == (2, 1, 4, 3)
    assert around(bytes(plane), 8, 2) == (1, 1, 2, 3)


def test_two_boxes_become_one_around_both() -> None:
    assert together((2, 1, 4, 3), (0, 2, 3, 8)) == (0, 1, 6, 9)
    assert together(None, (0, 2, 3, 8)) == (0, 2, 3, 8)
    assert together(None, None) is None
