"""One device with its networks warm: turns settings and planes into a finished plane.

The daemon's worker and the in-process command line both call :meth:`Studio.render`, so the same
job gives the same bytes on either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramarye_protocol import Plane, Settings


@dataclass(frozen=True)
class Pixels:
    """A plane with its bytes."""

    plane: Plane
    data: Any


@dataclass(frozen=True)
class Update:
    """A running job after one step: ``step`` of ``steps`` over all octaves, each loss term.

    ``preview()`` makes a small picture (long side at most 256 px, role ``preview``, RGB u8) of the
    pixels as they stand; call it only when somebody looks, it costs time.
    """

    step: int
    steps: int
    losses: dict[str, float]
    stage: str
    preview: Any


@dataclass(frozen=True)
class Rendered:
    """The finished job."""

    pixels: Pixels
    features: str
    notice: str
    losses: dict[str, float]


class Studio:
    """Networks on one device."""

    def __init__(self, device: str = "auto", weights: Path | None = None) -> None:
        """Choose the device and find the weights; networks load on :meth:`warm`."""
        raise NotImplementedError

    device_name: str
    """Such as ``cpu (2 threads)`` or ``cuda:0 NVIDIA …``."""
    features: str
    """What ``auto`` uses: ``vgg19``, ``vgg16`` or ``builtin``."""
    available: tuple[str, ...]
    """All that ``--features`` may name here."""
    notice: str
    """A sentence where ``auto`` had to fall back; else empty."""

    def warm(self) -> None:
        """Load what ``auto`` uses onto the device."""

    def render(
        self, settings: Settings, planes: Mapping[str, Pixels]
    ) -> Iterator[Update | Rendered | None]:
        """Run a job. ``planes`` maps a role (content, style, init) to its pixels.

        Yields ``None`` often (inside an evaluation: a moment to look for a cancel), an
        :class:`Update` after each step and one :class:`Rendered` at the end. Closing the iterator
        stops the job. Raises :class:`~gramarye.engine.errors.EngineError`.
        """
        raise NotImplementedError
