"""What can be fetched, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .errors import UnknownNetworkError


@dataclass(frozen=True)
class Offer:
    """A published checkpoint.

    ``sha256`` is the whole hash in hexadecimal or, where only that is published, its beginning.
    Eight digits reveal an accident; against a malicious mirror only the whole hash protects, which
    is why plain http is refused without it. ``kept`` is what remains once it is converted.
    """

    network: str
    urls: tuple[str, ...]
    size: int
    sha256: str
    kept: int
    note: str

    @property
    def file(self) -> str:
        """The file's name, in every mirror alike."""
        return self.urls[0].rsplit("/", 1)[-1]

    @property
    def pinned(self) -> bool:
        """Whether the whole hash is known."""
        return len(self.sha256) == 64


_NOTE = "Trained on ImageNet and published by torchvision, whose licence is BSD-3-Clause."

CATALOGUE: dict[str, Offer] = {
    "vgg19": Offer(
        network="vgg19",
        urls=("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",),
        size=574_673_361,
        sha256="dcbb9e9d",
        kept=80_100_000,
        note=_NOTE,
    ),
    "vgg16": Offer(
        network="vgg16",
        urls=("https://download.pytorch.org/models/vgg16-397923af.pth",),
        size=553_433_881,
        sha256="397923af",
        kept=58_900_000,
        note=_NOTE,
    ),
}
"""torchvision puts the first eight digits of the SHA-256 into the file's name."""


def offer(network: str, catalogue: Mapping[str, Offer] = CATALOGUE) -> Offer:
    """The entry of ``network``.

    Raises:
        UnknownNetworkError: there is none.
    """
    if network not in catalogue:
        raise UnknownNetworkError(
            f"There is no network {network!r} to fetch: choose {' or '.join(catalogue)}."
        )
    return catalogue[network]
