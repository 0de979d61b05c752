"""How a daemon comes up, refuses to, and goes."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
from pathlib import Path

import pytest

from gramarye import __version__
from gramarye.service.addresses import check_address
from gramarye.service.client import Client
from gramarye.service.errors import NoDaemonError, RefusedError, ServiceError
from gramarye_protocol import Progressed, Settings, Standing

from .conftest import SLOW
from .daemon import PATIENCE, Daemon, await_ends, running, spawn
from .pictures import pair
from .studios import ENDLESS


def refusal(bind: str, studio: str, folder: Path) -> str:
    """What a daemon that does not come up says."""
    process = spawn(bind, studio, folder / "refused.log")
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    return (folder / "refused.log").read_text()


def test_a_daemon_says_one_line_when_it_is_ready(tmp_path: Path) -> None:
    process = spawn("tcp://127.0.0.1:*", SLOW, tmp_path / "log")
    assert process.stdout is not None
    line = process.stdout.readline()
    version = re.escape(__version__)
    assert re.fullmatch(rf"gramarye {version} listening on tcp://127\.0\.0\.1:\d+\n", line)
    Client.connect(line.split()[-1], PATIENCE).close()
    process.terminate()
    assert process.communicate(timeout=PATIENCE)[0] == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_and_leaves_no_process_and_no_port(
    daemon: Daemon, number: int
) -> None:
    with Client.connect(daemon.address, PATIENCE) as client:
        job = client.submit(Settings(steps=ENDLESS), pair())
        events = client.follow(job)
        while not isinstance(next(events), Progressed):
            pass
        worker = daemon.worker()
        os.kill(daemon.process.pid, number)
        with pytest.raises(RefusedError, match="daemon was stopped") as refused:
            list(events)
        assert refused.value.code == "stopping"
    assert daemon.process.wait(PATIENCE) == 0
    await_ends([worker])
    with socket.socket() as free:
        # A connection that just ended may linger; a socket that still listened would be in the way.
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", int(daemon.address.rpartition(":")[2])))
    with pytest.raises(NoDaemonError, match="gramarye serve"):
        Client.connect(daemon.address, PATIENCE)


def test_a_port_in_use_is_refused_and_its_owner_lives_on(daemon: Daemon, tmp_path: Path) -> None:
    said = refusal(daemon.address, SLOW, tmp_path)
    assert said.startswith(f"in-use: {daemon.address} is in use already")
    Client.connect(daemon.address, PATIENCE).close()


def test_an_ipc_socket_is_its_owners_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "gramarye.sock"
    with running(tmp_path, SLOW, f"ipc://{path}") as daemon:
        assert daemon.address == f"ipc://{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with Client.connect(daemon.address, PATIENCE) as client:
            assert list(client.follow(client.submit(Settings(steps=1), pair())))
        assert refusal(daemon.address, SLOW, tmp_path).startswith("in-use: ")
        Client.connect(daemon.address, PATIENCE).close()
    assert not path.exists()


def test_an_ipc_socket_left_by_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "gramarye.sock"
    with running(tmp_path, SLOW, f"ipc://{path}") as daemon:
        daemon.process.kill()
        daemon.process.wait(PATIENCE)
        assert path.exists()
    with running(tmp_path, SLOW, f"ipc://{path}") as daemon:
        Client.connect(daemon.address, PATIENCE).close()


def test_a_file_where_the_ipc_socket_should_be_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "painting.kra"
    precious.write_bytes(b"months of work")
    assert "is a file already" in refusal(f"ipc://{precious}", SLOW, tmp_path)
    assert precious.read_bytes() == b"months of work"


def test_a_worker_that_can_never_work_ends_the_daemon_with_its_sentence(tmp_path: Path) -> None:
    said = refusal("tcp://127.0.0.1:*", "tests.service.studios:no_weights", tmp_path)
    assert "weights: w.pt holds no weights." in said


def test_when_no_worker_comes_up_the_waiting_jobs_are_told(tmp_path: Path) -> None:
    with (
        running(tmp_path, "tests.service.studios:stillborn") as daemon,
        Client.connect(daemon.address, PATIENCE) as client,
    ):
        job = client.submit(Settings(steps=1), pair())
        told = (event.report for event in client.follow(job) if isinstance(event, Standing))
        report = next(report for report in told if report.notices)
        assert "does not start" in report.notices[0]
        assert report.state == "queued"  # it is kept
        assert "exit code 3" in client.status(PATIENCE).notice


@pytest.mark.parametrize(
    "address",
    [
        "tcp://127.0.0.1:5599",
        "tcp://127.0.0.1:*",
        "tcp://[::1]:5599",
        "tcp://127.1.2.3:1",
        "ipc:///tmp/gramarye.sock",
    ],
)
def test_addresses_of_this_machine_are_taken(address: str) -> None:
    assert check_address(address) == address


def test_localhost_is_this_machine_by_number() -> None:
    assert check_address("tcp://localhost:5599") == "tcp://127.0.0.1:5599"


@pytest.mark.parametrize(
    "host",
    ["*", "0.0.0.0", "[::]", "192.168.1.5", "studio.example", "localhost.evil.example", "", "eth0"],
)
def test_addresses_that_others_can_reach_are_refused(host: str) -> None:
    with pytest.raises(ServiceError, match="can be reached from other machines") as refused:
        check_address(f"tcp://{host}:5599")
    assert refused.value.code == "not-loopback"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "5599",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:5599/x",
        "udp://127.0.0.1:5599",
        "ipc://relative",
        "ipc://@abstract",
        "ipc://*",
        "ipc:///" + 200 * "x",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ServiceError) as refused:
        check_address(address)
    assert refused.value.code == "address"


def test_a_client_that_finds_somebody_else_says_so_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(NoDaemonError, match="No Gramarye daemon answers"):
            Client.connect(address, timeout=0.2)


def test_a_daemon_on_an_address_of_others_never_comes_up(tmp_path: Path) -> None:
    assert refusal("tcp://0.0.0.0:5599", SLOW, tmp_path).startswith("not-loopback: ")
