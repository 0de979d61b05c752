"""The worker's desk with several jobs, told by a broker's bench what to work on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gramarye.engine.errors import MemoryShortError, PictureError, RoomError
from gramarye.raster import Pixels
from gramarye.service.bench import Bench
from gramarye.service.desk import Desk
from gramarye.service.jobs import Job
from gramarye.service.task import Moment, StudioLike
from gramarye.studio import Studio
from gramarye_protocol import (
    Chunk,
    Failure,
    Finished,
    GivenBack,
    Message,
    Plane,
    Progressed,
    Settings,
    Submit,
    encode,
)

from .pictures import pair, picture
from .studios import SlowStudio

Planes = Sequence[tuple[Plane, bytes]]


class OverError(Exception):
    """The broker has nothing more to say."""


class Room:
    """A broker that lets its jobs take turns, each for one part: it asks for each at once."""

    def __init__(self, studio: StudioLike, *jobs: tuple[Settings, Planes]) -> None:
        self.bench = Bench()
        self.order: list[str] = []
        self.failures: list[Failure] = []
        self.finished: dict[str, Finished] = {}
        self.steps: dict[str, list[int]] = {}
        self.beginnings = 0
        self._desk = Desk(studio, self._hear, self._tell)
        self._waiting: deque[Job] = deque()
        for number, (settings, planes) in enumerate(jobs):
            name = f"job-{number}"
            submit = Submit(name, tuple(plane for plane, _ in planes), settings)
            job = Job(b"", name, submit, 0.0)
            job.credits()  # without which nothing is taken
            for index, (_, data) in enumerate(planes):
                job.receive(Chunk(name, index, 0), data)
            self._waiting.append(job)

    def run(self) -> None:
        """Until all jobs are done."""
        with pytest.raises(OverError):
            self._desk.run()

    def _tell(self, wait: bool) -> list[bytes] | None:
        frames = next(self.bench.outgoing(), None)
        if frames is None and wait:
            raise OverError
        return frames

    def _hear(self, message: Message, payload: Any) -> None:
        for event in self.bench.receive(encode(message, payload)):
            job = self.bench.job_of(event)
            self.bench.note(event)
            if isinstance(event, Finished) and job is not None:
                self.finished[job.name] = event
            elif isinstance(event, Progressed) and job is not None:
                self.beginnings += event.progress.estimate is not None
                self.steps.setdefault(job.name, []).append(event.progress.step)
            elif isinstance(event, Failure):
                self.failures.append(event)
            elif isinstance(event, GivenBack) and job is not None:
                assert event.seconds >= 0
                self._waiting.append(job)
        if self.bench.welcome and self.bench.at_hand is None and self._waiting:
            job = self._next()
            self.order.append(job.name)
            self.bench.work_on(job)
            self.bench.ask_back(job.key)

    def _next(self) -> Job:
        return self._waiting.popleft()


class Cramped(SlowStudio):
    """Has room for one job at a time: another is refused before it begins, or in its midst."""

    def __init__(self, error: type[RoomError | MemoryShortError]) -> None:
        super().__init__("test", None)
        self._error = error
        self._inside = 0

    def render(self, settings: Settings, planes: Sequence[Pixels]) -> Generator[Moment, None, None]:
        """Do what the seed says, if there is room."""
        if self._inside and self._error is RoomError:
            raise RoomError("There is no room.")
        self._inside += 1
        try:
            for moment in super().render(settings, planes):
                yield moment
                if self._inside > 1:
                    raise self._error("There is no room.")
        finally:
            self._inside -= 1


@pytest.fixture(autouse=True)
def no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has in its caches, these tests start without weights."""
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def test_jobs_that_are_put_aside_after_every_part_give_the_same_bytes_as_alone() -> None:
    """Of different sizes and settings; one of them in tiles."""
    studio = Studio("cpu")
    jobs = [
        (
            Settings(quality="draft", steps=2, threads=1, tile=64),
            [picture("content", 80, 60, 1), picture("style", 48, 48, 2)],
        ),
        (
            Settings(quality="draft", steps=2, threads=1, seed=5, init="noise"),
            [picture("content", 32, 24, 3), picture("style", 24, 32, 4)],
        ),
    ]
    together = Room(studio, *jobs)
    together.run()
    assert together.order[:6] == ["job-0", "job-1"] * 3
    for number, job in enumerate(jobs):
        alone = Room(studio, job)
        alone.run()
        one, other = together.finished[f"job-{number}"], alone.finished["job-0"]
        assert one.pixels == other.pixels
        assert one.result.losses == other.result.losses
        assert one.result.made_with == other.result.made_with


def test_a_job_goes_on_where_it_was_and_counts_its_own_time_only() -> None:
    jobs = [(Settings(steps=20), pair()), (Settings(steps=20), pair())]
    room = Room(SlowStudio("test", None), *jobs)
    began = time.monotonic()
    room.run()
    assert sum(one.result.seconds for one in room.finished.values()) < time.monotonic() - began
    assert room.beginnings == 2
    assert len(room.order) > 40
    for steps in room.steps.values():
        assert steps == sorted(steps)
        assert steps[-1] == 20
    assert [len(done.pixels) for done in room.finished.values()] == [256, 256]
    assert room.failures == []


def test_the_memory_of_jobs_that_lay_beside_each_other_is_not_told() -> None:
    planes = [picture("content", 32, 32, 1), picture("style", 32, 32, 2)]
    job = Settings(quality="draft", steps=2), planes
    studio = Studio("cpu")
    for jobs, known in (([job, job], False), ([job], True)):
        room = Room(studio, *jobs)
        room.run()
        told = [done.result.memory is not None for done in room.finished.values()]
        assert told == [known] * len(jobs)


@pytest.mark.parametrize("error", [RoomError, MemoryShortError])
def test_a_job_that_finds_no_room_beside_another_is_given_back_cold_and_can_begin_anew(
    error: type[RoomError | MemoryShortError],
) -> None:
    class Patient(Room):
        def _next(self) -> Job:
            held = [job for job in self._waiting if job.key in self.bench.held]
            job = held[0] if "job-1" in self.order and held else self._waiting[0]
            self._waiting.remove(job)
            return job

    room = Patient(Cramped(error), (Settings(steps=5), pair()), (Settings(steps=5), pair()))
    room.run()
    assert sorted(room.finished) == ["job-0", "job-1"]
    assert room.failures == []
    assert room.order.count("job-1") > 1


def test_a_job_that_finds_no_room_alone_fails_with_its_sentence() -> None:
    class Full(SlowStudio):
        def render(
            self, settings: Settings, planes: Sequence[Pixels]
        ) -> Generator[Moment, None, None]:
            raise RoomError("Too large.")
            yield None

    room = Room(Full("test", None), (Settings(), pair()))
    room.run()
    assert [(one.code, one.sentence) for one in room.failures] == [
        (PictureError.code, "Too large.")
    ]
