"""Bringing one file from one address into its ``.part``, however often the connection breaks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from .addresses import host
from .errors import CutError, NoNetworkError, RangeError, StoreError, WrongFileError
from .part import BLOCK, Part
from .transport import Answer, get

ATTEMPTS = 5
"""In a row, none of which brought a :data:`STEP` nearer."""

STEP = 1 << 20
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def download(
    address: str,
    size: int,
    part: Part,
    pinned: bool,
    report: Callable[[int], None],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Until ``part`` has ``size`` bytes, going on from what it already has.

    Raises:
        StoreError: the last problem, when asking again does not help or has not helped.
    """
    attempt = 1
    started = part.size
    while part.size != size:
        before = part.size
        try:
            _attempt(address, size, part, pinned, report)
        except StoreError as error:
            if isinstance(error, RangeError):
                part.discard()
            moved = part.size > started and isinstance(error, NoNetworkError)
            if part.size >= before + STEP:
                attempt = 1
            if attempt == ATTEMPTS or not (error.transient or moved):
                raise
            pause(2.0 ** (attempt - 1))
            attempt += 1


def _attempt(
    address: str, size: int, part: Part, pinned: bool, report: Callable[[int], None]
) -> None:
    if part.size > size:
        part.discard()
    with get(address, _resuming(part, address), pinned) as answer:
        start = _start(answer, address, size, part)
        with part.opened(start, address, answer.header("ETag")) as file:
            received = start
            while block := answer.read(BLOCK):
                received += len(block)
                if received > size:
                    break
                file.write(block)
                report(received)
    if received > size:
        part.discard()
        raise WrongFileError(f"{host(address)} sends more than the file has: try another mirror.")
    if received < size:
        raise CutError(f"The connection to {host(address)} was cut before the file was whole.")


def _resuming(part: Part, address: str) -> dict[str, str]:
    if not part.size:
        return {}
    version = part.version(address)
    return {"Range": f"bytes={part.size}-", **({"If-Range": version} if version else {})}


def _start(answer: Answer, address: str, size: int, part: Part) -> int:
    """Where the answer begins in the file; nothing is written of one that cannot be the file."""
    if answer.status == 206:
        found = CONTENT_RANGE.fullmatch(answer.header("Content-Range"))
        if found and int(found[1]) == part.size and found[2] in (str(size), "*"):
            return part.size
        raise RangeError(f"{host(address)} cannot go on where the last fetch ended.")
    if answer.header("Content-Type").lower().startswith("text/html"):
        raise WrongFileError(
            f"{host(address)} sent a web page instead of the file: a log-in page of this network, "
            "perhaps. Open a browser, or name another mirror."
        )
    length = answer.header("Content-Length")
    if length.isdecimal() and int(length) != size:
        raise WrongFileError(
            f"{host(address)} offers a file of {int(length):,} bytes where the right one has "
            f"{size:,}: name another mirror."
        )
    return 0
