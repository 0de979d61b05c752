"""Daemons for the tests of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

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
def hall() -> Hall:
    """A broker whose worker has come up."""
    hall = Hall()
    hall.worker.load()
    hall.carry()
    return hall
