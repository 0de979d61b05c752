"""One canvas on several devices: tiles are worked on side by side and come back in their order."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Condition
from typing import TypeVar

import torch

from ..features import Extractor
from .leases import Hand

log = logging.getLogger(__name__)

T = TypeVar("T")


class Crew:
    """Who works on the tiles of one canvas.

    Args:
        first: the features on the job's own device.
        helpers: the same on further devices, to the end.
        lent: those on devices that are lent just now.
    """

    def __init__(
        self,
        first: Extractor,
        helpers: Sequence[Extractor] = (),
        lent: Callable[[], Sequence[Hand]] = tuple,
    ) -> None:
        self.first = first
        self._own = [Hand.own(extractor) for extractor in (first, *helpers)]
        self._lent = lent

    def hands(self) -> list[Hand]:
        """All of them, for one pass over the tiles."""
        return [*self._own, *self._lent()]


def in_order(
    work: Callable[[int, Extractor, bool], T],
    count: int,
    hands: Sequence[Hand],
    at_home: Callable[[int], bool] = frozenset[int]().__contains__,
) -> Iterator[tuple[int, T]]:
    """``(number, work(number, extractor, lent))`` for each of ``count`` tiles, in order.

    With several hands as many tiles are under way at once, each with whichever is free; those that
    are to be done ``at_home`` with no lent one. What is done with the results is done in the tiles'
    order, so sums do not depend on how many there are. A tile that fails on a lent device is done
    again at home, and that device is not used any more. Closing the iterator waits for the tiles
    under way, no longer.
    """
    if len(hands) == 1:
        for number in range(count):
            yield number, work(number, hands[0].extractor(), False)
        return
    waiting = _Waiting(hands)

    def one(number: int) -> T:
        while True:
            hand = waiting.take(at_home(number))
            try:
                return work(number, hand.extractor(), hand.lease is not None)
            except (RuntimeError, MemoryError) as error:
                if hand.lease is None:
                    raise
                log.warning("going on without %s: %s", hand.lease.device, error)
                hand.lease.end()
            finally:
                hand.leave()
                waiting.put(hand)

    threads = torch.get_num_threads()
    under_way: deque[tuple[int, Future[T]]] = deque()
    # A new thread begins with the processor's own count of threads, and sums depend on the count.
    with ThreadPoolExecutor(
        len(hands), "tiles", initializer=torch.set_num_threads, initargs=(threads,)
    ) as pool:
        try:
            for number in range(count):
                under_way.append((number, pool.submit(one, number)))
                if len(under_way) == len(hands) + 1:
                    done, future = under_way.popleft()
                    yield done, future.result()
            while under_way:
                done, future = under_way.popleft()
                yield done, future.result()
        finally:
            for _, future in under_way:
                future.cancel()


class _Waiting:
    """The hands that have nothing to do. One whose device was taken back does not come again."""

    def __init__(self, hands: Sequence[Hand]) -> None:
        self._hands = list(hands)
        self._changed = Condition()

    def take(self, at_home: bool) -> Hand:
        """The next one, as soon as there is one."""
        with self._changed:
            while True:
                found = next((h for h in self._hands if not (at_home and h.lease)), None)
                if found is None:
                    self._changed.wait()
                    continue
                self._hands.remove(found)
                if found.begin():
                    return found

    def put(self, hand: Hand) -> None:
        """It is free again."""
        with self._changed:
            self._hands.append(hand)
            self._changed.notify_all()
