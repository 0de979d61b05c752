"""Tiles side by side: in their order, at home where they must be, and after a device is gone."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest
import torch

from gramarye.engine.features import Extractor
from gramarye.engine.networks import Network
from gramarye.engine.tiles.crews import Crew, in_order
from gramarye.engine.tiles.leases import Hand, Lease

HOME = cast(Extractor, "home")


class Copies:
    """A network that can be brought to another device."""

    def __init__(self) -> None:
        self.made = 0

    def on(self, device: torch.device) -> Any:
        self.made += 1
        return self

    def at(self, octave: int) -> Any:
        return f"away {octave}"


def _lease(copies: Copies | None = None) -> tuple[Lease, Hand]:
    lease, network = Lease(torch.device("cpu")), cast(Network, copies or Copies())
    return lease, Hand(lambda: lease.extractor(network, 3), lease)


def test_results_come_in_order_whoever_is_quicker() -> None:
    _, hand = _lease()
    gate = threading.Event()

    def work(number: int, extractor: Extractor, lent: bool) -> tuple[int, str]:
        if number == 0:
            assert gate.wait(60)  # until another has done the next one
        else:
            gate.set()
        return number, str(extractor)

    results = list(in_order(work, 20, Crew(HOME, (), lambda: [hand]).hands()))
    assert [number for number, _ in results] == list(range(20))
    assert all(number == own for number, (own, _) in results)
    assert {who for _, (_, who) in results} == {"home", "away 3"}


def test_some_tiles_stay_at_home() -> None:
    _, hand = _lease()

    def work(number: int, extractor: Extractor, lent: bool) -> bool:
        return lent

    results = dict(
        in_order(work, 40, Crew(HOME, (), lambda: [hand]).hands(), range(0, 40, 2).__contains__)
    )
    assert not any(results[number] for number in range(0, 40, 2))


def test_no_tile_is_begun_on_a_device_that_was_taken_back() -> None:
    lease, hand = _lease()
    seen: list[tuple[int, bool]] = []

    def work(number: int, extractor: Extractor, lent: bool) -> None:
        seen.append((number, lent))

    before = 60
    for number, _ in in_order(work, 60, [Hand.own(HOME), hand]):
        if number == 10:
            lease.end()
            before = len(seen)
    assert before < 60
    assert len(seen) == 60
    assert not any(lent for _, lent in seen[before + 2 :])
    assert not lease.in_use
    assert not lease.begin()


def test_a_tile_that_fails_away_is_done_again_at_home() -> None:
    copies = Copies()
    lease, hand = _lease(copies)

    def work(number: int, extractor: Extractor, lent: bool) -> int:
        if lent:
            raise RuntimeError("CUDA error: unspecified launch failure")
        return number

    assert [one for _, one in in_order(work, 12, [Hand.own(HOME), hand])] == list(range(12))
    assert not lease.in_use
    assert copies.made <= 1


def test_a_tile_that_fails_at_home_fails() -> None:
    _, hand = _lease()

    def work(number: int, extractor: Extractor, lent: bool) -> int:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        list(in_order(work, 12, [Hand.own(HOME), hand]))


def test_a_lease_keeps_its_networks_until_it_ends_or_the_job_is_over() -> None:
    copies = Copies()
    lease, hand = _lease(copies)
    for _ in range(3):
        assert hand.begin()
        assert hand.extractor() == cast(Extractor, "away 3")
        hand.leave()
    assert copies.made == 1
    assert lease.in_use
    lease.forget(cast(Network, copies))
    assert not lease.in_use
    assert hand.begin()
    hand.extractor()
    lease.end()
    assert lease.in_use  # the tile is still under way
    hand.leave()
    assert not lease.in_use
