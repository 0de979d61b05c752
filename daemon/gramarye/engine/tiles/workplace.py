"""Where a transfer is worked on: how octaves are cut, on which devices, beside what files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..cache import Cache
from .layout import UNTILED, Layout
from .leases import Lease

if TYPE_CHECKING:
    from ..networks import Network


def _whole(_octave: int) -> Layout:
    return UNTILED


@dataclass(frozen=True)
class Workplace:
    """What a transfer may use.

    Attributes:
        layout: octave (0: the working size) → how its canvas is cut.
        folder: where planes lie in files, if they do.
        helpers: the same network on further devices, which share the tiles.
        leases: the devices that are lent just now; asked before each pass over the tiles.
        cache: where the targets of styles are kept for other transfers, if they are.
    """

    layout: Callable[[int], Layout] = _whole
    folder: Path | None = None
    helpers: Sequence[Network] = ()
    leases: Callable[[], Sequence[Lease]] = tuple
    cache: Cache | None = None


WHOLE = Workplace()
