"""The weights that clients ask for: fetched once, and told to all who asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Protocol

from gramarye_protocol import FetchWeights, WeightsReport

from ..weights.errors import StoreError
from .errors import ServiceError
from .post import Post

_log = logging.getLogger(__name__)


class Fetches(Protocol):
    """What fetches, such as :class:`~gramarye.service.fetcher.Fetcher`."""

    def report(self, network: str) -> WeightsReport:
        """How a network stands."""
        ...

    def fetch(self, network: str) -> WeightsReport:
        """Begin to fetch a network, unless that is under way."""
        ...

    def stop(self, network: str) -> None:
        """End the fetching of a network."""
        ...

    def heard(self) -> Iterator[WeightsReport]:
        """What there is to tell since the last time."""
        ...


class Library:
    """Answers those who ask about weights; ``arrived`` is called when there are new ones."""

    def __init__(self, fetcher: Fetches | None, post: Post, arrived: Callable[[], None]) -> None:
        self._fetcher = fetcher
        self._post = post
        self._arrived = arrived
        self._readers: dict[str, set[bytes]] = {}

    def ask(self, client: bytes, message: FetchWeights) -> None:
        """Do what a client asks, or say why not; it is told how that goes on."""
        self._readers.setdefault(message.network, set()).add(client)
        try:
            if self._fetcher is None:
                raise ServiceError("weights", "This daemon cannot get weights.")
            report = self._fetcher.report(message.network)
            if message.action == "fetch":
                report = self._fetcher.fetch(message.network)
                _log.info("a client asks for %s: %s", message.network, report.state)
            elif message.action == "stop":
                self._fetcher.stop(message.network)
        except (ServiceError, StoreError) as error:
            report = WeightsReport(
                message.network, "failed", code=error.code, sentence=error.sentence
            )
        self._post.say(client, report)

    def leave(self, client: bytes) -> None:
        """A client is gone; what was asked for is fetched all the same."""
        for readers in self._readers.values():
            readers.discard(client)

    def tick(self) -> None:
        """Pass on what there is to tell; call it often."""
        if self._fetcher is None:
            return
        for report in self._fetcher.heard():
            if report.state == "done":
                _log.info("%s is here", report.network)
                self._arrived()
            elif report.state == "failed":
                _log.warning("%s was not fetched: %s", report.network, report.sentence)
            for client in tuple(self._readers.get(report.network, ())):
                self._post.say(client, report, droppable=report.state in ("fetching", "checking"))
