"""A computation's saved state as plain bytes and values: what is computed, kept and read back.

Without torch, for those who only carry it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Array:
    """Numbers as they lie in memory, in C order. ``dtype`` means what the writer says it does."""

    dtype: str
    shape: tuple[int, ...]
    data: Any


@dataclass(frozen=True)
class Checkpoint:
    """What a computation goes on from: its arrays by name, and whatever JSON can say."""

    arrays: Mapping[str, Array]
    about: Mapping[str, Any]
