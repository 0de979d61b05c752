"""The client's half: it asks, moves pixels, and is never thrown by what a daemon says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gramarye_protocol import (
    CAPABILITIES,
    Accepted,
    Cancel,
    Chunk,
    ClientSession,
    Credit,
    Drain,
    Event,
    Failure,
    Finished,
    Follow,
    Hello,
    Incoming,
    JobList,
    JobReport,
    JobsRequest,
    Keep,
    Listed,
    Message,
    OutdatedError,
    Outgoing,
    Pause,
    Prioritise,
    Progress,
    Received,
    Result,
    Resume,
    Seen,
    Sent,
    Settings,
    Standing,
    Submit,
    Welcome,
    decode,
    encode,
    job_of,
)

from . import strategies as our
from .daemons import plane

WELCOME = Welcome(1, "daemon", capabilities=CAPABILITIES)


def said(session: ClientSession) -> list[tuple[Message, Any]]:
    return [decode(frames) for frames in session.outgoing()]


def welcomed(capabilities: tuple[str, ...] = CAPABILITIES) -> ClientSession:
    """A session that was answered, with nothing left to say."""
    session = ClientSession("test", "frida")
    session.hello()
    session.receive(encode(Welcome(1, "daemon", capabilities=capabilities)))
    said(session)
    return session


def test_a_job_goes_from_hello_to_its_result() -> None:
    session = ClientSession("test", "frida")
    session.hello()
    assert said(session) == [(Hello((1,), "test", "frida", CAPABILITIES), None)]
    assert session.receive(encode(WELCOME)) == [WELCOME]

    planes = [plane("content", b"content"), plane("style", b"style")]
    session.submit("one", Settings(), planes, priority=3)
    [(submit, _)] = said(session)
    assert isinstance(submit, Submit)
    assert submit.priority == 3
    uploads = [Incoming("one", index, described) for index, described in enumerate(submit.planes)]
    for upload in uploads:
        assert [type(e) for e in session.receive(encode(upload.credit()))] == [Sent]
    moved: list[Event] = []
    for chunk, data in said(session):
        assert isinstance(chunk, Chunk)
        last = uploads[chunk.plane].receive(chunk, data)
        assert last is not None
        moved += session.receive(encode(last))
    assert [bytes(upload.data) for upload in uploads] == [b"content", b"style"]
    assert moved == [Sent("one", 7, 12), Sent("one", 12, 12)]
    assert session.receive(encode(Accepted("one", 0))) == [Accepted("one", 0)]

    described, pixels = plane("result", b"result")
    result = Result("one", described, "builtin")
    assert session.receive(encode(result)) == []
    [(credit, _)] = said(session)
    assert isinstance(credit, Credit)
    download = Outgoing("one", 0, pixels)
    download.grant(credit)
    events = [e for chunk, data in download.chunks() for e in session.receive(encode(chunk, data))]
    assert events == [Finished(result, bytearray(b"result"))]


def test_a_result_is_acknowledged_when_the_caller_has_kept_it_and_not_before() -> None:
    session = welcomed()
    session.follow("one")
    described, pixels = plane("result", b"result")
    session.receive(encode(Result("one", described)))
    session.receive(encode(Chunk("one", 0, 0), pixels))
    assert Received("one") not in [message for message, _ in said(session)]
    session.received("one")
    assert said(session) == [(Received("one"), None)]


def test_whoever_follows_without_pixels_gets_the_result_alone() -> None:
    session = welcomed()
    session.follow("one", pixels=False)
    assert said(session) == [(Follow("one"), None)]
    result = Result("one", plane("result", b"result")[0])
    assert session.receive(encode(result)) == [result]
    assert said(session) == []
    assert not session.pursues("one")


def test_every_preview_is_answered_so_that_the_daemon_sends_the_next() -> None:
    session = welcomed()
    session.follow("one")
    said(session)
    session.receive(encode(Progress("one", 1, 9)))
    assert said(session) == []
    session.receive(encode(Progress("one", 2, 9, preview=plane("preview", b"p")[0]), b"p"))
    assert said(session) == [(Seen("one"), None)]


def test_an_older_daemon_is_told_nothing_that_it_does_not_know() -> None:
    session = welcomed(())
    session.submit("one", Settings(), [plane("content", b"content")])
    said(session)
    session.receive(encode(Progress("one", 2, 9, preview=plane("preview", b"p")[0]), b"p"))
    assert said(session) == []


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        (lambda session: session.follow("one"), "find a job again"),
        (lambda session: session.pause("one"), "pause"),
        (lambda session: session.resume("one"), "pause and resume"),
        (lambda session: session.prioritise("one", 1), "give a job a priority"),
        (lambda session: session.submit("one", Settings(), [], 1), "give a job a priority"),
        (lambda session: session.jobs(), "list its jobs"),
        (lambda session: session.drain(), "be drained"),
        (lambda session: session.keep("one"), "stop a job early"),
    ],
)
def test_what_an_older_daemon_cannot_do_is_said_in_a_sentence(
    verb: Callable[[ClientSession], None], what: str
) -> None:
    session = welcomed(())
    with pytest.raises(OutdatedError, match=f"is an older Gramarye and cannot {what}.*; update it"):
        verb(session)
    assert said(session) == []


def test_the_verbs_say_what_they_are_called() -> None:
    session = welcomed()
    session.pause("one")
    session.resume("one")
    session.prioritise("one", -3)
    session.jobs(everybody=True)
    session.drain()
    session.keep("one")
    assert [message for message, _ in said(session)] == [
        Pause("one"),
        Resume("one"),
        Prioritise("one", -3),
        JobsRequest(all=True),
        Drain(),
        Keep("one"),
    ]


def test_a_list_of_jobs_is_one_event_however_many_messages_it_takes() -> None:
    session = welcomed()
    session.jobs()
    first, second = (JobReport(name, "frida", "queued") for name in ("one", "two"))
    assert session.receive(encode(JobList((first,), last=False))) == []
    assert session.receive(encode(JobList((second,), last=True))) == [Listed((first, second))]
    assert session.receive(encode(JobList((), last=True))) == [Listed(())]


def test_a_list_without_an_end_is_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gramarye_protocol.session.MOST_LISTED", 3)
    session = welcomed()
    part = encode(JobList((JobReport("one", "frida", "queued"),) * 2, last=False))
    assert session.receive(part) == []
    [failure] = session.receive(part)
    assert isinstance(failure, Failure)
    assert failure.code == "garbage"


def test_a_standing_is_about_its_job() -> None:
    standing = Standing(JobReport("one", "frida", "paused"))
    assert welcomed().receive(encode(standing)) == [standing]
    assert job_of(standing) == "one"


def test_a_result_with_other_pixels_than_announced_ends_that_job_with_a_failure() -> None:
    session = welcomed()
    session.submit("one", Settings(), [])
    described, _ = plane("result", b"result")
    session.receive(encode(Result("one", described)))
    [failure] = session.receive(encode(Chunk("one", 0, 0), b"forged"))
    assert isinstance(failure, Failure)
    assert failure.job == "one"
    assert (Cancel("one"), None) in said(session)


def test_garbage_about_a_job_that_is_only_followed_does_not_cancel_it() -> None:
    session = welcomed()
    session.follow("one")
    session.receive(encode(Result("one", plane("result", b"result")[0])))
    [failure] = session.receive(encode(Chunk("one", 0, 0), b"forged"))
    assert isinstance(failure, Failure)
    assert not session.pursues("one")
    assert (Cancel("one"), None) not in said(session)


def test_what_arrives_late_for_a_cancelled_job_is_let_pass() -> None:
    session = welcomed()
    session.submit("one", Settings(), [plane("content", b"content")])
    session.cancel("one")
    assert session.receive(encode(Credit("one", 0, 0, 7))) == []
    assert session.receive(encode(Chunk("one", 0, 0), b"late")) == []
    assert session.receive(encode(Progress("one", 1, 2))) == []
    failure = Failure("cancelled", "Stopped.", "one")
    assert session.receive(encode(failure)) == [failure]
    assert not session.pursues("one")


def test_jobs_outlive_the_connection_of_an_artist_with_a_name_at_a_daemon_that_can() -> None:
    assert welcomed().keeps_jobs
    assert not welcomed(()).keeps_jobs
    nameless = ClientSession("test")
    nameless.receive(encode(WELCOME))
    assert not nameless.keeps_jobs


def test_a_message_that_only_clients_send_is_a_failure() -> None:
    [failure] = ClientSession("test").receive(encode(Cancel("one")))
    assert isinstance(failure, Failure)
    assert failure.code == "garbage"


@given(st.lists(st.binary(max_size=100), max_size=3))
def test_garbage_becomes_a_failure_and_never_an_exception(frames: list[bytes]) -> None:
    [failure] = ClientSession("test").receive(frames)
    assert isinstance(failure, Failure)


@given(st.lists(our.messages, max_size=6), st.booleans(), st.integers(0, 6))
def test_valid_messages_in_any_order_never_raise(
    messages: list[tuple[Any, Any]], pixels: bool, broken_after: int
) -> None:
    session = ClientSession("test")
    session.submit("one", Settings(), [plane("content", b"content")])
    session.follow("two", pixels)
    for index, (message, payload) in enumerate(messages):
        if index == broken_after:
            session.again()
        for event in session.receive(encode(message, payload)):
            job_of(event)
        for frames in session.outgoing():
            decode(frames)
