"""The worker's desk with several jobs, told by a broker's bench what to work on."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gramarye.engine.errors import MemoryShortError, PictureError, RoomError
from gramarye.raster import Pixels
from gramarye.saved import Checkpoint
from gramarye.service.desk import Desk
from gramarye.service.inside import (
    Appraise,
    Appraised,
    Done,
    Drop,
    Enough,
    Errand,
    FromWorker,
    GiveBack,
    GivenBack,
    Ready,
    Saved,
    ToWorker,
    Work,
    from_worker,
)
from gramarye.service.store.blobs import Part
from gramarye.service.store.errors import DiskFullError
from gramarye.service.task import Moment, StudioLike
from gramarye.studio import Studio
from gramarye_protocol import Failure, Plane, Progress, Settings, encode

from .pictures import pair, picture
from .studios import STEP_SECONDS, STUMBLE, SlowStudio

Planes = Sequence[tuple[Plane, bytes]]


class OverError(Exception):
    """The broker has nothing more to say."""


class Room:
    """A broker that lets its jobs take turns, each for one part: it asks for each at once.

    With ``cold`` the jobs are saved and forgotten each time, and go on from their checkpoints.
    """

    def __init__(
        self,
        folder: Path,
        studio: StudioLike,
        *jobs: tuple[Settings, Planes],
        cold: bool = False,
    ) -> None:
        self.folder = folder
        self.cold = cold
        self.order: list[str] = []
        self.said: list[FromWorker] = []
        self.failures: list[Failure] = []
        self.finished: dict[str, Done] = {}
        self.steps: dict[str, list[int]] = {}
        self.beginnings = 0
        self.dropped: set[str] = set()
        self.held: set[str] = set()
        self.patient = False
        """Let each job work as long as it likes."""
        self.listeners: list[Callable[[FromWorker], None]] = []
        self.waiting: deque[str] = deque()
        self._errands: dict[str, Errand] = {}
        self._letters: deque[list[Any]] = deque()
        self._desk = Desk(studio, folder, self._hear, self._tell)
        for number, (settings, planes) in enumerate(jobs, 1):
            files = []
            for place, (_, data) in enumerate(planes):
                file = folder / f"job {number} plane {place}"
                file.write_bytes(data)
                files.append(str(file))
            described = tuple(plane for plane, _ in planes)
            self._errands[str(number)] = Errand(settings, described, tuple(files))
            self.waiting.append(str(number))

    def run(self) -> Room:
        """Until all jobs are done."""
        with pytest.raises(OverError):
            self._desk.run()
        return self

    def change(self, key: str, **fields: Any) -> None:
        """Give a job's errand, which the worker does not have yet, other fields."""
        self._errands[key] = replace(self._errands[key], **fields)

    def pixels(self, key: str) -> bytes:
        """A finished job's."""
        return (self.folder / self.finished[key].file).read_bytes()

    def tell(self, message: ToWorker) -> None:
        """Say something to the worker."""
        self._letters.append(encode(message))

    def _tell(self, seconds: float | None) -> list[bytes] | None:
        if not self._letters and seconds is None:
            raise OverError
        return self._letters.popleft() if self._letters else None

    def _hear(self, message: FromWorker, payload: Any) -> None:
        message, _ = from_worker(encode(message, payload))
        self.said.append(message)
        for listener in self.listeners:
            listener(message)
        if isinstance(message, Progress):
            self.beginnings += message.estimate is not None
            self.steps.setdefault(message.job, []).append(message.step)
        elif isinstance(message, Saved):
            errand = self._errands[message.job]
            saved = (str(self.folder / message.file),)
            self._errands[message.job] = replace(errand, checkpoints=saved)
        elif isinstance(message, Done):
            self.finished[message.job] = message
            self._next()
        elif isinstance(message, Failure):
            self.failures.append(message)
            self._next()
        elif isinstance(message, GivenBack):
            if not message.warm:
                self.held.discard(message.job)
            if message.job not in self.dropped:
                self.waiting.append(message.job)
            self._next()
        elif isinstance(message, Ready):
            self._next()

    def _next(self) -> None:
        if self.waiting:
            key = self.choose()
            self.order.append(key)
            self.tell(Work(key, None if key in self.held else self._errands[key]))
            self.held.add(key)
            if not self.patient:
                self.tell(GiveBack(key, warm=not self.cold))

    def choose(self) -> str:
        """Whose turn it is."""
        return self.waiting.popleft()


