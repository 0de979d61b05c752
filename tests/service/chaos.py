"""Clients who want their pictures, and somebody who kills, cuts and fills whatever they need."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gramarye.service.client import Client
from gramarye.service.errors import LostDaemonError, NoDaemonError, RefusedError
from gramarye_protocol import Finished, JobReport, Plane, Settings

from .daemon import PATIENCE, Daemon, await_ends, listening, spawn
from .line import Line
from .pictures import picture
from .small_disk import Disk

STUDIO = "tests.service.studios:SlowStudio"
SIDE = 48
AT_ONCE = 6
"""Jobs that a client has on the way at the same time."""
FULL_SECONDS = 3.0
"""So long is the disk full."""
SETTLE_SECONDS = 0.1
"""In which a broker hears what a worker said before it was stopped."""
MARK = "GRAMARYE_TEST_MARK"
"""A variable in the environment of all the daemon's processes."""

TRY_AGAIN = ("disk-full", "disk", "stopping")
"""What a client is told where it has only to ask again."""


@dataclass(frozen=True)
class Order:
    """A job that a client wants done: its artist's id for it, and pictures that no other has."""

    artist: str
    name: str
    steps: int
    seed: int

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.artist, self.name

    def planes(self) -> list[tuple[Plane, bytes]]:
        """Its content, and a style that all have."""
        return [picture("content", SIDE, SIDE, self.seed), picture("style")]

    def result(self) -> bytes:
        """What the studio should make of it."""
        return bytes(255 - sample for sample in self.planes()[0][1])


def draw_up(
    dice: random.Random, artists: Sequence[str], clients: int, jobs: int
) -> list[list[Order]]:
    """Orders for so many clients, who are these artists in turn; artists use the same ids."""
    drawn: list[list[Order]] = [[] for _ in range(clients)]
    for number in range(jobs):
        client = number % clients
        long = dice.random() < 0.03  # long enough for a checkpoint
        steps = dice.randrange(1500, 2500) if long else dice.randrange(5, 120)
        name = f"{client // len(artists)}-{number // clients}"
        drawn[client].append(Order(artists[client % len(artists)], name, steps, number))
    return drawn


