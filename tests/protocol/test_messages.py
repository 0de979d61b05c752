"""A message is what was sent, or it is refused; nothing in between."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gramarye_protocol import (
    MAX_FRAME_BYTES,
    Cancel,
    Failure,
    GarbageError,
    Hello,
    ProtocolError,
    Settings,
    StatusRequest,
    Submit,
    VersionError,
    decode,
    describe,
    encode,
)
from gramarye_protocol.frames import MAX_HEADER_BYTES
from gramarye_protocol.messages import MESSAGES

from . import strategies as our


def header(**fields: Any) -> bytes:
    return json.dumps({"gramarye": 1, **fields}).encode()


@given(our.messages)
def test_every_message_arrives_as_it_was_sent(sent: tuple[Any, bytes | None]) -> None:
    message, payload = sent
    assert decode(encode(message, payload)) == (message, payload)


@given(st.lists(st.binary(max_size=200), max_size=4))
@example([])
@example([b"\xff", b""])
@example([b"[" * 60_000])
def test_bytes_that_are_no_message_are_refused_and_nothing_else(frames: list[bytes]) -> None:
    with pytest.raises(ProtocolError):
        decode(frames)


@given(
    st.sampled_from([*sorted(MESSAGES), "nonsense", 7, None]),
    st.dictionaries(
        st.sampled_from(
            ["job", "planes", "settings", "losses", "preview", "versions", "step", "limit"]
        ),
        our.json_values | st.just(10**400),
    ),
    st.none() | st.binary(max_size=8),
)
@example("progress", {"job": "a", "step": 0, "steps": 0, "seconds_left": 10**400}, None)
@example("progress", {"job": "a", "step": 0, "steps": 0, "losses": {"a": -(10**400)}}, None)
@example("result", {"job": "a", "seconds": float("nan")}, None)
def test_headers_with_the_wrong_fields_are_refused_and_nothing_else(
    kind: Any, fields: dict[str, Any], payload: bytes | None
) -> None:
    frames = [header(type=kind, **fields)] + ([] if payload is None else [payload])
    try:
        message, _ = decode(frames)
    except ProtocolError:
        return
    assert message == decode(encode(message, payload))[0]


def test_fields_from_the_future_are_ignored() -> None:
    frames = [header(type="cancel", job="one", urgency="high")]
    assert decode(frames) == (Cancel("one"), None)


@pytest.mark.parametrize("kind", ["cancel", "submit", "status", "teleport"])
def test_a_version_that_nobody_knows_is_refused_in_a_sentence(kind: str) -> None:
    with pytest.raises(VersionError, match="speaks Gramarye protocol 99") as refused:
        decode([json.dumps({"gramarye": 99, "type": kind, "job": "one"}).encode()])
    assert refused.value.job == "one"


@pytest.mark.parametrize("message", [Hello((99,), "newer"), Failure("version", "Update me.")])
def test_hello_and_failure_are_readable_from_every_version(message: Hello | Failure) -> None:
    frame = encode(message)[0].replace(b'"gramarye":1', b'"gramarye":99')
    assert decode([frame]) == (message, None)


@pytest.mark.parametrize("version", [None, True, 0, -1, 1.0, "1"])
def test_a_header_without_a_proper_version_is_refused(version: object) -> None:
    with pytest.raises(GarbageError, match="no protocol version"):
        decode([json.dumps({"gramarye": version, "type": "status"}).encode()])


def test_a_bad_message_about_a_job_names_the_job() -> None:
    with pytest.raises(GarbageError) as refused:
        decode([header(type="submit", job="one", planes="none")])
    assert refused.value.job == "one"


def test_a_frame_beyond_the_limit_is_refused() -> None:
    with pytest.raises(GarbageError, match="too large"):
        decode([header(type="status"), bytes(MAX_FRAME_BYTES + 1)])
    with pytest.raises(GarbageError, match="too large"):
        decode([b" " * (MAX_HEADER_BYTES + 1)])


def test_bytes_behind_a_message_that_has_none_are_refused() -> None:
    with pytest.raises(GarbageError, match="unexpected bytes"):
        decode([*encode(StatusRequest()), b"pixels"])


def test_a_plane_beyond_what_any_peer_may_send_is_refused_by_its_announcement() -> None:
    plane = describe("content", 1, 1, "RGBA", "f32", bytes(16))
    huge = encode(Submit("one", (plane,), Settings()))[0].replace(
        b'"width":1,"height":1', b'"width":65536,"height":65536'
    )
    with pytest.raises(GarbageError, match="more than"):
        decode([huge])


def test_a_description_that_contradicts_its_pixels_is_refused() -> None:
    with pytest.raises(GarbageError, match="15 bytes where 16"):
        describe("content", 2, 2, "RGBA", "u8", bytes(15))