class Cramped(SlowStudio):
    """Has room for one job at a time: another is refused before it begins, or in its midst."""

    def __init__(self, error: type[RoomError | MemoryShortError]) -> None:
        super().__init__("test", None)
        self._error = error
        self._inside = 0

    def render(
        self,
        settings: Settings,
        planes: Sequence[Pixels],
        resume: Checkpoint | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> Generator[Moment, None, None]:
        """Do what the seed says, if there is room."""
        if self._inside and self._error is RoomError:
            raise RoomError("There is no room.")
        self._inside += 1
        try:
            for moment in super().render(settings, planes, resume, enough):
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


def after_a_step(room: Room, told: FromWorker) -> None:
    """Ask a job back that has made a step, but not for the third time."""
    if isinstance(told, Progress) and told.step > 0 and room.order.count(told.job) < 3:
        room.tell(GiveBack(told.job, warm=False))


@pytest.mark.parametrize("cold", [False, True])
def test_jobs_that_are_put_aside_after_every_part_give_the_same_bytes_as_alone(
    tmp_path: Path, cold: bool
) -> None:
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
    room = Room(tmp_path, studio, *jobs, cold=cold)
    if cold:  # a job is saved after a step: before its first one there is nothing to go on from
        room.patient = True
        room.listeners.append(lambda told: after_a_step(room, told))
    room.run()
    assert set(room.finished) == {"1", "2"}
    if not cold:
        assert room.order[:6] == ["1", "2"] * 3
    for number, job in enumerate(jobs, 1):
        place = tmp_path / str(number)
        place.mkdir()
        alone = Room(place, studio, job).run()
        one, other = room.finished[str(number)], alone.finished["1"]
        assert room.pixels(str(number)) == alone.pixels("1")
        assert one.result.losses == other.result.losses
        assert one.result.made_with == other.result.made_with


def test_a_job_goes_on_where_it_was_and_counts_its_own_time_only(tmp_path: Path) -> None:
    jobs = [(Settings(steps=20), pair()), (Settings(steps=20), pair())]
    began = time.monotonic()
    room = Room(tmp_path, SlowStudio("test", None), *jobs).run()
    took = time.monotonic() - began
    assert sum(one.result.seconds for one in room.finished.values()) < took
    told = [one.seconds for one in room.said if isinstance(one, GivenBack | Done)]
    assert 40 * STEP_SECONDS <= sum(told) < took
    assert room.beginnings == 2
    assert len(room.order) > 40
    for steps in room.steps.values():
        assert steps == sorted(steps)
        assert steps[-1] == 20
    assert [len(room.pixels(key)) for key in ("1", "2")] == [256, 256]
    assert room.failures == []


def test_the_memory_of_jobs_that_lay_beside_each_other_is_not_told(tmp_path: Path) -> None:
    planes = [picture("content", 32, 32, 1), picture("style", 32, 32, 2)]
    job = Settings(quality="draft", steps=2), planes
    studio = Studio("cpu")
    for jobs, known in (([job, job], False), ([job], True)):
        room = Room(tmp_path, studio, *jobs).run()
        told = [done.result.memory is not None for done in room.finished.values()]
        assert told == [known] * len(jobs)


@pytest.mark.parametrize("error", [RoomError, MemoryShortError])
def test_a_job_that_finds_no_room_beside_another_is_given_back_cold_and_can_begin_anew(
    tmp_path: Path, error: type[RoomError | MemoryShortError]
) -> None:
    class Considerate(Room):
        def choose(self) -> str:
            held = [key for key in self.waiting if key in self.held]
            key = held[0] if "2" in self.order and held else self.waiting[0]
            self.waiting.remove(key)
            return key

    jobs = (Settings(steps=5), pair()), (Settings(steps=5), pair())
    room = Considerate(tmp_path, Cramped(error), *jobs).run()
    assert sorted(room.finished) == ["1", "2"]
    assert room.failures == []
    assert room.order.count("2") > 1
    assert any(isinstance(one, GivenBack) and one.alone for one in room.said)


def test_a_job_that_finds_no_room_alone_fails_with_its_sentence(tmp_path: Path) -> None:
    class Full(SlowStudio):
        def render(
            self,
            settings: Settings,
            planes: Sequence[Pixels],
            resume: Checkpoint | None = None,
            enough: Callable[[], bool] = lambda: False,
        ) -> Generator[Moment, None, None]:
            raise RoomError("Too large.")
            yield None

    room = Room(tmp_path, Full("test", None), (Settings(), pair())).run()
    assert [(one.code, one.sentence) for one in room.failures] == [
        (PictureError.code, "Too large.")
    ]


def test_a_lost_device_ends_the_worker(tmp_path: Path) -> None:
    class Unplugged(SlowStudio):
        def is_lost(self, error: Exception) -> bool:
            return isinstance(error, KeyError)

    room = Room(tmp_path, Unplugged("test", None), (Settings(seed=STUMBLE), pair()))
    with pytest.raises(KeyError):
        room.run()


def test_a_job_that_is_dropped_is_forgotten_and_the_next_one_is_worked_on(tmp_path: Path) -> None:
    jobs = (Settings(steps=1000), pair()), (Settings(steps=3), pair())
    room = Room(tmp_path, SlowStudio("test", None), *jobs)

    def end(message: FromWorker) -> None:
        if isinstance(message, Progress) and message.job == "1" and message.step > 1:
            room.dropped.add("1")
            room.tell(Drop("1"))

    room.listeners.append(end)
    room.patient = True
    room.run()
    assert set(room.finished) == {"2"}
    assert room.steps["1"][-1] < 1000


def test_a_result_that_the_disk_refuses_is_written_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    def append(self: Part, offset: int, data: Any) -> int:
        if len(refused) < 2:
            refused.append(offset)
            raise DiskFullError(tmp_path)
        return real(self, offset, data)

    real = Part.append
    monkeypatch.setattr(Part, "append", append)
    monkeypatch.setattr("gramarye.service.desk.DISK_SECONDS", 0.01)
    room = Room(tmp_path, SlowStudio("test", None), (Settings(steps=2), pair()))
    room.patient = True
    room.run()
    assert len(refused) == 2
    assert len(room.pixels("1")) == 256


def test_jobs_are_appraised_while_another_is_worked_on(tmp_path: Path) -> None:
    room = Room(tmp_path, SlowStudio("test", None), (Settings(steps=50), pair()))
    room.patient = True

    def ask(message: FromWorker) -> None:
        if isinstance(message, Progress) and message.step == 1:
            room.tell(Appraise("7", Settings(steps=10), tuple(plane for plane, _ in pair())))

    room.listeners.append(ask)
    room.run()
    [told] = [one for one in room.said if isinstance(one, Appraised)]
    assert (told.job, told.seconds) == ("7", 10 * STEP_SECONDS)
    assert room.said.index(told) < room.said.index(room.finished["1"])


@pytest.mark.parametrize("aside", [False, True])
def test_when_its_picture_is_enough_a_job_ends_with_it(tmp_path: Path, aside: bool) -> None:
    jobs = [(Settings(steps=1000), pair()) for _ in range(1 + aside)]
    room = Room(tmp_path, SlowStudio("test", None), *jobs)
    room.patient = not aside

    def end(message: FromWorker) -> None:
        if isinstance(message, Progress) and message.job == "1" and message.step:
            for key in "12"[: len(jobs)]:
                room.tell(Enough(key))

    room.listeners.append(end)
    room.run()
    assert sorted(room.finished) == ["1", "2"][: len(jobs)]
    assert all(max(steps) < 500 for steps in room.steps.values())


def test_a_job_that_comes_with_the_wish_ends_at_its_first_step(tmp_path: Path) -> None:
    room = Room(tmp_path, SlowStudio("test", None), (Settings(steps=1000), pair()))
    room.patient = True
    room.change("1", keeping=True)
    room.run()
    assert room.steps["1"][-1] == 1
    assert "1" in room.finished
