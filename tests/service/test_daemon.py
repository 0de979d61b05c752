"""The real daemon over real sockets, as its clients meet it."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zmq

from gramarye.service.client import Client
from gramarye.service.errors import LostDaemonError, RefusedError
from gramarye_protocol import (
    MAX_FRAME_BYTES,
    Accepted,
    ClientSession,
    Credit,
    Estimate,
    Failure,
    Finished,
    Hello,
    Progressed,
    Result,
    Settings,
    Status,
    decode,
    describe,
    encode,
)

from .daemon import PATIENCE, ROOT, Daemon, await_ends
from .pictures import pair
from .studios import DIE, ENDLESS, REFUSE, STEP_SECONDS, STUMBLE

Connect = Callable[[], Client]


def finish(client: Client, job: str, wait: float = PATIENCE) -> Finished:
    *_, last = client.follow(job, wait=wait)
    assert isinstance(last, Finished)
    return last


def until_running(client: Client, job: str) -> None:
    for event in client.follow(job):
        if isinstance(event, Progressed):
            return


def until_accepted(client: Client, job: str) -> None:
    for event in client.follow(job):
        if isinstance(event, Accepted):
            return


def status_when(client: Client, condition: Callable[[Status], bool]) -> Status:
    """The first status that meets a condition; it is asked for until then."""
    deadline = time.monotonic() + PATIENCE
    while not condition(status := client.status(PATIENCE)):
        assert time.monotonic() < deadline, status
        time.sleep(0.05)
    return status


def raw_socket(address: str) -> zmq.Socket[bytes]:
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.set(zmq.LINGER, 0)
    socket.set(zmq.RCVTIMEO, int(PATIENCE * 1000))
    socket.connect(address)
    return socket


def test_a_job_comes_back_with_its_pixels_in_place(connect: Connect) -> None:
    client = connect()
    planes = pair()
    job = client.submit(Settings(steps=3), planes)
    events = list(client.follow(job))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.pixels == bytes(255 - sample for sample in planes[0][1])
    plane = finished.result.plane
    assert (plane.offset_x, plane.offset_y) == (3, -5)
    assert finished.result.notice == "Made for a test."
    progress = [e.progress for e in events if isinstance(e, Progressed)]
    assert progress[-1].step == 3
    assert progress[-1].seconds_left == 0
    assert any(isinstance(e, Progressed) and e.preview == bytes(6) for e in events)


def test_before_the_first_step_a_job_shows_its_start_and_says_what_it_will_take(
    connect: Connect,
) -> None:
    client = connect()
    job = client.submit(Settings(steps=3), pair())
    told = [event for event in client.follow(job) if isinstance(event, Progressed)]
    start, estimated, first = told[:3]
    assert (start.progress.step, start.preview) == (0, bytes(6))
    assert estimated.progress.estimate == Estimate(3 * STEP_SECONDS, 1 << 20)
    assert (estimated.progress.step, estimated.progress.steps) == (0, 3)
    assert first.progress.step == 1
    assert all(one.progress.estimate is None for one in (start, first))


def test_pictures_of_many_chunks_arrive_whole(connect: Connect) -> None:
    client = connect()
    data = random.Random(7).randbytes(2000 * 2000 * 4)
    content = describe("content", 2000, 2000, "BGRA", "u8", data)
    job = client.submit(Settings(steps=1), [(content, data), pair()[1]])
    inverted = data.translate(bytes(range(255, -1, -1)))
    assert finish(client, job).pixels == inverted


def test_status_tells_what_the_worker_computes_with(connect: Connect) -> None:
    status = status_when(connect(), lambda status: bool(status.features))
    assert (status.device, status.available) == ("easel (test)", ("builtin",))
    assert status.notice == "This is a test."


def test_two_clients_with_the_same_id_for_a_job_have_each_their_own(connect: Connect) -> None:
    ann, ben = connect(), connect()
    first = ann.submit(Settings(steps=ENDLESS), pair(), "same-id")
    until_running(ann, first)
    second = ben.submit(Settings(steps=2), pair(), "same-id")
    until_accepted(ben, second)
    status = ann.status(PATIENCE)
    assert (status.running, status.suspended + status.queued, status.clients) == (1, 1, 2)
    ann.cancel(first)
    with pytest.raises(RefusedError) as cancelled:
        finish(ann, first)
    assert cancelled.value.code == "cancelled"
    assert finish(ben, second).result.job == "same-id"


def test_a_short_job_is_done_in_the_midst_of_a_long_one_which_goes_on(connect: Connect) -> None:
    ann, ben = connect(), connect()
    began = time.monotonic()
    planes = pair()
    long = ann.submit(Settings(steps=1200), planes)
    until_running(ann, long)
    short = finish(ben, ben.submit(Settings(steps=100), pair()))
    status = ben.status(PATIENCE)
    assert status.running + status.suspended == 1
    events = list(ann.follow(long))
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.pixels == bytes(255 - sample for sample in planes[0][1])
    steps = [event.progress.step for event in events if isinstance(event, Progressed)]
    assert steps == sorted(steps)
    assert steps[-1] == 1200
    # What a job waited is not counted as what it took.
    assert finished.result.seconds + short.result.seconds <= time.monotonic() - began


def test_a_job_that_was_put_aside_can_be_cancelled_and_the_other_goes_on(connect: Connect) -> None:
    ann, ben = connect(), connect()
    long = ann.submit(Settings(steps=ENDLESS), pair())
    until_running(ann, long)
    other = ben.submit(Settings(steps=ENDLESS), pair())
    until_running(ben, other)
    ann.cancel(long)
    with pytest.raises(RefusedError) as cancelled:
        finish(ann, long)
    assert cancelled.value.code == "cancelled"
    status = status_when(ann, lambda status: status.running == 1)
    assert (status.suspended, status.queued) == (0, 0)
    ben.cancel(other)
    status_when(ann, lambda status: status.running == 0)
    assert finish(ann, ann.submit(Settings(steps=2), pair())).pixels


def test_a_long_job_can_be_stopped_and_its_picture_kept(connect: Connect) -> None:
    client = connect()
    planes = pair()
    job = client.submit(Settings(steps=ENDLESS), planes)
    until_running(client, job)
    assert client.keep(job).keeping
    finished = finish(client, job)
    assert finished.pixels == bytes(255 - sample for sample in planes[0][1])
    status_when(
        client, lambda status: (status.running, status.suspended, status.queued) == (0, 0, 0)
    )


def test_a_queued_job_can_be_cancelled_and_the_running_one_goes_on(connect: Connect) -> None:
    ann, ben = connect(), connect()
    running = ann.submit(Settings(steps=50), pair())
    until_running(ann, running)
    queued = ben.submit(Settings(steps=ENDLESS), pair())
    until_accepted(ben, queued)
    ben.cancel(queued)
    with pytest.raises(RefusedError) as cancelled:
        finish(ben, queued)
    assert cancelled.value.code == "cancelled"
    assert finish(ann, running).result.job == running


def test_a_client_killed_in_mid_job_leaves_a_daemon_that_serves_the_next(
    daemon: Daemon, connect: Connect
) -> None:
    doomed = subprocess.Popen(
        [sys.executable, "-c", DOOMED, daemon.address],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert doomed.stdout is not None
    assert doomed.stdout.readline() == "running\n"
    doomed.kill()
    doomed.communicate()
    client = connect()
    assert finish(client, client.submit(Settings(steps=2), pair())).pixels
    assert client.status(PATIENCE).running == 0


DOOMED = """
import sys
from gramarye.service.client import Client
from gramarye_protocol import Progressed, Settings
from tests.service.pictures import pair
from tests.service.studios import ENDLESS
client = Client.connect(sys.argv[1], 60)
for event in client.follow(client.submit(Settings(steps=ENDLESS), pair())):
    if isinstance(event, Progressed):
        print("running", flush=True)
