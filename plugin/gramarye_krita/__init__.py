"""Gramarye inside Krita: Filter ▸ Style Transfer.

Krita imports this package at start. Outside Krita it registers nothing, so that its logic can be
imported and tested by any Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .paths import wheels_dir

_VENDOR = Path(__file__).parent / "vendor"

# The installer puts the protocol here, and it must win over a copy that some PYTHONPATH carries.
if _VENDOR.is_dir():
    sys.path.insert(0, str(_VENDOR))

# Native wheels lie outside this folder: Krita replaces it while they are loaded.
if wheels_dir().is_dir():
    sys.path.append(str(wheels_dir()))


def _inside_krita() -> bool:
    try:
        from krita import Krita  # pyright: ignore[reportMissingImports]
    except ImportError:
        return False
    return Krita.instance() is not None


if _inside_krita():
    from .extension import register

    register()
