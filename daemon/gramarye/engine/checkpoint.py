"""Where a transfer stands, as tensors and plain values: enough to go on with the same bits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from .errors import CheckpointError


@dataclass(frozen=True)
class Checkpoint:
    """A transfer between two evaluations.

    Attributes:
        octave: the one at work, in halvings below the working size.
        steps: evaluations made at it.
        done: evaluations made in all; ``total``: the most that there will be.
        losses: each term of the octave's best picture so far.
        notes: sentences about what the pictures did not allow.
        random: the state of the generator of all noise.
        optimiser: its ``state_dict``, whose tensors go on changing: use them, or pack and write
            them, before the next evaluation.
    """

    octave: int
    steps: int
    done: int
    total: int
    losses: dict[str, float]
    notes: tuple[str, ...]
    random: Tensor
    optimiser: dict[str, Any]

    def pack(self) -> tuple[dict[str, Tensor], str]:
        """Tensors by name, none of them twice, and JSON for everything else."""
        names: dict[int, str] = {}
        tensors: dict[str, Tensor] = {}
        fields = {**vars(self), "notes": list(self.notes)}
        return tensors, json.dumps(_packed(fields, names, tensors))

    @classmethod
    def unpack(cls, tensors: Mapping[str, Tensor], text: str) -> Checkpoint:
        """What :meth:`pack` was given.

        Raises:
            CheckpointError: it is not that.
        """
        try:
            fields = _unpacked(json.loads(text), tensors)
            return cls(**{**fields, "notes": tuple(fields["notes"])})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CheckpointError(
                "A job's saved state cannot be read, so it begins anew. Nothing else is lost."
            ) from error


def _packed(value: Any, names: dict[int, str], tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, Tensor):
        if id(value) not in names:
            names[id(value)] = f"tensor {len(names)}"
            tensors[names[id(value)]] = value
        return {"tensor": names[id(value)]}
    if isinstance(value, dict):
        return {"dict": {key: _packed(one, names, tensors) for key, one in value.items()}}
    if isinstance(value, list):
        return [_packed(one, names, tensors) for one in value]
    if isinstance(value, float):
        return {"float": value.hex()}  # all its bits, infinity too
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{type(value).__name__} in a checkpoint")


def _unpacked(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(value, list):
        return [_unpacked(one, tensors) for one in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "tensor":
        return tensors[inner]
    if kind == "float":
        return float.fromhex(inner)
    if kind == "dict":
        return {key: _unpacked(one, tensors) for key, one in inner.items()}
    raise ValueError(kind)
