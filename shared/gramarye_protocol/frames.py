"""A message on the wire: one JSON header frame, and at most one frame of raw bytes behind it.

The header is an object with ``gramarye`` (the protocol version), ``type`` and the message's own
fields. Hello and error headers are readable by every version, so that two peers that cannot work
together can still say so.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from .checks import build, identifier
from .errors import GarbageError, ProtocolError, VersionError
from .messages import MESSAGES, Chunk, Failure, Hello, Message, Progress, Result, Submit
from .planes import check_plane
from .version import PROTOCOL_VERSION

MAX_HEADER_BYTES = 64 * 1024
CHUNK_BYTES = 512 * 1024
MAX_FRAME_BYTES = 2 * 1024 * 1024
"""No frame is larger: sockets refuse a bigger one before they allocate it."""

Frames = list[Any]


def encode(message: Any, payload: Any = None) -> Frames:
    """The frames of a message. ``payload`` (bytes-like) only with a chunk or a preview."""
    header: dict[str, Any] = {"gramarye": PROTOCOL_VERSION, "type": message.TYPE}
    header.update(dataclasses.asdict(message))
    frames: Frames = [json.dumps(header, separators=(",", ":"), allow_nan=False).encode()]
    if payload is not None:
        frames.append(payload)
    return frames


def decode(frames: Sequence[Any], kinds: Mapping[str, type] = MESSAGES) -> tuple[Message, Any]:
    """The message in ``frames``, and its payload frame or ``None``.

    ``kinds`` are the messages to understand, by their wire names.

    Raises:
        VersionError: the header is of a version that this package does not speak.
        GarbageError: anything else about it is not a message.

    Either carries the id of the job in ``job``, if the header has one.
    """
    if not 1 <= len(frames) <= 2:
        raise GarbageError(f"{len(frames)} frames where 1 or 2 belong")
    payload = frames[1] if len(frames) == 2 else None
    if payload is not None and len(payload) > MAX_FRAME_BYTES:
        raise GarbageError("a frame is too large")
    header = _header(frames[0])
    try:
        return _message(header, payload, kinds), payload
    except ProtocolError as error:
        error.job = _job(header)
        raise


def _message(header: dict[str, Any], payload: Any, kinds: Mapping[str, type]) -> Message:
    cls = kinds.get(header["type"]) if isinstance(header.get("type"), str) else None
    version = header.get("gramarye")
    if type(version) is not int or version < 1:
        raise GarbageError("the header names no protocol version")
    if version != PROTOCOL_VERSION and cls not in (Hello, Failure):
        raise VersionError(version, PROTOCOL_VERSION)
    if cls is None:
        raise GarbageError(f"unknown message type {str(header.get('type'))[:40]!r}")
    message = build(cls, header, cls.TYPE)
    _check_payload(message, payload)
    return message


def _job(header: dict[str, Any]) -> str | None:
    try:
        return identifier("job", header.get("job"))
    except GarbageError:
        return None


def _header(frame: Any) -> dict[str, Any]:
    if len(frame) > MAX_HEADER_BYTES:
        raise GarbageError("the header is too large")
    try:
        header = json.loads(bytes(frame).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise GarbageError("the header is not JSON") from error
    if not isinstance(header, dict):
        raise GarbageError("the header is not a JSON object")
    return header


def _check_payload(message: Message, payload: Any) -> None:
    """Bytes exactly where they belong, and as many as were announced."""
    if isinstance(message, Submit):
        for index, plane in enumerate(message.planes):
            check_plane(plane, f"planes[{index}]")
    elif isinstance(message, Result):
        check_plane(message.plane, "plane")
    if isinstance(message, Chunk):
        if not payload:
            raise GarbageError("a chunk without bytes")
    elif isinstance(message, Progress) and message.preview is not None:
        if payload is None or len(payload) != message.preview.nbytes:
            raise GarbageError("a preview whose bytes do not match its size")
    elif payload is not None:
        raise GarbageError(f"unexpected bytes behind {message.TYPE}")
