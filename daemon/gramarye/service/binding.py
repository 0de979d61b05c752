"""Binding the daemon's address: never somebody else's, and open to its owner only."""

from __future__ import annotations

import errno
import os
import socket
import stat
from pathlib import Path

import zmq

from .addresses import ipc_path
from .errors import ServiceError


def bind(door: zmq.Socket[bytes], address: str) -> str:
    """Bind a checked address; returns the one that clients connect to.

    Raises:
        ServiceError: the address is in use or cannot be had.
    """
    path = ipc_path(address)
    try:
        if path is None:
            door.bind(address)
        else:
            _bind_file(door, address, Path(path))
    except zmq.ZMQError as error:
        raise _failure(address, error.errno, str(error)) from error
    return door.get_string(zmq.LAST_ENDPOINT)


def unbind(address: str) -> None:
    """Remove what a closed ``ipc://`` socket may have left."""
    path = ipc_path(address)
    if path is not None:
        Path(path).unlink(missing_ok=True)


def _bind_file(door: zmq.Socket[bytes], address: str, path: Path) -> None:
    """ZeroMQ removes whatever lies at the path: make sure that it is nothing of value."""
    if path.is_symlink() or path.exists():
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise ServiceError("address", f"{path} is a file already. Choose another path.")
        if _answers(path):
            raise _failure(address, errno.EADDRINUSE, "")
    umask = os.umask(0o177)
    try:
        door.bind(address)
    finally:
        os.umask(umask)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:  # left behind by a daemon that was killed
            return False
        except OSError:
            return True
    return True


def _failure(address: str, number: int | None, text: str) -> ServiceError:
    if number == errno.EADDRINUSE:
        return ServiceError(
            "in-use",
            f"{address} is in use already, perhaps by another Gramarye daemon (gramarye status "
            "tells). Stop it or choose another address with --bind.",
        )
    return ServiceError(
        "address", f"Cannot listen at {address}: {text}. Choose another address with --bind."
    )