"""


def test_garbage_is_answered_in_a_sentence_and_nobody_else_notices(
    daemon: Daemon, connect: Connect
) -> None:
    client = connect()
    job = client.submit(Settings(steps=30), pair())
    until_running(client, job)
    vandal = raw_socket(daemon.address)
    for frames in ([b""], [b"\x00" * 100], [b"{}", b"x", b"y"], [b'{"gramarye": 1}']):
        vandal.send_multipart(frames)
        failure, _ = decode(vandal.recv_multipart())
        assert isinstance(failure, Failure)
        assert failure.code == "garbage"
    vandal.send(bytes(MAX_FRAME_BYTES + 1))  # the socket itself hangs up on this one
    vandal.close()
    assert finish(client, job).result.job == job


def test_a_wrong_protocol_version_is_refused_in_a_sentence(daemon: Daemon) -> None:
    stranger = raw_socket(daemon.address)
    stranger.send_multipart(encode(Hello((99,), "from the future")))
    failure, _ = decode(stranger.recv_multipart())
    stranger.close()
    assert isinstance(failure, Failure)
    assert failure.code == "version"
    assert "Update the older of the plugin and the daemon" in failure.sentence


def test_a_client_that_takes_nothing_does_not_hold_up_the_others(
    daemon: Daemon, connect: Connect
) -> None:
    sleeper, session = raw_socket(daemon.address), ClientSession("sleeper")
    data = bytes(3000 * 3000 * 4)
    content = describe("content", 3000, 3000, "BGRA", "u8", data)
    session.hello()
    session.submit("big", Settings(steps=1), [(content, data), pair()[1]])
    while True:
        for frames in session.outgoing():
            sleeper.send_multipart(frames)
        frames = sleeper.recv_multipart()
        if isinstance(decode(frames)[0], Result):
            break
        session.receive(frames)
    sleeper.send_multipart(encode(Credit("big", 0, 0, len(data))))  # and reads none of it
    client = connect()
    assert finish(client, client.submit(Settings(steps=2), pair())).pixels
    sleeper.close()


@pytest.mark.parametrize(
    ("seed", "code", "words"),
    [
        (REFUSE, "picture", "This picture cannot be painted."),
        (STUMBLE, "internal", "Gramarye made a mistake with this job"),
        (DIE, "worker-died", "computes ended unexpectedly (signal 9)"),
    ],
)
def test_a_job_that_fails_says_why_and_the_next_one_runs(
    daemon: Daemon, connect: Connect, seed: int, code: str, words: str
) -> None:
    client = connect()
    failing = client.submit(Settings(steps=2, seed=seed), pair())
    queued = client.submit(Settings(steps=2), pair())
    with pytest.raises(RefusedError, match=re.escape(words)) as refused:
        finish(client, failing)
    assert refused.value.code == code
    assert finish(client, queued).pixels
    assert ("KeyError" in daemon.log) == (seed == STUMBLE)


def test_a_job_whose_worker_is_killed_goes_on_once_with_another(
    daemon: Daemon, connect: Connect
) -> None:
    client = connect()
    job = client.submit(Settings(steps=500), pair())
    until_running(client, job)
    worker = daemon.worker()
    os.kill(worker, signal.SIGKILL)
    assert finish(client, job).pixels
    assert daemon.worker() != worker


def test_a_job_that_kills_two_workers_fails_with_the_reason_and_others_go_on(
    connect: Connect,
) -> None:
    client, other = connect(), connect()
    deadly = client.submit(Settings(steps=5, seed=DIE), pair())
    harmless = other.submit(Settings(steps=20), pair())
    with pytest.raises(RefusedError) as refused:
        finish(client, deadly)
    assert refused.value.code == "worker-died"
    assert "signal 9" in refused.value.sentence
    assert finish(other, harmless).pixels


def test_a_client_notices_a_daemon_that_dies_in_mid_job(daemon: Daemon, connect: Connect) -> None:
    client = connect()
    job = client.submit(Settings(steps=ENDLESS), pair())
    until_running(client, job)
    worker = daemon.worker()
    daemon.process.kill()
    with pytest.raises(LostDaemonError, match="went away"):
        finish(client, job, wait=0)
    await_ends([worker])


def test_the_broker_never_loads_torch(daemon: Daemon, connect: Connect) -> None:
    client = connect()
    finish(client, client.submit(Settings(steps=1), pair()))
    assert "torch" not in Path(f"/proc/{daemon.process.pid}/maps").read_text()
