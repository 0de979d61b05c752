"""The messages about a network's weights: what getting them would take, and how far that is.

The daemon has them fetched once for all who ask. Whoever asked about a network is told about it
until it is here, has failed or was stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .checks import checked, choice, integer, text

NETWORKS = ("vgg19", "vgg16")
FETCH_ACTIONS = ("offer", "fetch", "stop")
FETCH_STATES = ("offered", "fetching", "checking", "done", "failed")


@dataclass(frozen=True)
class FetchWeights:
    """Get the published weights of a network, for everybody's next jobs.

    ``offer`` only asks how they stand, ``stop`` ends the fetching and keeps what has arrived. Each
    is answered with :class:`WeightsReport`.
    """

    TYPE: ClassVar[str] = "fetch-weights"
    network: str = checked(choice(*NETWORKS), default="vgg19")
    action: str = checked(choice(*FETCH_ACTIONS), default="fetch")


@dataclass(frozen=True)
class WeightsReport:
    """How the weights of a network stand.

    ``offered``: they may be fetched. ``have`` of ``size`` bytes have arrived, or have been checked,
    or are here from an earlier attempt; ``kept`` of them stay on the disk. ``source`` is the server
    that is asked first, ``note`` says who published them under which licence. ``code`` and
    ``sentence`` say why it failed, or why it is refused.
    """

    TYPE: ClassVar[str] = "weights-report"
    network: str = checked(choice(*NETWORKS))
    state: str = checked(choice(*FETCH_STATES))
    have: int = checked(integer(0, 1 << 40), default=0)
    size: int = checked(integer(0, 1 << 40), default=0)
    kept: int = checked(integer(0, 1 << 40), default=0)
    source: str = checked(text(256), default="")
    note: str = checked(text(1024), default="")
    code: str = checked(text(64), default="")
    sentence: str = checked(text(1024), default="")
