"""Where a file may be fetched from: mirrors first, and only over a connection that can be trusted.

A mirror is the address of the file itself, or of a folder that has it under its usual name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from urllib.parse import urlsplit

from .catalogue import Offer
from .errors import AddressError

MIRRORS_VARIABLE = "GRAMARYE_MIRRORS"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def addresses(offer: Offer, mirrors: Iterable[str]) -> tuple[str, ...]:
    """Every address to try, in order: the mirrors given, those of the environment, the original.

    Raises:
        AddressError: one of them must not be used.
    """
    configured = os.environ.get(MIRRORS_VARIABLE, "").replace(",", " ").split()
    chosen = (*(_of_file(one, offer.file) for one in (*mirrors, *configured)), *offer.urls)
    for address in chosen:
        check_address(address, offer.pinned)
    return tuple(dict.fromkeys(chosen))


def check_address(address: str, pinned: bool) -> None:
    """Whether ``address`` may be fetched from; ``pinned``: the file's whole hash is known.

    Raises:
        AddressError: it may not.
    """
    try:
        parts = urlsplit(address)
        host, scheme, _ = parts.hostname, parts.scheme, parts.port
    except ValueError as error:
        raise AddressError(f"{address} is no web address: write https://HOST/PATH.") from error
    if scheme not in ("http", "https") or not host or not address.isascii() or " " in address:
        raise AddressError(f"{address} is no web address: write https://HOST/PATH.")
    if "@" in parts.netloc:
        raise AddressError(f"The address of {host} holds a password: use one without.")
    if scheme == "http" and not pinned and host not in LOOPBACK:
        raise AddressError(
            f"{address} is not encrypted, so nobody could tell whether the file was changed on "
            "its way: use an https address."
        )


def is_loopback(address: str) -> bool:
    """Whether ``address`` is on this machine."""
    return urlsplit(address).hostname in LOOPBACK


def host(address: str) -> str:
    """What to call a server in a sentence."""
    return urlsplit(address).netloc


def _of_file(mirror: str, file: str) -> str:
    return mirror if mirror.endswith(f"/{file}") else f"{mirror.rstrip('/')}/{file}"
