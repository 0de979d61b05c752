"""The workers together, and what each should do next.

The policy is :mod:`.fairness`, a pure function; here it is shown what there is, and what it orders
is carried out. A worker keeps the state of jobs that were put aside. Where that is in the way, or
wanted on another device, it is saved as a checkpoint first, and the job that waits for it begins
when it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .bench import COUNTED, UNKNOWN_MEMORY, Bench
from .experience import Experience
from .fairness import decide, lend
from .inside import Errand
from .jobs import Job
from .standing import Device, Entry, Round, Snapshot, Start, line_up
from .store.lifecycle import State


class Crew:
    """The benches, one a device, and what the policy remembers from one decision to the next.

    ``errand`` makes of a job what a worker needs to begin it; ``clock`` tells seconds.
    """

    def __init__(
        self,
        devices: Sequence[str],
        errand: Callable[[Job], Errand],
        clock: Callable[[], float],
    ) -> None:
        self._errand = errand
        self._clock = clock
        self.benches = {name: Bench(name, errand) for name in _distinct(devices)}
        self.experience = Experience()
        self._round = Round()
        self.until: float | None = None
        """When to decide again though nothing happened."""

    def replace(self, device: str) -> Bench:
        """The worker of a device is gone: its bench, in whose place there is a new one."""
        old, self.benches[device] = self.benches[device], Bench(device, self._errand)
        for other in self.benches.values():
            other.borrowed.discard(device)
            if other.lent_to == device:
                self._returned(other)
        for key in old.held:
            self._over(key)
        return old

    def rest(self, device: str) -> None:
        """The worker of a device ends, because nobody works; the next one will be of its kind."""
        ended = self.replace(device)
        self.benches[device].rested = ended.ready

    @property
    def ready(self) -> list[Bench]:
        """The workers that have loaded what they need."""
        return [bench for bench in self.benches.values() if bench.ready is not None]

    @property
    def idle(self) -> bool:
        """Whether no worker has anything."""
        return not any(bench.held or bench.at_hand for bench in self.benches.values())

    def has(self, job: Job) -> bool:
        """Whether a worker has a job, or was given it."""
        return any(job.key in bench.held or job is bench.at_hand for bench in self.benches.values())

    def begun(self) -> list[Job]:
        """The jobs that workers have, and that are wanted."""
        return [job for bench in self.benches.values() for job in bench.wanted()]

    def at_work(self) -> list[Job]:
        """Those that are worked on."""
        return [bench.at_hand for bench in self.benches.values() if bench.at_hand is not None]

    # --- what every device should do next

    def direct(self, jobs: Iterable[Job], start: Callable[[Job], bool]) -> None:
        """Call whenever something happened. ``start`` writes down that a job begins, and says
        whether that could be done."""
        jobs = list(jobs)
        by_key = {job.key: job for job in jobs}
        snapshot = self._snapshot(jobs)
        decision = decide(snapshot, self._round, self._clock())
        self._round, self.until = decision.round, decision.until
        for order in decision.orders:
            bench = self.benches[order.device]
            if isinstance(order, Start):
                job = by_key[order.job]
                if job.state is State.RUNNING or start(job):
                    self._give(job, bench, order.moves)
            elif bench.at_hand is not None and bench.at_hand.key == order.job:
                bench.ask_back(warm=not bench.at_hand.pausing)
        self._lend(self._snapshot(jobs))

    def withdraw(self, job: Job) -> None:
        """Take a job off its worker, if one has it, with all that it computed."""
        for bench in self.benches.values():
            if job is bench.at_hand:
                bench.ask_back(warm=False)
            elif job.key in bench.held:
                bench.put_away(job)

    def keep(self, job: Job) -> None:
        """A job's picture as it stands is enough."""
        for bench in self.benches.values():
            bench.keep(job)

    def drop(self, job: Job) -> None:
        """Nobody wants a job any more."""
        for bench in self.benches.values():
            bench.drop(job, self._clock())

    def left(self, key: str) -> None:
        """A worker has a job no more, or has it no longer at hand."""
        self._over(key)
        for bench in self.benches.values():
            if bench.at_hand is None:
                self._ask_back(bench)

    def returned(self, bench: Bench) -> None:
        """A worker uses no lent device any more."""
        bench.returning = False
        for other in self.benches.values():
            if other.lent_to == bench.device:
                self._returned(other)

    def _give(self, job: Job, bench: Bench, moves: Sequence[str]) -> None:
        """Give a device to a job, once everything in its way is gone."""
        waits = set()
        for warm in bench.warm:
            if warm.key in moves:
                bench.put_away(warm)
                waits.add(warm.key)
        for other in self.benches.values():
            if other is not bench and job.key in other.held:
                other.put_away(job)
                waits.add(job.key)
        if bench.lent_to is not None:
            self._ask_back(self.benches[bench.lent_to])
            waits.add(_loan(bench.device))
        bench.assign(job, waits, self._clock())

    def _snapshot(self, jobs: Sequence[Job]) -> Snapshot:
        most = max((bench.memory for bench in self.ready), default=UNKNOWN_MEMORY)
        at_work = {job.key for job in self.at_work()}
        leaving = {key for bench in self.benches.values() for key in bench.leaving}
        waiting = [
            self._entry(job, most)
            for job in jobs
            if job.state in (State.QUEUED, State.RUNNING)
            and not job.pausing
            and job.key not in at_work
            and job.key not in leaving
        ]
        devices = []
        for bench in self.ready:
            job = bench.at_hand
            warm = {one.key: self._memory(one, bench.memory) for one in bench.warm}
            at_hand = None if job is None else self._entry(job, most)
            devices.append(Device(bench.device, bench.memory, at_hand, warm))
        return Snapshot(line_up(waiting), devices)

    def _entry(self, job: Job, most: int) -> Entry:
        # What was free when the workers came up says what fits beside what, not what fits at all:
        # that the studio decides, by what is free when the job begins.
        told = job.appraisal
        return Entry(
            job.key,
            job.artist,
            job.record.turn,
            job.record.priority,
            job.seconds,
            self._memory(job, most),
            job.served,
            paused=job.pausing,
            tiles=told.tiles if told else 1,
            tile_memory=told.tile_memory if told else 0,
        )

    def _memory(self, job: Job, most: int) -> int:
        if job.alone:
            return most
        told = job.appraisal
        return min(self.experience.expect(told.memory), most) if told else 0

    # --- lending

    def _lend(self, snapshot: Snapshot) -> None:
        """Let idle devices help with the one large canvas, or no longer."""
        wanted: dict[str, set[str]] = {}
        for help_ in lend(snapshot):
            lender = self.benches[help_.device]
            for bench in self.ready:
                job = bench.at_hand
                if job is None or job.key != help_.job or not bench.begun:
                    continue
                if bench.kind == lender.kind:  # another kind would change a result's last digits
                    wanted.setdefault(bench.device, set()).add(help_.device)
        for bench in self.ready:
            devices = wanted.get(bench.device, set())
            if bench.at_hand is None or bench.returning or bench.borrowed == devices:
                continue
            if bench.borrowed - devices:
                self._ask_back(bench)  # all of them; what is still wanted is lent again then
                continue
            for device in devices:
                self.benches[device].lent_to = bench.device
            bench.lend(devices)

    def _returned(self, bench: Bench) -> None:
        bench.lent_to = None
        bench.over(_loan(bench.device), self._clock())

    def _ask_back(self, bench: Bench) -> None:
        if bench.borrowed:
            bench.lend(set())

    def _over(self, what: str) -> None:
        for bench in self.benches.values():
            bench.over(what, self._clock())


def _loan(device: str) -> str:
    return f"loan of {device}"


def _distinct(devices: Sequence[str]) -> list[str]:
    """Names for the devices: the second ``cpu`` is ``cpu#2``."""
    seen: dict[str, int] = {}
    names = []
    for device in devices:
        seen[device] = seen.get(device, 0) + 1
        names.append(device if seen[device] == 1 else f"{device}{COUNTED}{seen[device]}")
    return names
