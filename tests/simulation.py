"""Devices that interrupt jobs at tiles, under a scheduling policy and a clock of their own."""

from __future__ import annotations

import heapq
import math
from bisect import insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Protocol

from gramarye.service.fairness import decide
from gramarye.service.standing import Device, End, Entry, Round, Snapshot, Start

SWAP = 0.1
"""Seconds that a device takes to bring back the state of a job that began elsewhere, or before
others took its memory."""


@dataclass(frozen=True)
class Task:
    """A job and what it really takes: it comes ``at``, and can be interrupted every ``grain``
    seconds of its ``work``. Only the ``estimate`` is known to the policy."""

    id: str
    artist: str
    arrival: int
    work: float
    at: float = 0.0
    grain: float = 0.1
    estimate: float | None = None
    memory: int = 0
    priority: int = 0
    kind: str = ""

    def entry(self) -> Entry:
        """As it looks to the policy when it comes."""
        return Entry(self.id, self.artist, self.arrival, self.priority, self.estimate, self.memory)


@dataclass(frozen=True)
class Stay:
    """A job's stay on a device: of ``ended - began`` seconds, ``work`` went into the job.
    ``resident`` are the bytes of all state there when it began."""

    task: Task
    device: str
    began: float
    ended: float
    work: float
    resident: int


@dataclass
class Outcome:
    """What happened: every stay, and when each job first started and was done, by its id."""

    stays: list[Stay] = field(default_factory=list)
    started: dict[str, float] = field(default_factory=dict)
    done: dict[str, float] = field(default_factory=dict)


class Policy(Protocol):
    """What a simulation needs of a policy."""

    def wait(self, entry: Entry) -> None:
        """A job came, or was given back."""
        ...

    def decide(
        self, devices: Sequence[Device], now: float
    ) -> tuple[Sequence[Start | End], float | None]:
        """Orders, and when to ask again. What is started waits no longer."""
        ...


class Fair:
    """The daemon's policy."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Entry]] = {}
        self._artists: dict[str, str] = {}
        self._round = Round()

    def wait(self, entry: Entry) -> None:
        """A job came, or was given back."""
        self._artists[entry.id] = entry.artist
        insort(self._waiting.setdefault(entry.artist, []), entry, key=lambda other: other.place)

    def decide(
        self, devices: Sequence[Device], now: float
    ) -> tuple[Sequence[Start | End], float | None]:
        """Orders, and when to ask again."""
        decision = decide(Snapshot(self._waiting, devices), self._round, now)
        self._round = decision.round
        for order in decision.orders:
            if isinstance(order, Start):
                artist = self._artists[order.job]
                line = [entry for entry in self._waiting.pop(artist) if entry.id != order.job]
                if line:
                    self._waiting[artist] = line
        return decision.orders, decision.until


class FirstCome:
    """First come, first served, each to its end."""

    def __init__(self) -> None:
        self._waiting: deque[Entry] = deque()

    def wait(self, entry: Entry) -> None:
        """A job came."""
        self._waiting.append(entry)

    def decide(
        self, devices: Sequence[Device], now: float
    ) -> tuple[Sequence[Start | End], float | None]:
        """Orders; only an event changes them."""
        orders = []
        for device in devices:
            if device.job is None and self._waiting:
                entry = self._waiting.popleft()
                orders.append(Start(device.id, entry.id, math.inf, device.moves(entry)))
        return orders, None


def devices(count: int, memory: int = 1) -> list[Device]:
    """So many alike."""
    return [Device(f"device {number}", memory) for number in range(count)]


def simulate(tasks: Sequence[Task], devices: Sequence[Device], policy: Policy) -> Outcome:
    """Let the tasks come, and the policy decide after every event, until all are done."""
    return _Simulation(tasks, devices, policy).run()


class _Simulation:
    def __init__(self, tasks: Sequence[Task], devices: Sequence[Device], policy: Policy) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._entries = {task.id: task.entry() for task in tasks}
        self._devices = {device.id: device for device in devices}
        self._policy = policy
        self._began: dict[str, tuple[float, float, int]] = {}
        self._places: dict[str, str] = {}
        self._numbers = count()
        self._events: list[tuple[float, int, str, str]] = []
        self._leaving: dict[str, int] = {}
        self._outcome = Outcome()
        for task in tasks:
            self._plan(task.at, "arrival", task.id)

    def run(self) -> Outcome:
        """Until nothing is planned any more."""
        asked = -math.inf
        while self._events:
            now = self._events[0][0]
            while self._events and self._events[0][0] == now:
                _, number, what, name = heapq.heappop(self._events)
                if what == "arrival":
                    self._policy.wait(self._entries[name])
                elif what == "leave" and self._leaving.get(name) == number:
                    self._leave(name, now)
            orders, until = self._policy.decide(tuple(self._devices.values()), now)
            for order in orders:
                if isinstance(order, Start):
                    self._start(order, now)
                else:
                    self._end(order, now)
            if until is not None and (until < asked or asked <= now):
                asked = until
                self._plan(until, "ask", "")
        return self._outcome

    def _plan(self, moment: float, what: str, name: str) -> int:
        number = next(self._numbers)
        heapq.heappush(self._events, (moment, number, what, name))
        return number

    def _start(self, order: Start, now: float) -> None:
        entry, device = self._entries[order.job], self._devices[order.device]
        assert device.job is None, f"{device.id} has a job already"
        warm = {job: size for job, size in device.warm.items() if job not in order.moves}
        for job in order.moves:
            self._places.pop(job, None)  # it may have just been started elsewhere
        place = self._places.pop(entry.id, None)
        swap = SWAP if entry.served and place != device.id else 0.0
        if place == device.id:
            del warm[entry.id]
        elif place is not None:
            self._forget_warm(place, entry.id)
        self._devices[device.id] = replace(device, job=entry, warm=warm)
        self._began[device.id] = now, swap, entry.need + sum(warm.values())
        self._outcome.started.setdefault(entry.id, now)
        left = self._tasks[entry.id].work - entry.served
        self._leaving[device.id] = self._plan(now + swap + left, "leave", device.id)

    def _forget_warm(self, place: str, job: str) -> None:
        device = self._devices[place]
        warm = {other: size for other, size in device.warm.items() if other != job}
        self._devices[place] = replace(device, warm=warm)

    def _end(self, order: End, now: float) -> None:
        """The job leaves its device at the next tile, or at its own end if that is sooner."""
        entry, task = self._entries[order.job], self._tasks[order.job]
        began, swap, _ = self._began[order.device]
        parts = max(1, math.ceil((now - began - swap) / task.grain - 1e-9))
        work = parts * task.grain
        if work < task.work - entry.served:
            moment = max(now, began + swap + work)
            self._leaving[order.device] = self._plan(moment, "leave", order.device)

    def _leave(self, name: str, now: float) -> None:
        device = self._devices[name]
        entry = device.job
        assert entry is not None
        task = self._tasks[entry.id]
        began, swap, resident = self._began.pop(name)
        del self._leaving[name]
        work = now - began - swap
        self._outcome.stays.append(Stay(task, name, began, now, work, resident))
        entry = self._entries[entry.id] = replace(entry, served=entry.served + work)
        warm = dict(device.warm)
        if task.work - entry.served < 1e-6:
            self._outcome.done[entry.id] = now
        else:
            warm[entry.id] = entry.need
            self._places[entry.id] = name
            self._policy.wait(entry)
        self._devices[name] = replace(device, job=None, warm=warm)
