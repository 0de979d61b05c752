"""Checkpoints of a computation: how often, and the file that keeps one.

The file is: eight bytes that say what it is, the length of the header (eight bytes, little-endian),
the header as JSON, the arrays' bytes, each at a multiple of 64 bytes, and the SHA-256 of all that.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ...saved import Array, Checkpoint
from .blobs import Part, Settled, view
from .errors import DamagedError

EVERY_SECONDS = 10.0
SHARE = 0.05
"""Of all the time, at most this goes into checkpoints."""

_MAGIC = b"GRMYCKP1"
_LENGTH = struct.Struct("<Q")
_ALIGNMENT = 64
_DIGEST_BYTES = hashlib.sha256().digest_size

_log = logging.getLogger(__name__)


class CheckpointPace:
    """Every 10 s of work, or as rarely as keeps all checkpoints under 5 % of the time.

    Times are seconds of work, without those of checkpoints. A checkpoint is expected to cost as
    much as the last one; ``first_cost`` is what to expect of the first.
    """

    def __init__(self, first_cost: float = 0.0) -> None:
        self._expected = first_cost
        self._spent = 0.0
        self._last = 0.0

    def due(self, worked: float) -> bool:
        """Whether it is time for one, after so many seconds of work."""
        spent = self._spent + self._expected
        pause = max(EVERY_SECONDS, self._expected * (1 - SHARE) / SHARE)
        return worked - self._last >= pause and spent <= SHARE * (worked + spent)

    def took(self, worked: float, cost: float) -> None:
        """Take note of a checkpoint that cost so many seconds."""
        self._last = worked
        self._spent += cost
        self._expected = cost


def new_part(incoming: Path, job: int) -> Part:
    """Where a worker writes the next checkpoint of a job: a file of its own each time, because the
    last one may still be waiting for its name."""
    return Part(incoming / f"{job}-checkpoint-{time.time_ns()}.part")


def write(part: Part, checkpoint: Checkpoint) -> Settled:
    """Write a checkpoint and wait until it is safe on the disk.

    Raises:
        DiskFullError, DiskError: the disk did not take it; nothing is left of it.
    """
    try:
        offset = 0
        for piece in _pieces(checkpoint):
            offset = part.append(offset, piece)
        return part.settle()
    except BaseException:
        part.drop()
        raise


def read(data: memoryview) -> Checkpoint:
    """The checkpoint in a file's bytes; its arrays are read-only slices of them.

    Raises:
        DamagedError: it is not whole, or not as it was written.
    """
    end = len(data) - _DIGEST_BYTES
    if end < 0 or hashlib.sha256(data[:end]).digest() != data[end:]:
        raise DamagedError("A checkpoint is damaged.")
    start = len(_MAGIC) + _LENGTH.size
    if data[: len(_MAGIC)] != _MAGIC:
        raise DamagedError("A checkpoint was written by another version of Gramarye.")
    length = _LENGTH.unpack(data[len(_MAGIC) : start])[0]
    header = json.loads(bytes(data[start : start + length]))
    arrays = {}
    offset = start + length
    for name, dtype, shape, size in header["arrays"]:
        offset = _aligned(offset)
        arrays[name] = Array(dtype, tuple(shape), data[offset : offset + size])
        offset += size
    return Checkpoint(arrays, header["about"])


def first_whole(paths: Iterable[Path]) -> Checkpoint | None:
    """The first of several checkpoints, newest first, that is not damaged."""
    for path in paths:
        try:
            return read(view(path))
        except DamagedError as error:
            _log.warning("%s is passed over: %s", path, error)
    return None


def _pieces(checkpoint: Checkpoint) -> Iterator[Any]:
    """The file, piece by piece; the arrays are not copied."""
    views = {name: memoryview(array.data).cast("B") for name, array in checkpoint.arrays.items()}
    header = json.dumps(
        {
            "about": checkpoint.about,
            "arrays": [
                (name, array.dtype, array.shape, len(views[name]))
                for name, array in checkpoint.arrays.items()
            ],
        }
    ).encode()
    digest = hashlib.sha256()
    offset = 0
    for piece in (_MAGIC + _LENGTH.pack(len(header)) + header, *views.values()):
        if offset:
            padding = bytes(_aligned(offset) - offset)
            digest.update(padding)
            yield padding
            offset += len(padding)
        digest.update(piece)
        yield piece
        offset += len(piece)
    yield digest.digest()


def _aligned(offset: int) -> int:
    return math.ceil(offset / _ALIGNMENT) * _ALIGNMENT
