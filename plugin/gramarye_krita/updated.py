"""Whether the plugin's files were replaced while this Krita runs."""

from __future__ import annotations

from pathlib import Path

from .translate import tr

_MANIFEST = Path(__file__).parent / "MANIFEST.json"


def _read() -> bytes:
    """Empty where there is none: a developer's own copy."""
    return _MANIFEST.read_bytes() if _MANIFEST.is_file() else b""


_at_start = _read()


def restart_words() -> str:
    """What to do before the plugin is used; empty if its files are those that were loaded.

    Parts are imported at their first use: those of another version would not fit the rest.
    """
    if _read() == _at_start:
        return ""
    return tr("Gramarye was updated or removed while Krita was open. Restart Krita to go on.")
