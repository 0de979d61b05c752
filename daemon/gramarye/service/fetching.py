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
import time
from collections.abc import Mapping

from ..engine.places import cache_directory
from ..weights.catalogue import Offer, offer
from ..weights.errors import StoreError
from .pace import Pace
from .tether import end_with_the_daemon

REPORT_SECONDS = 0.2


def main(network: str, catalogue: str) -> None:
    """Fetch a network into the user's cache."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the daemon's to handle
    end_with_the_daemon()
    from ..weights.fetch import fetch  # torch comes along

    pace = Pace(REPORT_SECONDS)

    def report(stage: str, have: int, size: int) -> None:
        if have == size or pace.due(time.monotonic()):
            _say(state=stage, have=have, size=size)

    try:
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


def _say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
