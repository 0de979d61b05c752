"""Taking the plugin out of one Krita, with nothing left behind but what is the artist's own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from .errors import KritaInstallError
from .files import mode, remove_half_done, write
from .places import Places
from .settings import without_choices, without_plugin

_OURS = ("krita-python*", "launcher.json", "daemon.log", "environment-*", "tools")
"""In the plugin's data folder: what can be had again."""
_THE_ARTISTS = ("styles", "jobs.json*", "jobs")
"""Styles that were kept, and what the jobs were for."""


def left(krita: Places, everything: bool = False) -> list[Path]:
    """The files and folders of the plugin in this Krita, without its lines in the settings.

    The environment that runs this, and its Python, are not among them. ``everything`` adds the
    artist's own styles.
    """
    names = (*_OURS, *(_THE_ARTISTS if everything else ()))
    places = [krita.module, krita.desktop, krita.action]
    places += [found for name in names for found in sorted(krita.data.glob(name))]
    own = [Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)]
    return [
        one
        for one in places
        if one.exists() and not any(prefix.is_relative_to(one.resolve()) for prefix in own)
    ]


def uninstall(krita: Places, everything: bool = False) -> None:
    """Remove the plugin from a Krita, whether that runs or not.

    ``everything`` includes the styles that the artist kept and what the dialog remembers.

    Raises:
        KritaInstallError: something could not be removed; the rest is.
    """
    failed = [trouble for place in left(krita, everything) for trouble in _remove(place)]
    remove_half_done(krita.module)
    try:
        _forget(krita.kritarc, everything)
    except OSError as error:
        failed.append(f"{krita.kritarc} ({error.strerror or error})")
    _remove_if_empty(krita.action.parent)
    _remove_if_empty(krita.data)
    if failed:
        raise KritaInstallError(
            f"This could not be removed: {', '.join(failed)}. Close Krita, end the daemon, check "
            "that the folder can be written, and try again."
        )


def _remove(place: Path) -> Iterator[str]:
    try:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    except OSError as error:
        yield f"{place} ({error.strerror or error})"


def _forget(kritarc: Path, everything: bool) -> None:
    if not kritarc.is_file():
        return
    before = kritarc.read_bytes()
    after = without_plugin(before)
    if everything:
        after = without_choices(after)
    if after != before:
        write(kritarc, after, mode=mode(kritarc))


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
