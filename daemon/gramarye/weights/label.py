"""What a stored file says of itself, read without its tensors and without torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from ..engine.convention import INPUT_KEY, InputConvention
from ..engine.errors import WeightsError

SOURCE_KEY = "gramarye.source"
SOURCE_HASH_KEY = "gramarye.source_sha256"
TENSORS_HASH_KEY = "gramarye.tensors_sha256"


@dataclass(frozen=True)
class Label:
    """A safetensors file's metadata; empty words for what it does not say."""

    convention: InputConvention | None
    source: str
    source_sha256: str
    tensors_sha256: str


def read_label(path: Path) -> Label:
    """The label of a safetensors file.

    Raises:
        WeightsError: unreadable.
    """
    try:
        with safe_open(path, framework="np") as file:  # "pt" would import torch
            said = file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{path} cannot be read as weights.") from error
    return Label(
        InputConvention.from_json(said[INPUT_KEY]) if INPUT_KEY in said else None,
        *(said.get(key, "") for key in (SOURCE_KEY, SOURCE_HASH_KEY, TENSORS_HASH_KEY)),
    )
