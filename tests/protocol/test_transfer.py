"""A plane arrives byte for byte, at the receiver's pace, or not at all."""

from __future__ import annotations

import random
import tracemalloc
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gramarye_protocol import Chunk, Credit, GarbageError, Incoming, Outgoing, Plane, describe
from gramarye_protocol.frames import CHUNK_BYTES
from gramarye_protocol.transfer import WINDOW_BYTES


def pixels(size: int, seed: int = 0) -> tuple[Plane, bytes]:
    data = random.Random(seed).randbytes(size)
    return describe("content", 1, size, "GRAY", "u8", data), data


LARGE = pixels(WINDOW_BYTES * 2 + 12_345)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([1, CHUNK_BYTES, CHUNK_BYTES + 1, LARGE[0].nbytes]), st.data())
def test_any_interleaving_of_chunks_and_credits_gives_the_bytes_back(
    size: int, choices: st.DataObject
) -> None:
    plane, data = LARGE if size == LARGE[0].nbytes else pixels(size)
    sender, receiver = Outgoing("job", 0, data), Incoming("job", 0, plane)
    credits = deque([receiver.credit()])
    chunks: deque[tuple[Chunk, memoryview]] = deque()
    in_flight = 0
    while credits or chunks:
        if credits and (not chunks or choices.draw(st.booleans())):
            sender.grant(credits.popleft())
            for chunk in sender.chunks():
                chunks.append(chunk)
                in_flight += len(chunk[1])
            assert in_flight <= WINDOW_BYTES
        else:
            chunk, part = chunks.popleft()
            in_flight -= len(part)
            credit = receiver.receive(chunk, part)
            if credit is not None:
                credits.append(credit)
    assert receiver.complete
    assert receiver.data == data


def test_a_repeated_credit_sends_nothing_twice() -> None:
    plane, data = pixels(1000)
    sender, receiver = Outgoing("job", 0, data), Incoming("job", 0, plane)
    credit = receiver.credit()
    sender.grant(credit)
    assert len(list(sender.chunks())) == 1
    sender.grant(credit)
    assert list(sender.chunks()) == []


def test_a_sender_sends_on_from_what_the_receiver_holds() -> None:
    _, data = pixels(1000)
    sender = Outgoing("job", 0, data)
    sender.grant(Credit("job", 0, 600, 1000))
    assert [(chunk.offset, bytes(part)) for chunk, part in sender.chunks()] == [(600, data[600:])]


def test_pixels_that_are_not_the_announced_ones_are_refused() -> None:
    plane, data = pixels(1000)
    receiver = Incoming("job", 0, plane)
    receiver.credit()
    with pytest.raises(GarbageError, match="not the announced ones"):
        receiver.receive(Chunk("job", 0, 0), data[::-1])


def test_a_chunk_out_of_order_is_refused() -> None:
    plane, data = pixels(1000)
    receiver = Incoming("job", 0, plane)
    receiver.credit()
    with pytest.raises(GarbageError, match="at 500 where 0 was next"):
        receiver.receive(Chunk("job", 0, 500), data[500:])


def test_a_chunk_beyond_the_credit_is_refused_before_it_is_stored() -> None:
    plane, data = LARGE
    receiver = Incoming("job", 0, plane)
    with pytest.raises(GarbageError, match="beyond the credit"):
        receiver.receive(Chunk("job", 0, 0), data[:1])
    receiver.credit()
    with pytest.raises(GarbageError, match="beyond the credit"):
        receiver.receive(Chunk("job", 0, 0), data[: WINDOW_BYTES + 1])
    assert len(receiver.data) == 0


@pytest.mark.parametrize(("have", "limit"), [(0, 1001), (500, 400)])
def test_a_credit_that_contradicts_the_plane_is_refused(have: int, limit: int) -> None:
    sender = Outgoing("job", 0, pixels(1000)[1])
    with pytest.raises(GarbageError, match="beyond the plane's end"):
        sender.grant(Credit("job", 0, have, limit))


def test_a_large_plane_is_held_once_while_it_arrives() -> None:
    size = 64 << 20
    data = bytes(size)
    plane = describe("content", 4096, 4096, "BGRA", "u8", data)
    tracemalloc.start()
    sender, receiver = Outgoing("job", 0, data), Incoming("job", 0, plane)
    sender.grant(receiver.credit())
    while not receiver.complete:
        for chunk, piece in sender.chunks():
            credit = receiver.receive(chunk, piece)
            if credit is not None:
                sender.grant(credit)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert bytes(receiver.data) == data
    assert peak < 1.2 * size  # the room to grow in, and no second copy