@dataclass
class Delivered:
    """What all the clients got."""

    times: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: dict[tuple[str, str], str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Customer(threading.Thread):
    """A client with orders, who comes back until each of them has ended."""

    def __init__(self, address: str, orders: Sequence[Order], seed: int, got: Delivered) -> None:
        super().__init__(name=f"{orders[0].artist}, {orders[0].name}")
        self._address = address
        self._open = {order.name: order for order in orders}
        self._artist = orders[0].artist
        self._dice = random.Random(seed)
        self._got = got
        self._leave = threading.Event()

    def run(self) -> None:
        """One visit after the other."""
        while self._open and not self._leave.is_set():
            with (
                contextlib.suppress(LostDaemonError, NoDaemonError),
                Client.connect(self._address, artist=self._artist) as client,
            ):
                self._visit(client)
            self._leave.wait(self._dice.uniform(0, 0.3))

    def leave(self) -> None:
        """Come back no more."""
        self._leave.set()

    def _visit(self, client: Client) -> None:
        """Order some, and wait for some of these; the others are asked for in another visit."""
        orders = list(self._open.values())[:AT_ONCE]
        self._dice.shuffle(orders)
        for order in orders:
            client.submit(Settings(steps=order.steps), order.planes(), order.name)
        for order in orders[: self._dice.randint(1, AT_ONCE)]:
            self._await(client, order)

    def _await(self, client: Client, order: Order) -> None:
        try:
            for event in client.follow(order.name, wait=self._dice.choice([0.0, PATIENCE])):
                if isinstance(event, Finished):
                    self._take(client, order, event)
        except RefusedError as refused:
            if refused.code not in TRY_AGAIN:
                self._got.failed[order.key] = f"{refused.code}: {refused.sentence}"
                del self._open[order.name]

    def _take(self, client: Client, order: Order, finished: Finished) -> None:
        self._got.times[order.key] += 1
        if finished.pixels != order.result():
            self._got.wrong.append(f"{order.artist}'s {order.name}")
        del self._open[order.name]
        client.received(order.name)


class MortalDaemon:
    """A daemon with two workers that is killed and started again, at the same address and over the
    same jobs, which lie in ``folder / "jobs"``."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "daemon.log"
        self._address = "tcp://127.0.0.1:*"
        self.daemon = self._start()

    @property
    def address(self) -> str:
        """Where it listens, or will again."""
        return self._address

    @property
    def log(self) -> str:
        """What all of its lives said."""
        return self._log.read_text(errors="replace")

    def processes(self) -> list[int]:
        """The broker and its workers."""
        return [self.daemon.process.pid, *self.daemon.workers()]

    def kill(self) -> None:
        """Kill the broker; its workers have to end by themselves."""
        workers = self.daemon.workers()
        self.daemon.process.kill()
        self.daemon.process.communicate()
        await_ends(workers)

    def revive(self) -> None:
        """Start it again."""
        self.daemon = self._start()

    def end(self) -> int:
        """Ask it to end; returns its exit code."""
        self.daemon.process.terminate()
        self.daemon.process.communicate(timeout=PATIENCE)
        return self.daemon.process.returncode

    def _start(self) -> Daemon:
        process = spawn(self._address, STUDIO, self._log, "test,test")
        daemon = listening(process, self._log)
        self._address = daemon.address
        return daemon


class Havoc:
    """Does one bad thing after the other.

    A worker is killed only while it has no job that it, or another, was killed over before: those
    would fail, and rightly. ``killed`` counts for each job how often a worker was killed that may
    have had it at hand.
    """

    def __init__(
        self,
        dice: random.Random,
        daemon: MortalDaemon,
        line: Line,
        disk: Disk,
        orders: dict[str, tuple[str, str]],
    ) -> None:
        self._dice = dice
        self._daemon = daemon
        self._line = line
        self._disk = disk
        self._orders = orders
        self.done: Counter[str] = Counter()
        self.killed: Counter[tuple[str, str]] = Counter()

    def strike(self) -> None:
        """One of them, by the dice."""
        deeds = {self.cut: 5, self.kill_worker: 5, self.kill_broker: 1, self.kill_both: 1}
        self._dice.choices(list(deeds), list(deeds.values()))[0]()

    def cut(self) -> None:
        """Cut a client's connection."""
        self.done["cut"] += self._line.cut(self._dice)

    def kill_worker(self) -> None:
        """Kill a worker, if it may be killed."""
        workers = self._daemon.daemon.workers()
        if not workers:
            return
        victim = self._dice.choice(workers)
        _signal(victim, signal.SIGSTOP)
        time.sleep(SETTLE_SECONDS)
        at_hand = self._at_hand(victim, workers)
        if any(report.crashes for report in at_hand):
            _signal(victim, signal.SIGCONT)
            self.done["spared"] += 1
            return
        _signal(victim, signal.SIGKILL)
        self.killed.update((report.artist, report.id) for report in at_hand)
        self.done["worker killed"] += 1

    def kill_broker(self) -> None:
        """Kill the broker, and start it again sooner or later."""
        self._daemon.kill()
        self._dice.choice([lambda: None, lambda: time.sleep(self._dice.uniform(0, 1.5))])()
        self._daemon.revive()
        self.done["broker killed"] += 1

    def kill_both(self) -> None:
        """Kill the broker and its workers at the same moment."""
        for worker in self._daemon.daemon.workers():
            _signal(worker, signal.SIGKILL)
        self.kill_broker()

    def fill_disk(self) -> None:
        """Let the disk be full for a while, in which workers are killed and lines cut."""
        until = time.monotonic() + FULL_SECONDS
        while time.monotonic() < until:
            self._disk.fill()
            self._dice.choice([self.cut, self.kill_worker])()
            time.sleep(self._dice.uniform(0, 0.5))
        self._disk.free()
        self.done["disk filled"] += 1

    def _at_hand(self, victim: int, workers: list[int]) -> list[JobReport]:
        """The jobs that a stopped worker may be at: those that run and that no other has."""
        others = {job for worker in workers if worker != victim for job in self._held(worker)}
        return [
            report
            for report in self._reports()
            if report.state == "running" and (report.artist, report.id) not in others
        ]

    def _held(self, worker: int) -> set[tuple[str, str]]:
        """The jobs whose pictures a worker has open."""
        try:
            maps = Path(f"/proc/{worker}/maps").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            return set()
        return {
            self._orders[sha256]
            for sha256 in re.findall(r"/blobs/([0-9a-f]{64})", maps)
            if sha256 in self._orders
        }

    def _reports(self) -> list[JobReport]:
        with Client.connect(self._daemon.address, PATIENCE) as client:
            return client.jobs(everybody=True, timeout=PATIENCE)


def marked(mark: str) -> list[int]:
    """The processes whose environment has the mark."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it ended just before
        os.kill(pid, number)
