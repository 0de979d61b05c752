"""The policy among artists who change their minds and devices that come and go."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from gramarye.service.fairness import decide, lend
from gramarye.service.standing import Device, Entry, Round, Snapshot, Start, line_up

ANY = st.integers(0, 1000)


class Disorder(RuleBasedStateMachine):
    """A broker's books: every rule is something that happens, after which it asks."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.numbers = count()
        self.jobs: dict[str, Entry] = {}
        self.devices: dict[str, Device] = {"first": Device("first", 10)}
        self.ending: set[str] = set()
        self.round = Round()

    def running(self) -> dict[str, str]:
        """Each running job's device."""
        return {d.job.id: d.id for d in self.devices.values() if d.job is not None}

    def snapshot(self) -> Snapshot:
        for device in self.devices.values():
            if device.job is not None:
                entry = self.jobs[device.job.id]
                self.devices[device.id] = replace(device, job=entry)
        running = self.running()
        waiting = [entry for entry in self.jobs.values() if entry.id not in running]
        return Snapshot(line_up(waiting), tuple(self.devices.values()))

    def ask(self) -> None:
        """Ask, check the answer, and do as it says."""
        snapshot = self.snapshot()
        decision = decide(snapshot, self.round, self.now)
        assert decision == decide(snapshot, self.round, self.now)
        assert decision.until is None or decision.until > self.now
        self.round = decision.round
        for order in decision.orders:
            device, entry = self.devices[order.device], self.jobs[order.job]
            if isinstance(order, Start):
                assert device.job is None
                assert entry.id not in self.running()
                assert not entry.paused
                assert order.quantum > 0
                warm = {j: size for j, size in device.warm.items() if j not in order.moves}
                warm.pop(entry.id, None)
                assert entry.need + sum(warm.values()) <= device.memory
                self.devices[device.id] = replace(device, job=entry, warm=warm)
            else:
                assert device.job == entry
                assert device.id not in self.ending
                self.ending.add(device.id)
        after = self.snapshot()
        idle = [device for device in after.devices if device.job is None]
        waiting = [entry for line in after.waiting.values() for entry in line]
        assert not any(device.takes(entry) for device in idle for entry in waiting)
        assert not after.waiting or not lend(after)

    def clear(self, device: Device, **warm: int) -> None:
        self.ending.discard(device.id)
        self.devices[device.id] = replace(device, job=None, warm={**device.warm, **warm})

    def pick(self, which: int) -> Entry:
        return list(self.jobs.values())[which % len(self.jobs)]

    @rule(
        artist=st.sampled_from("abc"),
        memory=st.integers(0, 12),
        seconds=st.none() | st.floats(0.1, 9.0),
    )
    def a_job_comes(self, artist: str, memory: int, seconds: float | None) -> None:
        number = next(self.numbers)
        entry = Entry(f"job{number}", artist, number, seconds=seconds, memory=memory)
        self.jobs[entry.id] = entry
        self.ask()

    @rule(seconds=st.floats(0.01, 5.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.ask()

    @precondition(lambda self: self.ending)
    @rule(which=ANY)
    def a_device_gives_its_job_back(self, which: int) -> None:
        device = self.devices[sorted(self.ending)[which % len(self.ending)]]
        assert device.job is not None
        entry = replace(device.job, served=device.job.served + 1.0)
        self.jobs[entry.id] = entry
        self.clear(device, **{entry.id: entry.need})
        self.ask()

    @precondition(lambda self: self.jobs)
    @rule(which=ANY)
    def a_job_is_done_or_cancelled(self, which: int) -> None:
        entry = self.pick(which)
        del self.jobs[entry.id]
        for device in list(self.devices.values()):
            if device.job is not None and device.job.id == entry.id:
                self.clear(device)
            else:
                warm = {job: size for job, size in device.warm.items() if job != entry.id}
                self.devices[device.id] = replace(device, warm=warm)
        self.ask()

    @precondition(lambda self: self.jobs)
    @rule(which=ANY, paused=st.booleans(), priority=st.integers(-2, 2))
    def an_artist_changes_a_job(self, which: int, paused: bool, priority: int) -> None:
        entry = self.pick(which)
        self.jobs[entry.id] = replace(entry, paused=paused, priority=priority)
        self.ask()

    @rule(memory=st.integers(2, 12))
    def a_device_comes(self, memory: int) -> None:
        device = Device(f"device {next(self.numbers)}", memory)
        self.devices[device.id] = device
        self.ask()

    @precondition(lambda self: self.devices)
    @rule(which=ANY)
    def a_device_is_lost(self, which: int) -> None:
        device = list(self.devices.values())[which % len(self.devices)]
        del self.devices[device.id]
        self.ending.discard(device.id)
        self.ask()

    def teardown(self) -> None:
        """Whatever has happened: on one more device, everything runs to its end."""
        self.devices = {"last": Device("last", 12)}
        self.ending = set()
        self.jobs = {job: replace(entry, paused=False) for job, entry in self.jobs.items()}
        for _ in range(len(self.jobs)):
            self.ask()
            job = self.devices["last"].job
            assert job is not None
            del self.jobs[job.id]
            self.clear(self.devices["last"])
            self.now += 1.0
        assert not self.jobs


TestDisorder = Disorder.TestCase
TestDisorder.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
