"""The measured rates of this machine's devices, in a small JSON file in the user's cache.

Nothing in it is precious: a file that is damaged, or that cannot be written, only means that the
rates are measured again.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from .engine.cost import Rates
from .engine.places import cache_home

VERSION = 1
"""Raised when the same figures would mean something else."""
LARGEST = 1e24
"""No rate is as large."""

_log = logging.getLogger(__name__)


def rates_file() -> Path:
    """Where this user's rates are."""
    return cache_home() / "rates.json"


def load_rates(device: str, features: str) -> Rates | None:
    """What is known of a device with such features; ``None``: nothing that can be used."""
    values = _read().get(device)
    found = values.get(features) if isinstance(values, dict) else None
    if not isinstance(found, dict):
        return None
    names = {field.name for field in fields(Rates)}
    if found.keys() != names or not all(map(_sensible, found.values())):
        return None
    return Rates(**found) if found["flops"] and found["correction"] else None


def save_rates(device: str, features: str, rates: Rates) -> None:
    """Keep the rates; a reader sees the old file or the new one."""
    told = _read()
    of_device = told.get(device)
    known = of_device if isinstance(of_device, dict) else {}
    told[device] = {**known, features: asdict(rates)}
    text = json.dumps({"version": VERSION, "devices": told}, indent=1)
    path = rates_file()
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            unfinished.write_text(text)
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        _log.warning("the rates of this machine cannot be kept at %s: %s", path, error.strerror)


def _read() -> dict[str, Any]:
    try:
        told = json.loads(rates_file().read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(told, dict) or told.get("version") != VERSION:
        return {}
    devices = told.get("devices")
    return devices if isinstance(devices, dict) else {}


def _sensible(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < LARGEST
