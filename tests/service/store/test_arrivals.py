"""Planes that arrive straight onto the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from gramarye.service.store.arrivals import Arrival
from gramarye.service.store.blobs import Blobs
from gramarye_protocol import Chunk, GarbageError, Outgoing
from gramarye_protocol.transfer import WINDOW_BYTES

from ..pictures import picture

PLANE, PIXELS = picture("content", 1024, 3 * WINDOW_BYTES // 4096)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path)


def carry(outgoing: Outgoing, arrival: Arrival, chunks: int) -> None:
    """Bring at most so many chunks."""
    outgoing.grant(arrival.credit())
    while chunks and not arrival.complete:
        for chunk, data in outgoing.chunks():
            credit = arrival.receive(chunk, data)
            if credit is not None:
                outgoing.grant(credit)
            chunks -= 1
            if not chunks:
                return


def test_a_plane_arrives_under_credit_and_is_proven(blobs: Blobs) -> None:
    part = blobs.part(1, "plane-0")
    arrival = Arrival("one", 0, PLANE, part)
    carry(Outgoing("one", 0, PIXELS), arrival, 10_000)
    assert arrival.complete
    assert arrival.credit().have == PLANE.nbytes
    blobs.place(part.settle(PLANE.sha256))
    assert blobs.view(PLANE.sha256) == PIXELS


def test_a_transfer_that_broke_goes_on_where_it_was(blobs: Blobs) -> None:
    carry(Outgoing("one", 0, PIXELS), Arrival("one", 0, PLANE, blobs.part(1, "plane-0")), 5)
    part = blobs.part(1, "plane-0")
    have = part.size
    assert 0 < have < PLANE.nbytes
    arrival = Arrival("one", 0, PLANE, part, have)
    assert arrival.credit().have == have
    carry(Outgoing("one", 0, PIXELS), arrival, 10_000)
    part.settle(PLANE.sha256)


def test_a_plane_that_is_here_already_is_not_sent(blobs: Blobs) -> None:
    arrival = Arrival("one", 0, PLANE, blobs.part(1, "plane-0"), PLANE.nbytes)
    outgoing = Outgoing("one", 0, PIXELS)
    outgoing.grant(arrival.credit())
    assert arrival.complete
    assert not list(outgoing.chunks())


def test_nothing_is_taken_beyond_the_credit_or_out_of_order(blobs: Blobs) -> None:
    part = blobs.part(1, "plane-0")
    arrival = Arrival("one", 0, PLANE, part)
    with pytest.raises(GarbageError, match="beyond the credit"):
        arrival.receive(Chunk("one", 0, 0), b"unasked")
    arrival.credit()
    with pytest.raises(GarbageError, match="beyond the credit"):
        arrival.receive(Chunk("one", 0, WINDOW_BYTES), b"x")
    with pytest.raises(GarbageError, match="0 was next"):
        arrival.receive(Chunk("one", 0, 8), b"x")
    assert part.size == 0
