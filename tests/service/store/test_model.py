"""The store against a dict: whatever happens in whatever order, they agree, across restarts too."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from gramarye.service.store.errors import DifferentJobError, TransitionError
from gramarye.service.store.lifecycle import ENDED, Event, State, after
from gramarye.service.store.store import Store

from ..pictures import picture
from .orders import files, order, saved, settled, sha256

PICTURES = [picture("content", seed=1), *(picture("style", seed=seed) for seed in range(2, 5))]
"""Few, so that jobs share them."""
KEEP = 100.0


@dataclass
class Expected:
    """What a job should be."""

    order: tuple[int, int]
    state: State = State.UPLOADING
    here: set[int] = field(default_factory=set)
    half: int = 0
    turn: int = 0
    crashes: int = 0
    changed: float = 0.0
    checkpoints: list[bytes] = field(default_factory=list)
    result: bytes | None = None
    acknowledged: bool = False

    @property
    def planes(self) -> list[int]:
        return [0, self.order[0]]


class Comparison(RuleBasedStateMachine):
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.now = 1000.0
        self.turns = 0
        self.model: dict[int, Expected] = {}
        self.names: dict[tuple[str, str], int] = {}
        self.placed: set[int] = set()
        self.store = self.open()

    def open(self) -> Store:
        return Store(self.directory, clock=lambda: self.now)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.directory)

    # --- what happens

    @rule(
        target=jobs,
        artist=st.sampled_from(["ann", "bob"]),
        name=st.sampled_from(["one", "two", "three"]),
        style=st.integers(1, 3),
        strength=st.integers(1, 2),
    )
    def submit(self, artist: str, name: str, style: int, strength: int) -> int:
        pictures = [PICTURES[0], PICTURES[style]]
        wanted = order(name, pictures, artist, f'{{"strength": {strength}}}')
        known = self.names.get((artist, name))
        if known is not None and self.model[known].order != (style, strength):
            try:
                self.store.submit(wanted)
            except DifferentJobError:
                return known
            raise AssertionError("another order under the same id was taken")
        job = self.store.submit(wanted).id
        if known is None:
            assert job not in self.model, "an id was given twice"
            self.names[artist, name] = job
            self.model[job] = Expected((style, strength), changed=self.now)
            self.take_stock(self.model[job])
        else:
            assert job == known
            self.take_stock(self.model[job])
        return job

    def take_stock(self, expected: Expected) -> None:
        """An upload need not bring what is here for another job."""
        if expected.state is State.UPLOADING:
            for place, which in enumerate(expected.planes):
                if which in self.placed - expected.here:
                    expected.here.add(which)
                    expected.changed = self.now
                    expected.half *= place != 1
            self.accept_if_whole(expected)

    def accept_if_whole(self, expected: Expected) -> None:
        if expected.here == set(expected.planes):
            self.turns += 1
            expected.state, expected.turn = State.QUEUED, self.turns

    @rule(job=jobs, size=st.integers(1, 200))
    def half_a_plane(self, job: int, size: int) -> None:
        expected = self.model.get(job)
        if expected is None or expected.state is not State.UPLOADING:
            return
        if expected.planes[1] not in expected.here:
            part = self.store.plane_part(job, 1)
            part.drop()
            part.append(0, PICTURES[expected.planes[1]][1][:size])
            expected.half = size

    @rule(job=jobs, place=st.integers(0, 1))
    def plane(self, job: int, place: int) -> None:
        expected = self.model.get(job)
        if expected is None:
            return
        which = expected.planes[place]
        part = settled(self.store.plane_part(job, place), PICTURES[which][1])
        if self.allowed(job, Event.WHOLE, lambda: self.store.plane_here(job, place, part)):
            expected.state = State.UPLOADING
            expected.here.add(which)
            self.placed.add(which)
            expected.half *= place != 1
            self.accept_if_whole(expected)

    @rule(job=jobs)
    def start(self, job: int) -> None:
        self.allowed(job, Event.STARTED, lambda: self.store.start(job))

    @rule(job=jobs)
    def pause(self, job: int) -> None:
        self.allowed(job, Event.PAUSED, lambda: self.store.pause(job))

    @rule(job=jobs)
    def resume(self, job: int) -> None:
        self.allowed(job, Event.RESUMED, lambda: self.store.resume(job))

    @rule(job=jobs)
    def put_back(self, job: int) -> None:
        self.allowed(job, Event.YIELDED, lambda: self.store.put_back(job))

    @rule(job=jobs)
    def cancel(self, job: int) -> None:
        self.allowed(job, Event.CANCELLED, lambda: self.store.cancel(job))

    @rule(job=jobs)
    def fail(self, job: int) -> None:
        self.allowed(job, Event.FAILED, lambda: self.store.fail(job, "memory", "Too large."))

    @rule(job=jobs)
    def lose(self, job: int) -> None:
        expected = self.model.get(job)
        if expected is None:
            return
        event = Event.LOST if expected.crashes == 0 else Event.LOST_AGAIN
        if self.allowed(job, event, lambda: self.store.lost(job, "It crashed.")):
            expected.crashes += 1

    @rule(job=jobs, state=st.binary(min_size=1, max_size=2))
    def checkpoint(self, job: int, state: bytes) -> None:
        if job not in self.model:
            return
        changed = self.model[job].changed
        if self.allowed(job, Event.YIELDED, lambda: saved(self.store, job, state)):
            self.model[job].state = State.RUNNING
            self.model[job].changed = changed
            self.model[job].checkpoints = [state, *self.model[job].checkpoints[:1]]

    @rule(job=jobs, result=st.sampled_from([b"painted", b"painted otherwise"]))
    def finish(self, job: int, result: bytes) -> None:
        if job not in self.model:
            return
        part = settled(self.store.result_part(job), result)
        if self.allowed(job, Event.FINISHED, lambda: self.store.finish(job, "{}", part)):
            self.model[job].result = result

    @rule(job=jobs)
    def acknowledge(self, job: int) -> None:
        expected = self.model.get(job)
        if expected is not None and expected.state in ENDED:
            self.store.acknowledge(job)
            expected.acknowledged = True

    @rule(seconds=st.sampled_from([1.0, KEEP / 2, KEEP]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def expire(self) -> None:
        before = self.now - KEEP
        expired = {job.id for job in self.store.expire(KEEP)}
        old = {job: one for job, one in self.model.items() if one.changed <= before}
        keeping = (State.DONE, State.UPLOADING)
        assert expired == {job for job, one in old.items() if one.state in keeping}
        for job, one in old.items():
            if one.state in keeping:
                self.happen(one, Event.EXPIRED)
            elif one.state in ENDED:
                del self.model[job]
        self.names = {name: job for name, job in self.names.items() if job in self.model}

    @precondition(lambda self: self.model)
    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()
        for one in self.model.values():
            if one.state is State.RUNNING:
                self.happen(one, Event.INTERRUPTED)
        for _, one in sorted(self.model.items(), key=lambda item: (item[1].changed, item[0])):
            self.take_stock(one)

    # --- the model's part

    def happen(self, one: Expected, event: Event) -> None:
        one.state = after(one.state, event)
        one.changed = self.now
        if one.state in ENDED:
            one.here, one.half, one.checkpoints, one.result = set(), 0, [], None
            live = [other for other in self.model.values() if other.state not in ENDED]
            self.placed &= {which for other in live for which in other.planes}

    def allowed(self, job: int, event: Event, do: object) -> bool:
        """Do it; whether the model allowed it, as the store must have."""
        one = self.model.get(job)
        if one is None:
            return False
        try:
            after(one.state, event)
        except TransitionError:
            try:
                do()  # type: ignore[operator]
            except TransitionError:
                return False
            raise AssertionError(f"{event} was allowed to a job that is {one.state}") from None
        do()  # type: ignore[operator]
        self.happen(one, event)
        return True

    # --- they agree

    @invariant()
    def jobs_are_as_expected(self) -> None:
        found = {
            job.id: job for artist in ("ann", "bob") for job in self.store.questions.jobs_of(artist)
        }
        assert found.keys() == self.model.keys()
        for job, one in self.model.items():
            real = found[job]
            here = {
                which for which, held in zip(one.planes, real.planes, strict=False) if held.here
            }
            assert here == one.here
            assert (real.state, real.crashes, real.acknowledged, real.changed) == (
                one.state,
                one.crashes,
                one.acknowledged,
                one.changed,
            )
            assert [held.sha256 for held in real.checkpoints] == [
                sha256(state) for state in one.checkpoints
            ]
            assert (real.result and real.result.sha256) == (one.result and sha256(one.result))

    @invariant()
    def the_queue_is_in_order(self) -> None:
        waiting = [(one.turn, job) for job, one in self.model.items() if one.state is State.QUEUED]
        queue = [job.id for job in self.store.questions.queued()]
        assert queue == [job for _, job in sorted(waiting)]

    @invariant()
    def the_disk_has_what_is_needed_and_nothing_else(self) -> None:
        wanted = {sha256(PICTURES[which][1]): PICTURES[which][0].nbytes for which in self.placed}
        for job, one in self.model.items():
            held = [*one.checkpoints, *([] if one.result is None else [one.result])]
            wanted |= {sha256(data): len(data) for data in held}
            if one.half:
                wanted[f"{job}-plane-1.part"] = one.half
        assert files(self.directory) == wanted


TestTheStoreAgainstADict = Comparison.TestCase
TestTheStoreAgainstADict.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
