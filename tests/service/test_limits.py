"""What one client may ask of the daemon's memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gramarye.service.store.quota import Quota
from gramarye_protocol import Failure, Finished, Plane, Settings, Submit, encode

from .hall import Hall, cancel, submit
from .pictures import pair, picture


def distinct(job: str) -> list[tuple[Plane, bytes]]:
    """Pictures that no other job has."""
    seed = sum(job.encode())
    return [picture("content", seed=seed), picture("style", seed=seed + 1)]


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
    ("quota", "code"),
    [
        (Quota(jobs=2), "too-many"),
        (Quota(pixels=300), "too-large"),
        (Quota(artist_bytes=1900), "too-large"),
        (Quota(directory_bytes=2000), "busy"),
    ],
)
def test_what_one_artist_may_have_here_is_bounded_and_freed_again(
    make_hall: Callable[..., Hall], quota: Quota, code: str
) -> None:
    hall = make_hall(quota=quota)
    hall.worker.load()
    hall.client("ann")
    for job in ("one", "two", "three"):
        hall.clients[b"ann"].submit(job, Settings(), distinct(job))
        hall.carry()
    assert hall.failures("ann") == [(code, "three")]
    cancel(hall, "ann", "two")
    hall.heard("ann")
    hall.clients[b"ann"].submit("three", Settings(), distinct("three"))
    hall.carry()
    assert hall.failures("ann") == []


def test_a_job_id_that_is_taken_is_refused_and_its_job_goes_on(hall: Hall) -> None:
    hall.client("ann")
    submit(hall, "ann")
    hall.say("ann", *encode(Submit("one", tuple(plane for plane, _ in pair()))))
    assert hall.failures("ann") == []  # the same job is the same job
    content, style = (plane for plane, _ in pair())
    hall.say("ann", *encode(Submit("one", (content, style), Settings(seed=7))))
    assert hall.failures("ann") == [("duplicate", "one")]
    hall.worker.finish()
    hall.carry()
    hall.clients[b"ann"].follow("one")  # the raw messages broke that conversation off
    hall.carry()
    assert isinstance(hall.heard("ann")[-1], Finished)
