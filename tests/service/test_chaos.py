"""Everything goes wrong at once, and every job is done all the same.

``pytest tests/service/test_chaos.py --chaos-jobs 2000 --chaos-seed 7`` goes on for longer, with
another seed; a failure says which seed it was.
"""

from __future__ import annotations

import hashlib
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gramarye.service.client import Client
from gramarye_protocol import Finished, JobReport

from .chaos import (
    MARK,
    Customer,
    Delivered,
    Havoc,
    MortalDaemon,
    Order,
    draw_up,
    marked,
)
from .daemon import PATIENCE, wait_for
from .line import line_to
from .small_disk import small_disk

ARTISTS = ("frida", "paula", "hilma", "käthe")
CLIENTS = 8
STRIKES_BEFORE_THE_DISK_FILLS = 12
SECONDS_A_JOB = 0.3
"""So long does the havoc last at most."""
CALM_SECONDS = 120.0
"""So long after it everything must be done."""


@pytest.mark.timeout(0)  # it has a limit of its own, which grows with the jobs
def test_every_job_is_done_once_and_rightly_whatever_is_killed_cut_or_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chaos_seed: int, chaos_jobs: int
) -> None:
    monkeypatch.setenv(MARK, str(tmp_path))
    with told(chaos_seed):
        dice = random.Random(chaos_seed)
        lists = draw_up(dice, ARTISTS, CLIENTS, chaos_jobs)
        orders = {order.key: order for orders in lists for order in orders}
        got = Delivered()
        daemons: list[MortalDaemon] = []
        folder = tmp_path / "jobs"
        with small_disk(folder, lambda: daemons[0].processes()) as disk:
            daemon = MortalDaemon(tmp_path)
            daemons.append(daemon)
            try:
                with line_to(daemon.address) as line:
                    contents = {order.planes()[0][0].sha256: order.key for order in orders.values()}
                    havoc = Havoc(dice, daemon, line, disk, contents)
                    customers = [
                        Customer(line.address, orders, dice.getrandbits(32), got)
                        for orders in lists
                    ]
                    wreak(havoc, customers, dice, chaos_jobs)
                reports = reports_of(daemon)
                check_jobs(orders, got, reports, havoc)
                check_results_can_be_fetched_again(orders, reports, daemon)
                check_folder(folder, reports, orders)
            finally:
                code = daemon.end()
            assert code == 0, daemon.log[-3000:]
            left = {path.name for path in folder.iterdir()}
            assert left == {"jobs.sqlite3", "blobs", "incoming"}
        wait_for(lambda: not marked(str(tmp_path)), "processes are left behind")
        check_port_is_free(daemon.address)


@contextmanager
def told(seed: int) -> Iterator[None]:
    """Name the seed in whatever goes wrong."""
    try:
        yield
    except Exception as error:
        raise AssertionError(f"--chaos-seed {seed}: {error}") from error


def wreak(havoc: Havoc, customers: list[Customer], dice: random.Random, jobs: int) -> None:
    """Havoc, as long as somebody waits for a job, and not for ever."""
    deadline = time.monotonic() + jobs * SECONDS_A_JOB
    for customer in customers:
        customer.start()
    try:
        strikes = 0
        while any(customer.is_alive() for customer in customers) and time.monotonic() < deadline:
            time.sleep(dice.uniform(0.05, 0.9))
            strikes += 1
            if strikes == STRIKES_BEFORE_THE_DISK_FILLS:
                havoc.fill_disk()
            else:
                havoc.strike()
        calm = time.monotonic() + CALM_SECONDS
        for customer in customers:
            customer.join(max(0.0, calm - time.monotonic()))
        waiting = [customer.name for customer in customers if customer.is_alive()]
        assert not waiting, f"after {dict(havoc.done)} these still wait: {waiting}"
    finally:
        for customer in customers:
            customer.leave()
        for customer in customers:
            customer.join(2 * PATIENCE)
    print(dict(havoc.done))
    for deed in ("cut", "worker killed", "broker killed", "disk filled"):
        assert havoc.done[deed], f"nothing was {deed}: {dict(havoc.done)}"


def reports_of(daemon: MortalDaemon) -> list[JobReport]:
    with Client.connect(daemon.address, PATIENCE) as client:
        return client.jobs(everybody=True, timeout=PATIENCE)


def check_jobs(
    orders: dict[tuple[str, str], Order],
    got: Delivered,
    reports: list[JobReport],
    havoc: Havoc,
) -> None:
    """Each is there once and done, was delivered once, and with the right pixels. One that failed
    had its worker killed twice; no other crash is held against any."""
    assert sorted((one.artist, one.id) for one in reports) == sorted(orders)
    assert not got.wrong
    for report in reports:
        key = report.artist, report.id
        assert report.crashes <= havoc.killed[key], f"{report} was hit {havoc.killed[key]} times"
        if report.state == "failed":
            assert report.code == "worker-died", report
            assert report.crashes == 2, report
            assert key in got.failed
            assert key not in got.times
        else:
            assert report.state == "done", report
            assert key not in got.failed, got.failed
            assert got.times[key] == 1, f"{key} was delivered {got.times[key]} times"


def check_results_can_be_fetched_again(
    orders: dict[tuple[str, str], Order], reports: list[JobReport], daemon: MortalDaemon
) -> None:
    for artist in ARTISTS:
        with Client.connect(daemon.address, PATIENCE, artist=artist) as client:
            for report in reports:
                if report.artist == artist and report.state == "done":
                    *_, last = client.follow(report.id)
                    assert isinstance(last, Finished)
                    assert last.pixels == orders[artist, report.id].result(), report


def check_folder(
    folder: Path, reports: list[JobReport], orders: dict[tuple[str, str], Order]
) -> None:
    """Only the results are there."""
    assert not list((folder / "incoming").iterdir())
    done = [orders[one.artist, one.id] for one in reports if one.state == "done"]
    results = {hashlib.sha256(order.result()).hexdigest() for order in done}
    assert {path.name for path in (folder / "blobs").iterdir()} == results


def check_port_is_free(address: str) -> None:
    with socket.socket() as free:
        # Connections that just ended may linger; a socket that still listened would be in the way.
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", int(address.rpartition(":")[2])))
