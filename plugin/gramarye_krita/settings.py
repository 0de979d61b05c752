"""What the plugin remembers from one Krita to the next, in Krita's own settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gramarye_protocol import DEFAULT_ADDRESS, LONGEST_ARTIST, login_name

from .errors import Refusal
from .host import application
from .logic import choices as chosen
from .logic import gallery as styles
from .model import check_address

GROUP = "gramarye_krita"

T = TypeVar("T")


def address() -> str:
    """The daemon's address; the default where the saved one is none."""
    try:
        return check_address(_read("address", DEFAULT_ADDRESS))
    except Refusal:
        return DEFAULT_ADDRESS


def remember_address(address: str) -> None:
    """Use this address from now on."""
    _write("address", address)


def started() -> str:
    """The address at which the artist last had a daemon started here; empty: never."""
    return _read("started", "")


def remember_started(address: str) -> None:
    """A daemon may be started there without being asked for again."""
    _write("started", address)


def artist() -> str:
    """Whose jobs these are: the name given, or the login name."""
    return (_read("artist", "").strip() or login_name())[:LONGEST_ARTIST]


def remember_artist(name: str) -> None:
    """Use this name from now on; an empty one stands for the login name."""
    _write("artist", name.strip()[:LONGEST_ARTIST])


def choices() -> chosen.Choices:
    """What stood in the dialog last."""
    return _told("choices", chosen.from_json)


def remember_choices(choices: chosen.Choices) -> None:
    """Show these choices next time."""
    _write("choices", chosen.to_json(choices))


def applied() -> chosen.Choices | None:
    """What was applied last, to be repeated; ``None`` where nothing was yet."""
    used = _told("applied", chosen.from_json)
    return used if used.styles else None


def remember_applied(choices: chosen.Choices) -> None:
    """Repeat this one from now on."""
    _write("applied", chosen.to_json(choices))


def gallery() -> styles.Gallery:
    """The artist's styles."""
    return _told("gallery", styles.from_json)


def remember_gallery(gallery: styles.Gallery) -> None:
    """Show these styles from now on."""
    _write("gallery", styles.to_json(gallery))


def preview_follows() -> bool:
    """Whether the preview is painted anew by itself."""
    return _read("preview", "yes") == "yes"


def remember_preview_follows(follows: bool) -> None:
    """Whether to do so from now on."""
    _write("preview", "yes" if follows else "no")


def _told(name: str, read: Callable[[str], T]) -> T:
    return read(_read(name, ""))


def _read(name: str, default: str) -> str:
    return application().readSetting(GROUP, name, default)


def _write(name: str, value: str) -> None:
    application().writeSetting(GROUP, name, value)
