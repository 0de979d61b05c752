"""The user's own weights: one safetensors file a network, whole or not there at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import save
from torch import Tensor

from ..engine.convention import INPUT_KEY, State
from ..engine.errors import WeightsError
from ..engine.weights import load_weights
from .label import SOURCE_HASH_KEY, SOURCE_KEY, TENSORS_HASH_KEY, read_label
from .part import on_disk

NETWORK_KEY = "gramarye.network"


@dataclass(frozen=True)
class Origin:
    """Where weights come from: an address or a path, and the SHA-256 of what was there."""

    source: str
    sha256: str


def stored_path(directory: Path, network: str) -> Path:
    """Where ``network`` is, or would be, kept."""
    return directory / f"{network}.safetensors"


def store(directory: Path, network: str, state: State, origin: Origin) -> Path:
    """Keep ``state``, in the place of what was kept before; returns where.

    A reader sees the old file or the new one, even if the machine stops in between.

    Raises:
        DiskError: the disk is full, or cannot be written.
    """
    path = stored_path(directory, network)
    data = save(
        {key: value.contiguous() for key, value in state.items()},
        {
            "format": "pt",
            NETWORK_KEY: network,
            INPUT_KEY: state.convention.to_json(),
            SOURCE_KEY: origin.source,
            SOURCE_HASH_KEY: origin.sha256,
            TENSORS_HASH_KEY: tensors_hash(state),
        },
    )
    with on_disk(path):
        _replace(path, data)
    return path


def _replace(path: Path, data: bytes) -> None:
    unfinished = path.with_name(path.name + ".new")
    try:
        with os.fdopen(
            os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # only there can a folder be opened, and the new name made to last
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def tensors_hash(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, shapes and numbers, whatever their order."""
    result = hashlib.sha256()
    for name in sorted(tensors):
        value = tensors[name].contiguous()
        result.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        result.update(value.numpy().tobytes())
    return result.hexdigest()


def check(path: Path, network: str) -> State:
    """Read a checkpoint to the last number.

    Raises:
        WeightsError: unreadable, of another network, or not as it was when it was stored.
    """
    found, state = load_weights(path)
    if found != network:
        raise WeightsError(f"{path} holds {found}, not {network}.")
    if path.suffix == ".safetensors":
        wanted = read_label(path).tensors_sha256
        if wanted and wanted != tensors_hash(state):
            raise WeightsError(f"{path} has changed since it was stored: it is damaged.")
    return state


def intact(path: Path, network: str) -> bool:
    """Whether a good file is at ``path``."""
    try:
        check(path, network)
    except WeightsError:
        return False
    return True
