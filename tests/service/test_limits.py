"""What one client may ask of the daemon's memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gramarye.service.limits import Limits
from gramarye_protocol import Failure, Finished, Settings, Submit, encode

from .hall import Hall, cancel, submit
from .pictures import pair, picture


def planes_of(*roles: str) -> tuple[object, ...]:
    return tuple(picture(role)[0] for role in roles)


@pytest.mark.parametrize(
    ("roles", "start", "words"),
    [
        (("content",), "palette", "needs a style picture; this one has none"),
        (("style",), "palette", "needs one content picture; this one has none"),
        (("content", "content", "style"), "palette", "one content picture; this one has 2"),
        (("content", "style", "region"), "palette", "1 region planes and 0 are described"),
        (("content", "style"), "image", "is to start from an image but has none"),
        (("content", "style", "result"), "palette", "at most one image to start from"),
        (("content", "style", "init", "init"), "image", "at most one image to start from"),
    ],
)
def test_a_job_with_the_wrong_pictures_is_refused(
    hall: Hall, roles: tuple[str, ...], start: str, words: str
) -> None:
    hall.client("ann")
    hall.heard("ann")
    message = Submit("one", planes_of(*roles), Settings(init=start))  # type: ignore[arg-type]
    hall.say("ann", *encode(message))
    [failure] = hall.heard("ann")
    assert isinstance(failure, Failure)
    assert (failure.code, failure.job) == ("planes", "one")
    assert words in failure.sentence


def test_a_picture_that_is_too_large_is_refused_by_its_announcement(hall: Hall) -> None:
    hall.client("ann")
    hall.heard("ann")
    content, style = (plane for plane, _ in pair())
    huge = replace(content, width=30_000, height=30_000)
    hall.say("ann", *encode(Submit("one", (huge, style))))
    [failure] = hall.heard("ann")
    assert isinstance(failure, Failure)
    assert failure.code == "too-large"
    assert "30000 × 30000 pixels" in failure.sentence


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(jobs_a_client=2), "too-many"),
        (Limits(client_bytes=1200), "too-large"),
        (Limits(total_bytes=1200), "busy"),
    ],
)
def test_what_one_client_may_hold_is_bounded_and_freed_again(limits: Limits, code: str) -> None:
    hall = Hall(limits)
    hall.worker.load()
    hall.client("ann")
    for job in ("one", "two", "three"):
        submit(hall, "ann", job)
    assert hall.failures("ann") == [(code, "three")]
    cancel(hall, "ann", "two")
    hall.heard("ann")
    submit(hall, "ann", "three")
    assert hall.failures("ann") == []


def test_a_job_id_that_is_taken_is_refused_and_its_job_goes_on(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.say("ann", *encode(Submit("one", tuple(plane for plane, _ in pair()))))
    assert hall.failures("ann") == [("duplicate", None)]
    hall.worker.finish()
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)
