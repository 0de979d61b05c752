"""Krita's lists of nodes keep every layer in them in memory, unless they are let go of."""

from __future__ import annotations

import re
from pathlib import Path

from gramarye_krita import translate

PLUGIN = Path(translate.__file__).parent
LISTS = re.compile(r"\.(childNodes|selectedNodes|topLevelNodes)\(")


def test_lists_of_nodes_are_asked_for_in_one_place_only() -> None:
    asking = [file for file in PLUGIN.rglob("*.py") if LISTS.search(file.read_text("utf-8"))]
    assert asking == [PLUGIN / "canvas" / "nodes.py"]
