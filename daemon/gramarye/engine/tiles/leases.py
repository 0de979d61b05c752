"""Devices that are lent for the tiles of large canvases, and may be taken back at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import torch

from ..device import forget_unused_memory
from ..features import Extractor

if TYPE_CHECKING:
    from ..networks import Network


class Lease:
    """One device from when it is lent until it is taken back, for any number of jobs.

    Networks are made there when a tile needs one. Once the lease has ended no tile is begun there;
    those under way are finished, and then nothing of the networks is left.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._lock = Lock()
        self._making = Lock()
        self._ended = False
        self._tiles = 0
        self._networks: dict[Network, Network] = {}
        self._extractors: dict[tuple[Network, int], Extractor] = {}

    @property
    def in_use(self) -> bool:
        """Whether a tile is under way there, or a network still lies there."""
        with self._lock:
            return self._tiles > 0 or bool(self._networks)

    def begin(self) -> bool:
        """Begin a tile; ``False``: the device was taken back."""
        with self._lock:
            self._tiles += not self._ended
            return not self._ended

    def leave(self) -> None:
        """The tile is done."""
        with self._lock:
            self._tiles -= 1
            self._tidy()

    def end(self) -> None:
        """Take the device back."""
        with self._lock:
            self._ended = True
            self._tidy()

    def extractor(self, network: Network, octave: int) -> Extractor:
        """The same features as a job's own on this device; only between begin and leave."""
        with self._making:
            if network not in self._networks:
                self._networks[network] = network.on(self.device)
            place = network, octave
            if place not in self._extractors:
                self._extractors[place] = self._networks[network].at(octave)
            return self._extractors[place]

    def forget(self, network: Network) -> None:
        """A job is over: what was made for it is not needed any more."""
        with self._making, self._lock:
            if self._networks.pop(network, None) is None:
                return
            for place in [place for place in self._extractors if place[0] is network]:
                del self._extractors[place]
            forget_unused_memory()

    def _tidy(self) -> None:
        if self._ended and not self._tiles and self._networks:
            self._networks.clear()
            self._extractors.clear()
            forget_unused_memory()


@dataclass(frozen=True, eq=False)
class Hand:
    """Features on some device, with which one tile at a time is worked on.

    ``lease`` is there where the device is lent.
    """

    extractor: Callable[[], Extractor]
    lease: Lease | None = None

    @classmethod
    def own(cls, extractor: Extractor) -> Hand:
        """One that is there to the end."""
        return cls(lambda: extractor)

    def begin(self) -> bool:
        """Begin a tile; ``False``: the device was taken back."""
        return self.lease is None or self.lease.begin()

    def leave(self) -> None:
        """The tile is done."""
        if self.lease is not None:
            self.lease.leave()
