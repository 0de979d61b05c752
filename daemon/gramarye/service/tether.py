"""What ties a process to the daemon that started it: its standard input ends with the daemon."""

from __future__ import annotations

import logging
import os
import sys
import threading

_log = logging.getLogger(__name__)


def end_with_the_daemon() -> None:
    """End this process, whatever it does, as soon as its standard input ends."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        _log.debug("unexpected words on the standard input")
    os._exit(0)  # the main thread may be deep in a computation
