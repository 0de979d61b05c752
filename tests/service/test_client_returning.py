"""A daemon goes away in the middle of a job and comes back: its client goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from gramarye.service.client import Away, Back, Client
from gramarye.service.errors import LostDaemonError, RefusedError
from gramarye_protocol import Accepted, Failure, Finished, Plane, Sent, Settings, describe
from gramarye_protocol.version import HEARTBEAT_MS, HEARTBEAT_TIMEOUT_MS
from tests.protocol.daemons import Daemon, plane

from .router import Router, apart

CONTENT = os.urandom(3_000_000)
PLANES = [plane("content", CONTENT[:60_000]), plane("style", b"style")]
GUARD_SECONDS = 120.0


@pytest.fixture
def router() -> Iterator[Router]:
    """A daemon that keeps its jobs."""
    router = Router()
    yield router
    router.stop()


def large() -> list[tuple[Plane, bytes]]:
    """A content of several chunks."""
    return [(describe("content", 3000, 1000, "GRAY", "u8", CONTENT), CONTENT), PLANES[1]]


def test_a_running_job_goes_on_when_the_daemon_is_back(router: Router) -> None:
    with Client.connect(router.address, artist="frida") as client:
        client.submit(Settings(), PLANES, "one")
        kinds: list[type] = []
        for event in client.follow("one"):
            kinds.append(type(event))
            if kinds.count(Accepted) == 1 and isinstance(event, Accepted):
                router.stop()
            elif isinstance(event, Away):
                router.start()
            elif isinstance(event, Back):
                router.work("one")
            if isinstance(event, Finished):
                assert bytes(event.pixels) == PLANES[0][1][::-1]
    assert kinds.index(Away) < kinds.index(Back) < kinds.index(Finished)
    assert router.daemon.painted == ["one"]


def test_an_upload_that_broke_goes_on(router: Router) -> None:
    with Client.connect(router.address, artist="frida") as client:
        client.submit(Settings(), large(), "one")
        broken = False
        for event in client.follow("one"):
            if isinstance(event, Sent) and event.sent > 0 and not broken:
                broken = True
                router.stop()
                router.start()
            elif isinstance(event, Accepted):
                router.work("one")
            elif isinstance(event, Finished):
                assert bytes(event.pixels) == CONTENT[::-1]
    assert broken


def test_a_job_is_followed_again_by_whoever_only_watches(router: Router) -> None:
    with Client.connect(router.address, artist="frida") as client:
        client.submit(Settings(), PLANES, "one")
        assert any(isinstance(event, Accepted) for event in client.follow("one"))
    with Client.connect(router.address, artist="frida") as other:
        kinds: list[type] = []
        for event in other.follow("one", pixels=False):
            kinds.append(type(event))
            if isinstance(event, Accepted) and Away not in kinds:
                router.stop()
                router.start()
            elif isinstance(event, Back):
                router.work("one")
    assert Away in kinds


def lose(router: Router, client: Client, wait: float) -> list[object]:
    """Follow a job whose daemon goes away once it has accepted it; the events until the end."""
    client.submit(Settings(), PLANES, "one")
    seen: list[object] = []
    for event in client.follow("one", wait=wait):
        seen.append(event)
        if isinstance(event, Accepted):
            router.stop()
    return seen


def test_without_patience_a_lost_daemon_is_an_error_at_once(router: Router) -> None:
    with (
        Client.connect(router.address, artist="frida") as client,
        pytest.raises(LostDaemonError, match="went away before it was done"),
    ):
        lose(router, client, wait=0)
    router.start()


def test_a_daemon_that_does_not_come_back_is_given_up(router: Router) -> None:
    with (
        Client.connect(router.address, artist="frida") as client,
        pytest.raises(LostDaemonError, match="went away before it was done"),
    ):
        lose(router, client, wait=0.5)
    router.start()


def test_a_cancel_while_the_daemon_is_away_is_an_error_and_not_a_crash(router: Router) -> None:
    with Client.connect(router.address, artist="frida") as client:
        client.submit(Settings(), PLANES, "one")
        for event in client.follow("one"):
            if isinstance(event, Accepted):
                router.stop()
            elif isinstance(event, Away):
                break
        with pytest.raises(LostDaemonError):
            client.cancel("one")
    router.start()


def test_what_the_daemon_refuses_when_it_is_back_is_an_error(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Changed(Daemon):
        def receive(self, frames: object) -> None:
            self._say(Failure("version", "Update me."))

    stop = router.stop

    def replace() -> None:
        stop()
        router.daemon = Changed()
        router.start()

    monkeypatch.setattr(router, "stop", replace)
    with (
        Client.connect(router.address, artist="frida") as client,
        pytest.raises(RefusedError, match="Update me"),
    ):
        lose(router, client, wait=GUARD_SECONDS)
    monkeypatch.undo()


def test_a_daemon_that_is_gone_without_a_word_is_missed_by_its_heartbeat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gramarye.service.client.PATIENCE_SECONDS", 10 * GUARD_SECONDS)
    with apart() as (process, address), Client.connect(address, artist="frida") as client:
        assert process.stdin is not None
        client.submit(Settings(), PLANES, "one")
        stopped = False
        kinds: list[type] = []
        for event in client.follow("one", wait=GUARD_SECONDS):
            kinds.append(type(event))
            if isinstance(event, Accepted) and not stopped:
                stopped = True
                process.send_signal(signal.SIGSTOP)
            elif isinstance(event, Away):
                process.send_signal(signal.SIGCONT)
            elif isinstance(event, Back):
                process.stdin.write("one\n")
                process.stdin.flush()
            elif isinstance(event, Finished):
                assert bytes(event.pixels) == PLANES[0][1][::-1]
    assert Away in kinds
    assert kinds[-1] is Finished


def test_a_missing_heartbeat_is_noticed_within_five_seconds() -> None:
    assert HEARTBEAT_MS + HEARTBEAT_TIMEOUT_MS <= 5_000


def test_a_client_that_is_away_for_a_while_does_not_wait_for_ever(router: Router) -> None:
    """The daemon comes back on its own time; whoever waits sleeps meanwhile."""
    with Client.connect(router.address, artist="frida") as client:
        client.submit(Settings(), PLANES, "one")
        for event in client.follow("one", wait=GUARD_SECONDS):
            if isinstance(event, Accepted) and not router.daemon.painted:
                router.stop()
                router.daemon.work("one")
                threading.Thread(target=_start_later, args=(router,)).start()
    assert router.daemon.painted == ["one"]


def _start_later(router: Router) -> None:
    time.sleep(1)
    router.start()
