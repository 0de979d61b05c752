"""Has weights fetched by a process of its own, one network at a time, for the daemon."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from gramarye_protocol import WeightsReport
from gramarye_protocol.fetching import FETCH_STATES

from ..engine.places import cache_directory
from ..weights.addresses import addresses, host
from ..weights.catalogue import offer
from ..weights.part import Part
from .errors import RefusedError
from .fetching import read_catalogue

CATALOGUE = "gramarye.weights.catalogue:CATALOGUE"

STOP_SECONDS = 5.0
_ENDS = ("done", "failed")
_DIED = "The process that fetches ended unexpectedly. Try again: it goes on from where it stood."

_log = logging.getLogger(__name__)


class Fetcher:
    """Fetches networks of a ``catalogue``, given as ``module:name``.

    Args:
        weights: what the daemon was told to use; it then uses nothing that could be fetched.
    """

    def __init__(self, weights: Path | None, catalogue: str = CATALOGUE) -> None:
        self._weights = weights
        self._catalogue = catalogue
        self._running: _Process | None = None
        self._latest: WeightsReport | None = None
        """Of the network that is being fetched."""

    def report(self, network: str) -> WeightsReport:
        """How a network stands.

        Raises:
            RefusedError: this daemon fetches none. StoreError: it is in no catalogue, or a mirror
                has an impossible address.
        """
        if self._weights is not None:
            raise RefusedError(
                "weights-fixed",
                f"This daemon was told to use {self._weights}. Start it without --weights, and it "
                "can get other weights.",
            )
        if self._latest is not None and self._latest.network == network:
            return self._latest
        wanted = offer(network, read_catalogue(self._catalogue))
        return WeightsReport(
            network,
            "offered",
            min(Part(cache_directory() / f"{wanted.file}.part").size, wanted.size),
            wanted.size,
            wanted.kept,
            host(addresses(wanted, ())[0]),
            wanted.note,
        )

    def fetch(self, network: str) -> WeightsReport:
        """Begin to fetch a network, unless that is under way.

        Raises:
            RefusedError: another one is being fetched, or this daemon fetches none.
            StoreError: as :meth:`report`.
        """
        report = self.report(network)
        if self._running is not None:
            if report is not self._latest:
                raise RefusedError(
                    "weights-busy",
                    "Other weights are being fetched. Try again when they are here.",
                )
            return report
        self._running = _Process(network, self._catalogue)
        self._latest = replace(report, state="fetching")
        return self._latest

    def stop(self, network: str) -> None:
        """End the fetching of a network; what has arrived is kept."""
        if self._running is not None and self._latest and self._latest.network == network:
            self._running.stop()

    def heard(self) -> Iterator[WeightsReport]:
        """What there is to tell since the last time; how it ended, once the process is gone."""
        running, latest = self._running, self._latest
        if running is None or latest is None:
            return
        for told in running.heard():
            self._latest = latest = replace(latest, **told)
            if latest.state not in _ENDS:
                yield latest
        if not running.ended:
            return
        self._running = self._latest = None
        if latest.state in _ENDS:
            yield latest
        elif running.stopped:
            yield self.report(latest.network)
        else:
            yield replace(latest, state="failed", code="weights-process", sentence=_DIED)

    def close(self) -> None:
        """End what is under way."""
        if self._running is not None:
            self._running.stop()
            self._running.join()
            self._running = None


class _Process:
    """The running process, and a thread that listens to it."""

    def __init__(self, network: str, catalogue: str) -> None:
        self.stopped = False
        self._told: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gramarye.service.fetching", network, catalogue],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdout is not None
        self._ended = threading.Event()
        listen = (self._process.stdout,)
        self._listener = threading.Thread(target=self._listen, args=listen, name="fetching")
        self._listener.start()

    def heard(self) -> Iterator[dict[str, Any]]:
        """What it said since the last time; asked before :attr:`ended` it is all there is."""
        self._over = self._ended.is_set()
        while True:
            try:
                yield self._told.get_nowait()
            except Empty:
                return

    @property
    def ended(self) -> bool:
        """Whether it had ended when it was last heard."""
        return self._over

    def stop(self) -> None:
        """Kill it: nothing is lost by that."""
        self.stopped = True
        self._process.kill()

    def join(self) -> None:
        """Wait for its end."""
        self._listener.join(STOP_SECONDS)

    def _listen(self, output: IO[bytes]) -> None:
        with output:
            for line in output:
                told = json.loads(line)
                if told.get("state") in FETCH_STATES:
                    self._told.put(told)
        assert self._process.stdin is not None
        self._process.stdin.close()
        if self._process.wait() and not self.stopped:
            _log.warning("fetching weights ended with %d", self._process.returncode)
        self._ended.set()
