"""Imports every package and tries the device: a process of its own, since any of it may crash.

Prints a line of JSON for each thing, before the next one is tried.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib import import_module, metadata

from .machine import PACKAGES


def main() -> None:
    """Say what there is."""
    for name, distribution in PACKAGES.items():
        _say(trying=distribution)
        try:
            module = import_module(name)
            # Torch's own says what it was built for, such as 2.8.0+cu128.
            version = getattr(module, "__version__", None) or metadata.version(distribution)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what we want to know
            _say(package=distribution, trouble=_words(error))
        else:
            _say(package=distribution, version=str(version))
    if "torch" in sys.modules:
        _say(trying="the device")
        _device()


def _device() -> None:
    import torch

    from ..engine.device import choose_device, describe_device, free_memory

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        device = choose_device()
    said = " ".join(str(one.message).split("\n")[0] for one in caught)
    _say(cuda=torch.version.cuda, rocm=getattr(torch.version, "hip", None), said=said)
    _say(device=describe_device(device), ram=free_memory(torch.device("cpu")))
    try:
        kernel = torch.ones(4, 3, 3, 3, device=device)
        picture = torch.ones(1, 3, 16, 16, device=device)
        total = float(torch.nn.functional.conv2d(picture, kernel).sum())
        trouble = "" if total == 4 * 14 * 14 * 27 else f"It computes {total} where 21168 is right."
        free = free_memory(device)
    except Exception as error:  # noqa: BLE001 - the same
        trouble, free = _words(error), None
    _say(trial=trouble, free=free)


def _words(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:300]


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
