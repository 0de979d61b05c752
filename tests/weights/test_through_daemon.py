"""Weights that a real daemon fetches for its clients, from a real server."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gramarye.service.client import Client
from gramarye.service.connection import Connection
from gramarye.weights.catalogue import Offer
from gramarye_protocol import ClientSession, Settings, Status, WeightsReport

from ..service.daemon import PATIENCE, Daemon, await_ends, running, wait_for
from ..service.pictures import picture
from ..studio.jobs import slim_vgg
from .published import environment
from .server import Site

STUDIO = "gramarye.studio:Studio"
SLOW = "tests.service.studios:SlowStudio"
HALF = 20_000

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="finds processes in /proc")
E = TypeVar("E")


class Reader:
    """A client that asks about weights."""

    def __init__(self, address: str) -> None:
        self._connection = Connection(address)
        self._session = ClientSession("a test")
        self._session.hello()
        self._events: list[Any] = []
        self.close = self._connection.drop

    def ask(self, action: str) -> WeightsReport:
        """The answer to a question about VGG-19."""
        self._session.weights(action=action)
        return self.until(lambda event: isinstance(event, WeightsReport))

    def status(self) -> Status:
        self._session.status()
        return self.until(lambda event: isinstance(event, Status))

    def report(self, state: str) -> WeightsReport:
        """The next report of this state."""
        return self.until(lambda e: isinstance(e, WeightsReport) and e.state == state)

    def until(self, wanted: Callable[[Any], bool]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            while self._events:
                event = self._events.pop(0)
                if wanted(event):
                    return event
            self._connection.send(self._session.outgoing())
            frames = self._connection.receive(deadline - time.monotonic())
            assert frames is not None, "the daemon does not answer"
            self._events += self._session.receive(frames)


@pytest.fixture
def published(offer: Offer, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Daemons of this test fetch the small checkpoint into caches of their own."""
    for name, value in environment(offer).items():
        monkeypatch.setenv(name, value)


@contextmanager
def a_daemon(folder: Path, studio: str = SLOW, weights: str = "") -> Iterator[Daemon]:
    catalogue = "tests.weights.published:CATALOGUE"
    with running(folder, studio, device="cpu", weights=weights, catalogue=catalogue) as daemon:
        yield daemon


@contextmanager
def reading(daemon: Daemon) -> Iterator[Reader]:
    reader = Reader(daemon.address)
    try:
        yield reader
    finally:
        reader.close()


