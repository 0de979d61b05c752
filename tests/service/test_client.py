"""The blocking client: it asks, and says in a sentence why there is no answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from gramarye.service.client import Client
from gramarye.service.errors import LostDaemonError, NoDaemonError, RefusedError, ServiceError
from gramarye_protocol import Accepted, Finished, OutdatedError, Result, Settings
from tests.protocol.daemons import Daemon, plane

from .router import Router

PLANES = [plane("content", b"content"), plane("style", b"style")]


@pytest.fixture
def router() -> Iterator[Router]:
    """A daemon that keeps its jobs."""
    router = Router()
    yield router
    router.stop()


@pytest.fixture
def client(router: Router) -> Iterator[Client]:
    """A client of it."""
    with Client.connect(router.address, artist="frida") as client:
        yield client


def accepted(client: Client, job: str = "one") -> str:
    """Submit a job, and leave it when it is safe."""
    client.submit(Settings(), PLANES, job)
    assert any(isinstance(event, Accepted) for event in client.follow(job))
    return job


def test_a_job_that_one_client_submitted_is_fetched_by_another(
    router: Router, client: Client
) -> None:
    accepted(client)
    router.work("one")
    with Client.connect(router.address, artist="frida") as other:
        *_, end = other.follow("one")
        assert isinstance(end, Finished)
        assert bytes(end.pixels) == b"tnetnoc"
        other.received("one")
        other.status()
        assert router.daemon.jobs["one"].kept


def test_whoever_wants_no_pixels_gets_the_result_alone(router: Router, client: Client) -> None:
    accepted(client)
    router.work("one")
    with Client.connect(router.address, artist="frida") as other:
        *_, end = other.follow("one", pixels=False)
        assert isinstance(end, Result)
        *_, end = other.follow("one")
        assert isinstance(end, Finished)


def test_a_job_is_paused_resumed_and_given_another_priority(client: Client) -> None:
    accepted(client)
    assert client.pause("one").state == "paused"
    assert client.resume("one").state == "queued"
    assert client.prioritise("one", 7).priority == 7
    assert [(report.id, report.priority) for report in client.jobs()] == [("one", 7)]


def test_a_job_is_stopped_by_whoever_it_belongs_to(router: Router, client: Client) -> None:
    accepted(client)
    with Client.connect(router.address, artist="frida") as other:
        other.stop("one")
    assert router.daemon.jobs == {}


def test_a_job_that_is_done_can_neither_be_paused_nor_stopped(
    router: Router, client: Client
) -> None:
    accepted(client)
    router.work("one")
    for verb in (Client.pause, Client.resume, Client.stop):
        with (
            Client.connect(router.address, artist="frida") as other,
            pytest.raises(RefusedError, match="is done already"),
        ):
            verb(other, "one")


def test_a_job_that_nobody_knows_is_an_error_for_every_verb(client: Client) -> None:
    with pytest.raises(RefusedError, match="no such job"):
        next(client.follow("unknown"))
    for verb in (client.pause, client.resume):
        with pytest.raises(RefusedError, match="no such job") as refused:
            verb("unknown")
        assert refused.value.code == "no-job"


def test_a_daemon_says_that_it_drains(client: Client) -> None:
    assert not client.status().draining
    assert client.drain().draining
    assert client.status().draining


def test_the_last_words_of_a_daemon_that_ends_are_heard() -> None:
    for _ in range(20):  # it was a race: each time there is another chance to lose it
        router = Router()
        router.daemon.ends = True
        with Client.connect(router.address, artist="frida") as client:
            assert client.drain().draining
        router.stop()


def test_an_older_daemon_is_said_to_be_one(router: Router) -> None:
    router.daemon.capabilities = ()
    with Client.connect(router.address, artist="frida") as client:
        for verb in (
            client.pause,
            client.resume,
            client.stop,
            lambda job: list(client.follow(job)),
        ):
            with pytest.raises(OutdatedError, match="older Gramarye"):
                verb("one")
        for ask in (client.jobs, client.drain):
            with pytest.raises(OutdatedError, match="update it"):
                ask()
        assert client.status().running == 0


def test_where_nobody_listens_there_is_no_daemon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NoDaemonError, match="gramarye serve"):
        Client.connect(f"tcp://127.0.0.1:{port}")


def test_another_machines_address_is_refused() -> None:
    with pytest.raises(ServiceError):
        Client.connect("tcp://192.0.2.1:5599")


def test_a_daemon_that_went_away_does_not_answer_questions(router: Router, client: Client) -> None:
    router.stop()
    with pytest.raises(LostDaemonError):
        client.jobs()
    router.start()


def test_a_silent_daemon_is_asked_and_then_taken_for_lost(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gramarye.service.client.PATIENCE_SECONDS", 0.2)
    accepted(client)
    monkeypatch.setattr(Daemon, "receive", lambda daemon, frames: time.sleep(0))
    with pytest.raises(LostDaemonError):
        list(client.follow("one", wait=0))
