"""How exactly a network computes, and what a device does well."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import torch

from .errors import SettingsError
from .recipe import Pooling, Precision

Computed = Literal["float64", "exact", "winograd", "bfloat16"]
"""A precision that says what is computed, on whatever device."""


def computed(asked: Precision, pooling: Pooling, device: torch.device) -> Computed:
    """What a precision means on this device; ``auto`` is the quickest that serves.

    bfloat16 serves with average pooling only: of nearly equal neighbours a maximum may take
    another one, and then the gradient goes elsewhere.

    Raises:
        SettingsError: what the device does not have.
    """
    if asked == "float64" and device.type == "mps":
        raise SettingsError("Apple's GPUs have no float64: choose float32, or the device cpu.")
    if asked != "auto":
        return asked
    if pooling == "average" and has_bfloat16(device):
        return "bfloat16"
    # Winograd's strips are for a processor's caches; a GPU's library has its own.
    return "winograd" if device.type == "cpu" else "exact"


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 matrices quicker than float32 ones."""
    if device.type == "cpu":
        return bool(_instructions() & {"avx512_bf16", "amx_bf16"})
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0) or torch.version.hip is not None
    return device.type == "xpu"


@cache
def _instructions() -> frozenset[str]:
    """What the processor can do, by Linux' words; empty where nobody tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())


def type_of(precision: Computed) -> torch.dtype:
    """Of features and filters; pixels, losses and an optimiser's state are float32 at least."""
    return {"float64": torch.float64, "bfloat16": torch.bfloat16}.get(precision, torch.float32)
