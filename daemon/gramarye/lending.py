"""The devices that are lent to a studio for the tiles of large canvases."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from .engine.networks import Network
from .engine.tiles.leases import Lease


class Lending:
    """Which devices are lent just now, and which of those before are still at work."""

    def __init__(self) -> None:
        self._leases: list[Lease] = []
        self._ended: list[Lease] = []

    def leases(self) -> list[Lease]:
        """Those of the devices that are lent."""
        return list(self._leases)

    def lend(self, devices: Sequence[torch.device]) -> None:
        """Lend these devices and no others; what is lent already stays as it is."""
        before, self._leases = self._leases, []
        for device in devices:
            known = next((lease for lease in before if lease.device == device), None)
            if known is not None:
                before.remove(known)
            self._leases.append(known or Lease(device))
        for lease in before:
            lease.end()
        self._ended = [lease for lease in (*self._ended, *before) if lease.in_use]

    @property
    def in_use(self) -> bool:
        """Whether anything is computed or kept on a device that is lent or was lent."""
        return any(lease.in_use for lease in (*self._leases, *self._ended))

    def forget(self, network: Network) -> None:
        """A job with this network is over."""
        for lease in self._leases:
            lease.forget(network)
