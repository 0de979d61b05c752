"""Tasks that were asked for together: who is due, how far they are, what came of them."""

from __future__ import annotations

import pytest

from gramarye_krita.logic.batch import Batch, State, Task, ending_words, overall


def batch(*names: str) -> Batch:
    return Batch([Task(name) for name in names])


def test_every_task_has_an_id_of_its_own() -> None:
    assert len({Task("layer").id for _ in range(100)}) == 100


def test_two_are_with_the_daemon_and_the_others_wait() -> None:
    three = batch("a", "b", "c")
    assert [task.name for task in three.due()] == ["a", "b"]
    three.tasks[0].state = State.SENT
    assert [task.name for task in three.due()] == ["b"]
    three.tasks[1].state = State.RUNNING
    assert three.due() == []
    three.tasks[0].end(State.FAILED, "It is empty.")
    assert [task.name for task in three.due()] == ["c"]


def test_a_failed_layer_does_not_hold_up_the_others() -> None:
    three = batch("a", "b", "c")
    three.tasks[0].end(State.FAILED, "It is empty.")
    assert [task.name for task in three.due()] == ["b", "c"]
    assert not three.ended


def test_progress_counts_every_layer_alike() -> None:
    two = batch("a", "b")
    two.tasks[0].step, two.tasks[0].steps = 15, 60
    assert two.progress == pytest.approx(0.125)
    two.tasks[0].end(State.DONE, "")
    assert two.progress == 0.5
    assert overall([two, batch("c", "d")]) == 0.25
    assert overall([]) == 0.0


def test_news_of_an_ended_task_finds_nobody() -> None:
    one = batch("a")
    task = one.tasks[0]
    assert one.find(task.id) is None  # it was not sent yet
    task.state = State.RUNNING
    assert one.find(task.id) is task
    task.end(State.CANCELLED, "")
    assert one.find(task.id) is None
    assert one.find(None) is None


def test_the_end_lets_go_of_the_previews_pixels() -> None:
    task = Task("a", preview=("plane", b"pixels"))
    task.end(State.KEPT, "")
    assert task.preview is None


def test_what_came_of_a_batch_is_told_in_a_line() -> None:
    four = batch("a", "b", "c", "d")
    for task, state in zip(
        four.tasks, (State.DONE, State.DONE, State.FAILED, State.CANCELLED), strict=True
    ):
        task.end(state, "")
    assert ending_words(four) == "2 layers are done, 1 failed, 1 was cancelled."


def test_a_single_layer_is_told_in_its_own_words() -> None:
    one = batch("a")
    one.tasks[0].end(State.FAILED, "“a” is empty.")
    assert ending_words(one) == "“a” is empty."
