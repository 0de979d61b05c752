"""A range of keyframes, in words; frames in a batch."""

from __future__ import annotations

from gramarye_krita.logic.batch import Batch, State, Task, ending_words
from gramarye_krita.logic.choices import Choices, from_json, same, to_json
from gramarye_krita.logic.framing import range_words


def test_a_range_names_the_keyframes_in_it() -> None:
    assert range_words([0, 4, 9], 1, 9).startswith("2 keyframes: 4, 9.")
    assert range_words([0, 4, 9], 4, 4) == "1 keyframe: 4."
    assert range_words([0, 4, 9], 5, 8).endswith("0, 4, 9.")
    assert "0, 1, 2 … 19" in range_words(range(20), 0, 30)


def test_frames_go_one_by_one_and_are_counted_as_frames() -> None:
    three = Batch([Task("a", frame=time) for time in (0, 4, 9)], at_once=1, note="In a group.")
    assert three.due() == [three.tasks[0]]
    for task, state in zip(three.tasks, (State.DONE, State.DONE, State.FAILED), strict=True):
        task.end(state, "")
    assert ending_words(three) == "2 frames are done, 1 failed. In a group."


def test_frames_and_regions_are_of_one_picture_and_not_kept() -> None:
    choices = Choices(strength=70, frames=(1, 9), regions={"style": object()})
    assert from_json(to_json(choices)) == Choices(strength=70)
    assert same(choices, Choices(strength=70))
    assert not same(choices, Choices())
