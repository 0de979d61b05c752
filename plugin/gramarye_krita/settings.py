"""What the plugin remembers from one Krita to the next, in Krita's own settings."""

from __future__ import annotations

import json

from gramarye_protocol import DEFAULT_ADDRESS, LONGEST_ARTIST, login_name

from .errors import Refusal
from .host import application
from .job import (
    DEFAULT_QUALITY,
    DEFAULT_SIZE,
    DEFAULT_STRENGTH,
    QUALITIES,
    SIZES,
    Choices,
)
from .model import check_address

GROUP = "gramarye_krita"
MOST_RECENT = 8


def address() -> str:
    """The daemon's address; the default where the saved one is none."""
    try:
        return check_address(_read("address", DEFAULT_ADDRESS))
    except Refusal:
        return DEFAULT_ADDRESS


def remember_address(address: str) -> None:
    """Use this address from now on."""
    _write("address", address)


def artist() -> str:
    """Whose jobs they are at a daemon that several share; the login name where none is saved, and
    empty where the system knows none."""
    return _read("artist", login_name())[:LONGEST_ARTIST]


def choices() -> Choices:
    """What was chosen last."""
    size, quality = _number("size", DEFAULT_SIZE), _read("quality", DEFAULT_QUALITY)
    return Choices(
        style=next(iter(recent_styles()), ""),
        strength=min(100, max(0, _number("strength", DEFAULT_STRENGTH))),
        size=size if size in SIZES else DEFAULT_SIZE,
        quality=quality if quality in QUALITIES else DEFAULT_QUALITY,
    )


def remember_choices(choices: Choices) -> None:
    """Offer these choices first next time."""
    _write("strength", str(choices.strength))
    _write("size", str(choices.size))
    _write("quality", choices.quality)
    others = [style for style in recent_styles() if style != choices.style]
    _write("styles", json.dumps([choices.style, *others][:MOST_RECENT]))


def recent_styles() -> list[str]:
    """Paths of the styles that were used, the newest first."""
    try:
        styles = json.loads(_read("styles", "[]"))
    except ValueError:
        return []
    if not isinstance(styles, list):
        return []
    return [style for style in styles if isinstance(style, str)][:MOST_RECENT]


def _read(name: str, default: str) -> str:
    return application().readSetting(GROUP, name, default)


def _write(name: str, value: str) -> None:
    application().writeSetting(GROUP, name, value)


def _number(name: str, default: int) -> int:
    try:
        return int(_read(name, str(default)))
    except ValueError:
        return default
