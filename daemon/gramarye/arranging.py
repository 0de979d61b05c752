"""How a job is worked on in the memory that there is, and on which device."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import torch

from gramarye_protocol import Settings

from .engine.cost import Job, largest_side
from .engine.device import free_memory
from .engine.errors import RoomError
from .engine.tiles.planning import PLACES, Arrangement, Memory, Tiling, arrange

PROCESSOR = torch.device("cpu")

SHARE_OF_MEMORY, SHARE_OF_DEVICE = 0.6, 0.9
"""What of the free memory a job takes before its canvas is cut: a painter's other programs share a
computer's memory, and nobody a GPU's."""
_UNKNOWN = 1 << 60


class Room:
    """The memory that a job may take on a device now.

    Args:
        settings: whether and how its canvas is to be cut, and how much memory it may take.
    """

    def __init__(self, device: torch.device, settings: Settings) -> None:
        free, host = (free_memory(each) or _UNKNOWN for each in (device, PROCESSOR))
        at_most = settings.max_memory or _UNKNOWN
        share = SHARE_OF_MEMORY if device.type == "cpu" else SHARE_OF_DEVICE
        self._kind = device.type
        self._tiling: Tiling = cast(Tiling, settings.tile)
        self._limited = at_most < free
        self._memory = Memory(
            min(int(share * free), at_most), min(int(SHARE_OF_MEMORY * host), at_most)
        )
        self._most = dict.fromkeys(PLACES, min(free, at_most))
        if device.type != "cpu":
            self._most["host"] = self._most["files"] = min(host, at_most)

    def fits(self, arrangement: Arrangement) -> bool:
        """Whether there is as much memory as it takes."""
        return arrangement.memory <= self._most[arrangement.planes]

    def arranged(self, job: Job) -> Arrangement:
        """How the job is worked on here.

        Raises:
            RoomError: it would not fit, and would take the memory away from others.
        """
        arrangement = self._arrange(job)
        if self.fits(arrangement):
            return arrangement
        height, width = job.content
        side = largest_side(job, lambda smaller: self.fits(self._arrange(smaller)))
        more = "allow it more memory" if self._limited else "close other programs"
        words = [f"choose a size of at most {side}" if side else more]
        if self._tiling == "off":
            words.append("or let the canvas be cut into tiles")
        if job.recipe.patches.octaves:
            words.append("or take a recipe without patches, which paint a canvas as a whole")
        raise RoomError(
            f"{width}×{height} pixels need about {arrangement.memory / 1e9:.1f} GB and "
            f"{self._most[arrangement.planes] / 1e9:.1f} GB may be used: {', '.join(words)}."
        )

    def _arrange(self, job: Job) -> Arrangement:
        return arrange(job, self._memory, self._tiling, self._kind)


def settled(
    device: torch.device, job_on: Callable[[torch.device], Job], settings: Settings
) -> tuple[torch.device, Job, Arrangement]:
    """Where and how a job is worked on: on the device, or where it has too little room on the CPU.

    Raises:
        RoomError: it fits on neither.
    """
    job = job_on(device)
    try:
        return device, job, Room(device, settings).arranged(job)
    except RoomError:
        if device == PROCESSOR:
            raise
    job = job_on(PROCESSOR)
    return PROCESSOR, job, Room(PROCESSOR, settings).arranged(job)
