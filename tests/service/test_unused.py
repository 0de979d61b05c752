"""A daemon that Krita started ends by itself, once nobody uses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gramarye.service.client import Client
from gramarye.service.store.lifecycle import State
from gramarye.service.store.store import Store
from gramarye.service.unused import Unused
from gramarye_protocol import Finished, Progressed, Settings

from .conftest import SLOW
from .daemon import (
    ONE_THREAD,
    PATIENCE,
    UNUSED_SECONDS,
    Daemon,
    await_ends,
    listening,
    spawn,
)
from .hall import Hall, submit
from .pictures import pair


def test_it_is_time_after_so_long_without_anybody_and_using_it_begins_anew() -> None:
    now = [100.0]
    unused = Unused(60.0, lambda: now[0])
    now[0] += 59
    assert not unused.for_long(False)
    assert not unused.for_long(True)
    now[0] += 59
    assert not unused.for_long(False)
    now[0] += 1
    assert unused.for_long(False)
    assert not unused.for_long(True)


def test_without_a_limit_it_is_never_time() -> None:
    now = [0.0]
    unused = Unused(0.0, lambda: now[0])
    now[0] = 1e9
    assert not unused.for_long(False)


def test_clients_use_the_daemon_and_jobs_that_they_left_do_not(hall: Hall) -> None:
    assert not hall.broker.in_use
    hall.client("krita", artist="ann")
    assert hall.broker.in_use
    submit(hall, "krita")
    hall.broker.vanished(b"krita")
    assert not hall.broker.in_use


def test_a_daemon_ends_after_its_last_client_with_the_job_saved_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    def started(environment: Mapping[str, str]) -> Daemon:
        log = tmp_path / "log"
        return listening(spawn("tcp://127.0.0.1:*", SLOW, log, environment=environment), log)

    daemon = started({**ONE_THREAD, UNUSED_SECONDS: "3"})
    try:
        with Client.connect(daemon.address, PATIENCE, artist="ann") as client:
            job = client.submit(Settings(steps=2000), pair())  # ten seconds
            events = client.follow(job)
            while _step(next(events)) < 100:
                pass
            workers = daemon.workers()
        assert daemon.process.wait(PATIENCE) == 0
    finally:
        end(daemon)
    await_ends(workers)
    assert "nobody has used the daemon" in daemon.log
    with Store(tmp_path / "jobs") as store:
        [record] = store.questions.everybodys()
    assert record.state is State.QUEUED
    again = started(ONE_THREAD)
    try:
        with Client.connect(again.address, PATIENCE, artist="ann") as client:
            *events, last = client.follow(job)
        assert isinstance(last, Finished)
        assert min(filter(None, map(_step, events))) > 100
    finally:
        end(again)


def end(daemon: Daemon) -> None:
    daemon.process.kill()
    daemon.process.communicate()


def _step(event: object) -> int:
    return event.progress.step if isinstance(event, Progressed) else 0
