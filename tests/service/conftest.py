"""Daemons for the tests of the service."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gramarye.service.client import Client

from .daemon import PATIENCE, Daemon, running
from .hall import Hall

SLOW = "tests.service.studios:SlowStudio"


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """A daemon of this test's own, with a studio that paints slowly."""
    with running(tmp_path, SLOW) as daemon:
        yield daemon


@pytest.fixture
def connect(daemon: Daemon) -> Iterator[Callable[[], Client]]:
    """Makes clients of the daemon; they are closed afterwards."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Client.connect(daemon.address, PATIENCE))


@pytest.fixture
def make_hall(tmp_path: Path) -> Iterator[Callable[..., Hall]]:
    """Makes brokers, each with a folder of its own."""
    with ExitStack() as stack:

        def make(**options: Any) -> Hall:
            hall = Hall(Path(tempfile.mkdtemp(dir=tmp_path)), **options)
            stack.callback(hall.close)
            return hall

        yield make


@pytest.fixture
def hall(make_hall: Callable[..., Hall]) -> Hall:
    """A broker whose worker has come up."""
    hall = make_hall()
    hall.worker.load()
    hall.carry()
    return hall
