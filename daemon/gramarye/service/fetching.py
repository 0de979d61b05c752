"""The process that fetches weights: ``python -m gramarye.service.fetching NETWORK CATALOGUE``.

Apart from the broker, because it hashes hundreds of megabytes and converts them with torch. It
prints a line of JSON for each step, the last of which says how it ended, and may be killed at any
time: what has arrived is gone on from.
"""

from __future__ import annotations

import importlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ..engine.places import cache_directory
from ..weights.catalogue import Offer, offer
from ..weights.errors import StoreError
from .tether import end_with_the_daemon

REPORT_SECONDS = 0.2


def main(network: str, catalogue: str) -> None:
    """Fetch a network into the user's cache."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the daemon's to handle
    end_with_the_daemon()
    from ..weights.fetch import fetch  # torch comes along

    try:
        with _telling() as report:
            fetch(offer(network, read_catalogue(catalogue)), cache_directory(), report=report)
    except StoreError as error:
        _say(state="failed", code=error.code, sentence=error.sentence[:1024])
    else:
        _say(state="done")


def read_catalogue(name: str) -> Mapping[str, Offer]:
    """What can be fetched, as ``module:name``."""
    module, _, attribute = name.partition(":")
    catalogue: Mapping[str, Offer] = getattr(importlib.import_module(module), attribute)
    return catalogue


@contextmanager
def _telling() -> Iterator[Callable[[str, int, int], None]]:
    """Gives what takes reports; now and then a thread says what the latest one was."""
    latest: list[tuple[str, int, int]] = []
    over = threading.Event()

    def tell() -> None:
        told = None
        while not over.wait(REPORT_SECONDS):
            if latest and latest[-1] != told:
                state, have, size = told = latest[-1]
                _say(state=state, have=have, size=size)

    def report(stage: str, have: int, size: int) -> None:
        latest[:] = [(stage, have, size)]

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        yield report
    finally:
        over.set()
        teller.join()


def _say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
