"""The pretrained networks on this machine: whether they are there and sound."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from ..weights.inventory import Item, inventory
from .finding import Finding, own_command

BUILTIN = "the built-in features are used, learnt from your style alone"
PATIENCE_SECONDS = 300.0
"""All files are read whole, perhaps from a slow disk."""


def weights() -> Iterator[Finding]:
    """Read all of them: in another process, because torch reads them."""
    items = inventory()
    if not items:
        fetch = own_command("weights", "fetch", "vgg19")
        sentence = f"No pretrained network is on this machine: {BUILTIN}. VGG-19 has finer strokes."
        yield Finding("weights", "note", sentence, fetch)
        return
    verdicts = _verdicts()
    best = items[0].network
    for item in items:
        verdict = verdicts.get(str(item.path))
        if verdict is None:
            sentence = f"{item.path} is here, but could not be read to its end."
            yield Finding("weights", "note", sentence, own_command("weights", "verify"))
        else:
            yield judge(item, item.network == best, verdict["problem"], verdict["mend"])


def judge(item: Item, best: bool, problem: str, mend: str) -> Finding:
    """What is to be said of one file. ``best``: its network is the one that is used unasked."""
    if not problem:
        use = "is sound and used" if best else "is sound, for jobs that ask for it"
        rest = use if item.used else "is sound, but another file of its network comes first"
        sentence = f"{item.network} {rest}: {item.path} ({item.size / 1e6:.0f} MB)."
        return Finding("weights", "ok", sentence)
    mend = mend.replace("gramarye weights", own_command("weights"))
    if not item.used:
        return Finding("weights", "note", f"{problem} It is not used.", mend)
    harm = "The daemon does not start with it" if best else f"Jobs with {item.network} fail"
    sentence = f"{problem} {harm}; without the file {BUILTIN}."
    return Finding("weights", "wrong", sentence, mend)


def _verdicts() -> dict[str, dict[str, Any]]:
    """What ``gramarye weights verify`` says of each path; nothing where it does not get so far,
    because torch does not work, say."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "gramarye", "weights", "verify", "--json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return {one["path"]: one for one in json.loads(ran.stdout)["weights"]}
    except (ValueError, subprocess.TimeoutExpired):
        return {}
