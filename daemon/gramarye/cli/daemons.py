"""The daemon that a command talks to."""

from __future__ import annotations

from gramarye_protocol import DEFAULT_ADDRESS

from ..service.client import Client
from ..service.errors import NoDaemonError

PROBE_SECONDS = 1.0
ANSWER_SECONDS = 5.0


def named(address: str | None, artist: str = "") -> Client:
    """The daemon at ``address``, or the usual one.

    Raises:
        NoDaemonError: it does not answer.
    """
    return Client.connect(address or DEFAULT_ADDRESS, timeout=ANSWER_SECONDS, artist=artist)


def named_or_found(address: str | None, artist: str) -> Client | None:
    """The daemon that was named, which must answer; or the usual one, if it does.

    Raises:
        NoDaemonError: the named one does not answer.
    """
    if address is not None:
        return named(address, artist)
    try:
        return Client.connect(DEFAULT_ADDRESS, timeout=PROBE_SECONDS, artist=artist)
    except NoDaemonError:
        return None
