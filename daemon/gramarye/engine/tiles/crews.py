"""One canvas on several devices: tiles are worked on side by side and come back in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

import torch

from ..features import Extractor

T = TypeVar("T")


def in_order(
    work: Callable[[int, Extractor], T], count: int, extractors: Sequence[Extractor]
) -> Iterator[tuple[int, T]]:
    """``(number, work(number, extractor))`` for each of ``count`` tiles, in order.

    With several extractors as many tiles are under way at once, each on whichever is free. What is
    done with the results is done in the tiles' order, so sums do not depend on how many there are.
    Closing the iterator waits for the tiles under way, no longer.
    """
    if len(extractors) == 1:
        for number in range(count):
            yield number, work(number, extractors[0])
        return
    free: SimpleQueue[Extractor] = SimpleQueue()
    for extractor in extractors:
        free.put(extractor)

    def one(number: int) -> T:
        extractor = free.get()
        try:
            return work(number, extractor)
        finally:
            free.put(extractor)

    threads = torch.get_num_threads()
    under_way: deque[tuple[int, Future[T]]] = deque()
    # A new thread begins with the processor's own count of threads, and sums depend on the count.
    with ThreadPoolExecutor(
        len(extractors), "tiles", initializer=torch.set_num_threads, initargs=(threads,)
    ) as pool:
        try:
            for number in range(count):
                under_way.append((number, pool.submit(one, number)))
                if len(under_way) == len(extractors) + 1:
                    done, future = under_way.popleft()
                    yield done, future.result()
            while under_way:
                done, future = under_way.popleft()
                yield done, future.result()
        finally:
            for _, future in under_way:
                future.cancel()