def fetchers(daemon: Daemon) -> list[int]:
    """The processes that fetch for a daemon."""
    return [
        pid
        for pid in daemon.workers()
        if b"gramarye.service.fetching" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def half_is_there(site: Site, directory: Path) -> None:
    """Wait until the server has sent so much and all of it lies on the disk."""
    assert site.stalled.wait(PATIENCE)
    wait_for(
        lambda: any(file.stat().st_size == HALF for file in directory.rglob("*.part")),
        "what was sent does not arrive",
    )


@pytest.mark.usefixtures("published")
def test_what_was_fetched_is_used_by_the_next_job_without_a_restart(
    tmp_path: Path, site: Site, offer: Offer
) -> None:
    with a_daemon(tmp_path, STUDIO) as daemon, Client.connect(daemon.address, PATIENCE) as client:
        made = _painted(client)
        assert made.features.startswith("builtin")
        with reading(daemon) as ann, reading(daemon) as ben:
            offered = ann.ask("offer")
            assert (offered.state, offered.have, offered.size) == ("offered", 0, offer.size)
            assert offered.source == f"127.0.0.1:{site.port}"
            assert offered.note == "A small one."
            assert ben.ask("offer") == offered
            assert ann.ask("fetch").state == "fetching"
            for reader in (ann, ben):
                assert reader.report("done").size == offer.size
                status = reader.until(lambda e: isinstance(e, Status) and e.features == "vgg19")
                assert status.available == ("builtin", "vgg19")
                assert status.notice == ""
        assert len(site.requests) == 1
        made = _painted(client)
        assert made.features.startswith("vgg19")
        assert made.notice == ""


@pytest.mark.usefixtures("published")
def test_a_fetch_that_is_stopped_goes_on_where_it_stood_and_nobody_waits_meanwhile(
    tmp_path: Path, site: Site, directory: Path
) -> None:
    site.stall_after = HALF
    with a_daemon(tmp_path) as daemon, reading(daemon) as ann, reading(daemon) as ben:
        ann.ask("fetch")
        half_is_there(site, directory)
        assert ben.ask("fetch").state == "fetching"  # the same one
        assert ben.status().clients == 2
        assert len(fetchers(daemon)) == 1
        assert ben.ask("stop").state == "fetching"
        for reader in (ann, ben):
            assert reader.report("offered").have == HALF
        assert fetchers(daemon) == []
        site.stall_after = None
        ann.ask("fetch")
        ann.report("done")
    assert [one.range for one in site.requests] == ["", f"bytes={HALF}-"]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_fetch_ends_with_its_daemon_and_goes_on_with_the_next(
    tmp_path: Path, site: Site, directory: Path, how: signal.Signals
) -> None:
    site.stall_after = HALF
    with a_daemon(tmp_path) as daemon, reading(daemon) as reader:
        reader.ask("fetch")
        half_is_there(site, directory)
        [fetcher] = fetchers(daemon)
        os.kill(daemon.process.pid, how)
        await_ends([fetcher])
    site.stall_after = None
    with a_daemon(tmp_path) as daemon, reading(daemon) as reader:
        assert reader.ask("offer").have == HALF
        reader.ask("fetch")
        reader.report("done")
    assert site.requests[-1].range == f"bytes={HALF}-"


@pytest.mark.usefixtures("published")
def test_a_fetching_process_that_dies_is_told_in_a_sentence(tmp_path: Path, site: Site) -> None:
    site.stall_after = HALF
    with a_daemon(tmp_path) as daemon, reading(daemon) as reader:
        reader.ask("fetch")
        assert site.stalled.wait(PATIENCE)
        os.kill(fetchers(daemon)[0], signal.SIGKILL)
        failed = reader.report("failed")
        assert failed.code == "weights-process"
        assert "Try again: it goes on from where it stood." in failed.sentence
        site.stall_after = None
        assert reader.ask("fetch").state == "fetching"
        reader.report("done")


@pytest.mark.usefixtures("published")
def test_a_server_without_the_file_is_told_in_a_sentence(tmp_path: Path, site: Site) -> None:
    site.status = 404
    with a_daemon(tmp_path) as daemon, reading(daemon) as reader:
        reader.ask("fetch")
        failed = reader.report("failed")
        assert failed.code == "weights-server"
        assert failed.sentence.startswith("127.0.0.1")
        assert reader.ask("offer").state == "offered"


@pytest.mark.usefixtures("published")
def test_a_daemon_with_weights_of_its_own_refuses(tmp_path: Path, site: Site) -> None:
    weights = str(slim_vgg(tmp_path))
    with a_daemon(tmp_path, weights=weights) as daemon, reading(daemon) as reader:
        for action in ("offer", "fetch"):
            refused = reader.ask(action)
            assert (refused.state, refused.code) == ("failed", "weights-fixed")
            assert f"told to use {weights}. Start it without --weights" in refused.sentence
    assert site.requests == []


@pytest.mark.usefixtures("published")
def test_what_the_command_line_fetched_meanwhile_is_found_when_it_is_asked_for(
    tmp_path: Path, site: Site, offer: Offer, directory: Path
) -> None:
    from gramarye.weights.fetch import fetch

    with a_daemon(tmp_path, STUDIO) as daemon, reading(daemon) as reader:
        wait_for(lambda: reader.status().features == "builtin", "the worker does not come up")
        fetch(offer, directory)
        reader.ask("fetch")
        reader.report("done")
        reader.until(lambda e: isinstance(e, Status) and e.features == "vgg19")
    assert len(site.requests) == 1


def _painted(client: Client) -> Any:
    """The result of a small job."""
    planes = [picture("content", 48, 48), picture("style", 48, 48)]
    job = client.submit(Settings(steps=1), planes)
    *_, finished = client.follow(job)
    return finished.result  # type: ignore[union-attr]
