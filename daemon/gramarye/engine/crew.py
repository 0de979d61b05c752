"""Threads that each work alone on a part, where a part is many small operations.

torch gives each operation to all of its threads and waits for the last one. Of small operations the
waiting is most, above all on a machine that does other things too. Here each thread does all the
operations of its own part, alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from threading import Barrier
from typing import TypeVar

import torch

Part = TypeVar("Part")


def each(work: Callable[[Part], None], parts: Sequence[Part]) -> None:
    """Do the work for every part, on as many threads as torch uses."""
    count = torch.get_num_threads()
    if count == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    for _ in _crew(count).map(work, parts):
        pass  # a result that is asked for brings the worker's error with it


@lru_cache(maxsize=1)
def _crew(count: int) -> ThreadPoolExecutor:
    """So many threads, in each of which torch uses only that one."""
    ready = Barrier(count + 1)

    def begin() -> None:
        torch.set_num_threads(1)
        ready.wait()

    crew = ThreadPoolExecutor(count, "gramarye-crew", begin)
    for _ in range(count):
        crew.submit(lambda: None)
    ready.wait()
    torch.set_num_threads(count)  # what threads that begin later take over
    return crew
