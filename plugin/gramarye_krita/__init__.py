"""Gramarye inside Krita: Filter ▸ Style Transfer.

Krita imports this package at start. Outside Krita it registers nothing, so that its logic can be
imported and tested by any Python.
"""

from __future__ import annotations

import sys
from pathlib import Path

_VENDOR = Path(__file__).parent / "vendor"

# The installer puts the protocol here, and it must win over a copy that some PYTHONPATH carries.
if _VENDOR.is_dir():
    sys.path.insert(0, str(_VENDOR))


def _inside_krita() -> bool:
    try:
        from krita import Krita  # pyright: ignore[reportMissingImports]
    except ImportError:
        return False
    return Krita.instance() is not None


def _begin() -> None:
    try:
        from .extension import register
        from .native import put_on_path
    except Exception as error:  # noqa: BLE001 - Krita would only grey out a line somewhere
        import traceback

        from .broken import register as register_broken

        traceback.print_exc()
        register_broken(error)
        return
    put_on_path()
    register()


if _inside_krita():
    _begin()
