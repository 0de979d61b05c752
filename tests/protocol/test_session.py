"""The client's half: it asks, moves pixels, and is never thrown by what a daemon says."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gramarye_protocol import (
    Accepted,
    Cancel,
    Chunk,
    ClientSession,
    Credit,
    Event,
    Failure,
    Finished,
    Hello,
    Incoming,
    Message,
    Outgoing,
    Plane,
    Received,
    Result,
    Sent,
    Settings,
    Submit,
    Welcome,
    decode,
    describe,
    encode,
    job_of,
)

from . import strategies as our


def said(session: ClientSession) -> list[tuple[Message, Any]]:
    return [decode(frames) for frames in session.outgoing()]


def plane(role: str, data: bytes) -> tuple[Plane, bytes]:
    return describe(role, len(data), 1, "GRAY", "u8", data), data


def test_a_job_goes_from_hello_to_its_result() -> None:
    session = ClientSession("test")
    session.hello()
    assert said(session) == [(Hello((1,), "test"), None)]
    assert session.receive(encode(Welcome(1, "daemon"))) == [Welcome(1, "daemon")]

    planes = [plane("content", b"content"), plane("style", b"style")]
    session.submit("one", Settings(), planes)
    [(submit, _)] = said(session)
    assert isinstance(submit, Submit)
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
    assert said(session)[-1] == (Received("one"), None)


def test_a_result_with_other_pixels_than_announced_ends_that_job_with_a_failure() -> None:
    session = ClientSession("test")
    described, _ = plane("result", b"result")
    session.receive(encode(Result("one", described)))
    [failure] = session.receive(encode(Chunk("one", 0, 0), b"forged"))
    assert isinstance(failure, Failure)
    assert failure.job == "one"
    assert (Cancel("one"), None) in said(session)


def test_what_arrives_late_for_a_cancelled_job_is_let_pass() -> None:
    session = ClientSession("test")
    session.submit("one", Settings(), [plane("content", b"content")])
    session.cancel("one")
    assert session.receive(encode(Credit("one", 0, 0, 7))) == []
    assert session.receive(encode(Chunk("one", 0, 0), b"late")) == []


def test_a_message_that_only_clients_send_is_a_failure() -> None:
    [failure] = ClientSession("test").receive(encode(Cancel("one")))
    assert isinstance(failure, Failure)
    assert failure.code == "garbage"


@given(st.lists(st.binary(max_size=100), max_size=3))
def test_garbage_becomes_a_failure_and_never_an_exception(frames: list[bytes]) -> None:
    [failure] = ClientSession("test").receive(frames)
    assert isinstance(failure, Failure)


@given(st.lists(our.messages, max_size=6))
def test_valid_messages_in_any_order_never_raise(messages: list[tuple[Any, Any]]) -> None:
    session = ClientSession("test")
    session.submit("one", Settings(), [plane("content", b"content")])
    for message, payload in messages:
        for event in session.receive(encode(message, payload)):
            job_of(event)
