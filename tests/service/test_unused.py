"""A daemon that Krita started ends by itself, once nobody uses it."""

from __future__ import annotations

from pathlib import Path

from gramarye.service.client import Client
from gramarye.service.store.lifecycle import State
from gramarye.service.store.store import Store
from gramarye.service.unused import Unused
from gramarye_protocol import Progressed, Settings

from .conftest import SLOW
from .daemon import ONE_THREAD, PATIENCE, UNUSED_MINUTES, await_ends, listening, spawn
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


def test_a_client_uses_the_daemon_and_so_does_a_job_that_its_client_left(hall: Hall) -> None:
    assert not hall.broker.in_use
    hall.client("krita", artist="ann")
    assert hall.broker.in_use
    submit(hall, "krita")
    hall.broker.vanished(b"krita")
    del hall.clients[b"krita"]
    assert hall.broker.in_use
    hall.worker.finish()
    hall.carry()
    assert not hall.broker.in_use


def test_a_paused_job_does_not_keep_the_daemon(hall: Hall) -> None:
    client = hall.client("krita", artist="ann")
    submit(hall, "krita")
    client.pause("one")
    hall.carry()
    hall.worker.save(1.0)
    hall.worker.give_back(warm=False)
    hall.carry()
    hall.broker.vanished(b"krita")
    assert not hall.broker.in_use


def test_a_daemon_ends_once_the_last_job_of_its_last_client_is_done(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawn(
        "tcp://127.0.0.1:*", SLOW, log, environment={**ONE_THREAD, UNUSED_MINUTES: "0.03"}
    )
    daemon = listening(process, log)
    try:
        with Client.connect(daemon.address, PATIENCE, artist="ann") as client:
            job = client.submit(Settings(steps=600), pair())  # three seconds: longer than unused
            events = client.follow(job)
            while not isinstance(next(events), Progressed):
                pass
            workers = daemon.workers()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()
    await_ends(workers)
    assert "nobody has used the daemon" in daemon.log
    with Store(tmp_path / "jobs") as store:
        [record] = store.questions.everybodys()
    assert record.state is State.DONE
