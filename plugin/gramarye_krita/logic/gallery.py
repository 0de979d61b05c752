"""The artist's styles: lately used ones, favourites, ready-made ones, and pictures kept for them.

A style is a picture file. What was pasted, dropped as pixels or taken from a layer is kept as a
file in the user's own folder as long as it is a favourite or was used lately.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..translate import tr

MOST_RECENT = 24
MOST_FAVOURITES = 200
READY_MADE = Path(__file__).parents[1] / "styles"
LONGEST_NAME = 60


@dataclass(frozen=True)
class Gallery:
    """Paths of pictures: those used lately, the newest first, and the favourites."""

    recent: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()

    def used(self, paths: Iterable[str]) -> Gallery:
        """These were used now."""
        new = tuple(dict.fromkeys(paths))
        others = tuple(path for path in self.recent if path not in new)
        return replace(self, recent=(*new, *others)[:MOST_RECENT])

    def liked(self, path: str, liked: bool) -> Gallery:
        """A favourite from now on, or no longer."""
        others = tuple(one for one in self.favourites if one != path)
        return replace(self, favourites=((path, *others) if liked else others)[:MOST_FAVOURITES])

    def without(self, path: str) -> Gallery:
        """Neither used lately nor a favourite."""
        return replace(self.liked(path, False), recent=tuple(p for p in self.recent if p != path))


def to_json(gallery: Gallery) -> str:
    """The gallery as text that :func:`from_json` reads."""
    return json.dumps(asdict(gallery), ensure_ascii=False)


def from_json(text: str) -> Gallery:
    """The gallery in a text; what cannot be understood is left out."""
    try:
        told = json.loads(text)
    except ValueError:
        return Gallery()
    if not isinstance(told, dict):
        return Gallery()
    return Gallery(
        _paths(told.get("recent"), MOST_RECENT), _paths(told.get("favourites"), MOST_FAVOURITES)
    )


def ready_made() -> tuple[str, ...]:
    """The styles that come with the plugin."""
    return tuple(str(file) for file in sorted(READY_MADE.glob("*.jpg")))


def name_of(path: str) -> str:
    """What a style is called."""
    file = Path(path)
    if file.parent == READY_MADE:
        return {
            "brush": tr("Brush"),
            "flow": tr("Flow"),
            "glass": tr("Glass"),
            "mosaic": tr("Mosaic"),
            "watercolour": tr("Watercolour"),
            "woodcut": tr("Woodcut"),
        }.get(file.stem, file.stem)
    return file.stem


def place_for(folder: Path, name: str) -> Path:
    """Where to keep a picture of this name as a PNG: a file that is not there yet."""
    clean = re.sub(r"[^\w .()–-]", "_", name).strip(" .")[:LONGEST_NAME] or "style"
    for number in range(1, 10_000):
        file = folder / (f"{clean}.png" if number == 1 else f"{clean} {number}.png")
        if not file.exists():
            return file
    raise OSError(f"{folder} is full of pictures called {clean}")


def tidy(folder: Path, gallery: Gallery, chosen: Iterable[str]) -> None:
    """Delete the kept pictures that are neither chosen, used lately nor favourites."""
    needed = {*gallery.recent, *gallery.favourites, *chosen}
    for file in folder.glob("*.png"):
        if str(file) not in needed:
            file.unlink(missing_ok=True)


def _paths(told: Any, most: int) -> tuple[str, ...]:
    if not isinstance(told, list):
        return ()
    return tuple(path for path in told if isinstance(path, str) and path)[:most]
