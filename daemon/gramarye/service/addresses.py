"""Which addresses a daemon may have: on this machine only, because nothing is encrypted there."""

from __future__ import annotations

import ipaddress
import os
import re

from .errors import ServiceError

_TCP = re.compile(r"tcp://(?P<host>\[[^\]]*\]|[^:\[\]]*):(?P<port>\*|[0-9]{1,5})")
_LONGEST_IPC_PATH = 100
"""Unix allows 104 to 108 bytes for a socket's path, depending on the system."""


def check_address(address: str) -> str:
    """The address as ZeroMQ takes it, if it stays on this machine.

    ``tcp://127.0.0.1:PORT``, ``tcp://localhost:PORT``, ``tcp://[::1]:PORT`` (``*`` for a free
    port) and, on Unix, ``ipc:///path/to/socket``.

    Raises:
        ServiceError: ``address`` is none of these.
    """
    if address.startswith("ipc://"):
        return _check_ipc(address)
    match = _TCP.fullmatch(address)
    if match is None or (match["port"] != "*" and not 0 < int(match["port"]) < 65_536):
        raise ServiceError(
            "address",
            f"{address!r} is not an address. Write it like tcp://127.0.0.1:5599"
            + ("." if os.name == "nt" else " or ipc:///path/to/socket."),
        )
    if not _is_loopback(match["host"]):
        raise ServiceError(
            "not-loopback",
            f"{address} can be reached from other machines, and Gramarye has no keys to tell "
            "friend from stranger. Use an address of this machine, such as tcp://127.0.0.1:5599.",
        )
    return address.replace("//localhost:", "//127.0.0.1:")


def ipc_path(address: str) -> str | None:
    """The socket file of an ``ipc://`` address; ``None`` for any other."""
    return address[len("ipc://") :] if address.startswith("ipc://") else None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:  # a name: what it resolves to is not ours to say
        return False


def _check_ipc(address: str) -> str:
    path = address[len("ipc://") :]
    if os.name == "nt":
        raise ServiceError(
            "address", "Windows has no ipc:// addresses. Use one like tcp://127.0.0.1:5599."
        )
    if not path.startswith("/") or len(os.fsencode(path)) > _LONGEST_IPC_PATH:
        raise ServiceError(
            "address",
            f"{address!r} must name a file by its full path, of at most {_LONGEST_IPC_PATH} "
            "bytes, such as ipc:///run/user/1000/gramarye.sock.",
        )
    return address
