"""The jobs in hand, kept in step with the store: what is said here was committed there before."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from gramarye_protocol import GarbageError, Plane, Settings, Submit

from .errors import RefusedError, ServiceError
from .inside import Done, Saved
from .jobs import NAMELESS, Job, settings_json
from .store.arrivals import Arrival
from .store.blobs import Settled
from .store.errors import DiskError, DiskFullError
from .store.lifecycle import UNFINISHED, State
from .store.records import Job as Record
from .store.records import Order
from .store.store import Store

_log = logging.getLogger(__name__)


class Ledger:
    """Every job that has not ended, and the store behind it.

    What must not be lost when the disk refuses for a moment (a job's end, say) is owed and done
    as soon as the disk takes it: see :meth:`must`.
    """

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self.store = store
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._names: dict[tuple[str, str], Job] = {}
        self._owed: deque[Callable[[], None]] = deque()
        for record in store.questions.unfinished():
            self._take_up(record)

    def __iter__(self) -> Iterator[Job]:
        return iter(tuple(self._jobs.values()))

    def get(self, key: str) -> Job | None:
        """An unfinished job by its key."""
        return self._jobs.get(key)

    def find(self, artist: str, name: str) -> Job | None:
        """An unfinished job by its artist's own id."""
        return self._names.get((artist, name))

    def queue(self) -> Iterator[Job]:
        """The jobs that are accepted, in the order in which they came."""
        return iter(sorted(filter(_accepted, self._jobs.values()), key=lambda j: j.record.turn))

    def nameless(self) -> list[Job]:
        """The jobs of artists without a name."""
        return [job for job in self if job.artist.startswith(NAMELESS)]

    # --- a job arrives

    def submit(self, artist: str, submit: Submit) -> Job | Record:
        """Announce a job; the same again gives the same, and its record alone if it has ended.

        Raises:
            RefusedError: the store refuses it.
            DiskError: the disk fails.
        """
        settings = settings_json(submit.settings)
        room = result_bytes(submit.planes, submit.settings)
        order = Order(artist, submit.job, settings, submit.planes, room, submit.priority)
        record = self.store.submit(order)
        job = self._jobs.get(str(record.id))
        if job is not None:
            job.record = record
        elif record.state in UNFINISHED:
            job = self._take_up(record)
        else:
            return record
        if job.state is State.UPLOADING:
            self._await_planes(job, submit.planes)
        return job

    def _await_planes(self, job: Job, planes: tuple[Plane, ...]) -> None:
        """Begin to receive, or go on where it broke: what an earlier connection promised is off."""
        job.touched = self._clock()
        for place, plane in enumerate(planes):
            if place not in job.settling and not job.record.planes[place].here:
                part = self.store.plane_part(job.id, place)
                have = min(self.store.have(job.record, place), plane.nbytes)
                job.arrivals[place] = Arrival(job.name, place, plane, part, have)

    def plane_here(self, job: Job, place: int, settled: Settled) -> None:
        """A plane was proven."""
        job.record = self.store.plane_here(job.id, place, settled)
        job.arrivals.pop(place, None)

    # --- it is worked on

    def start(self, job: Job) -> None:
        """A worker takes it."""
        job.record = self.store.start(job.id)

    def put_back(self, job: Job) -> None:
        """No worker has it any more."""
        job.record = self.store.put_back(job.id, job.account())

    def save(self, job: Job, saved: Saved) -> None:
        """Keep a checkpoint, unless there is no room for it."""
        settled = Settled(self._incoming(saved.file), saved.sha256, saved.size)
        try:
            job.record = self.store.checkpoint(job.id, "{}", settled, job.account())
        except (RefusedError, DiskError) as error:
            _log.warning("a checkpoint of job %s is not kept: %s", job.id, error)

    def finish(self, job: Job, done: Done, descriptor: str) -> Record:
        """Its result is here."""
        plane = done.result.plane
        settled = Settled(self._incoming(done.file), plane.sha256, plane.nbytes)
        return self._ended(job, self.store.finish(job.id, descriptor, settled, job.account()))

    def fail(self, job: Job, code: str, sentence: str) -> Record:
        """It ends without a result."""
        return self._ended(job, self.store.fail(job.id, code, sentence))

    def lost(self, job: Job, sentence: str) -> Record:
        """Its worker crashed: it is tried again once."""
        return self._ended(job, self.store.lost(job.id, sentence))

    def cancel(self, job: Job) -> Record:
        """Its artist ends it."""
        return self._ended(job, self.store.cancel(job.id))

    def pause(self, job: Job) -> None:
        """It waits until it is resumed."""
        job.record = self.store.pause(job.id, job.account())

    def resume(self, job: Job) -> None:
        """It is queued again."""
        job.record = self.store.resume(job.id)

    def prioritise(self, job: Job, priority: int) -> None:
        """Put it before or after its artist's others."""
        job.record = self.store.prioritise(job.id, priority)

    def note(self, job: Job, sentence: str) -> None:
        """Add a notice for the artist."""
        job.record = self.store.note(job.id, sentence)

    def expire(self, keep_seconds: float) -> list[Record]:
        """Give up what was kept for long enough; returns whose."""
        expired = self.store.expire(keep_seconds)
        for record in expired:
            job = self._jobs.get(str(record.id))
            if job is not None:
                self._ended(job, record)
        return expired

    # --- when the disk refuses

    @property
    def in_trouble(self) -> bool:
        """Whether something could not be written yet."""
        return bool(self._owed)

    def must(self, action: Callable[[], None]) -> None:
        """Do something that is written down, now or, if the disk refuses, as soon as it does not.

        What has become impossible meanwhile (a job that was cancelled) is given up.
        """
        self._owed.append(action)
        if len(self._owed) == 1:
            self.settle_debts()

    def settle_debts(self) -> None:
        """Try again what the disk refused."""
        while self._owed:
            try:
                self._owed[0]()
            except (DiskFullError, DiskError) as error:
                _log.warning("the disk refuses; it is tried again: %s", error.sentence)
                return
            except ServiceError as error:
                _log.warning("given up: %s", error.sentence)
            self._owed.popleft()

    # --- small parts

    def _take_up(self, record: Record) -> Job:
        job = self._jobs[str(record.id)] = Job(record)
        self._names[job.artist, job.name] = job
        job.touched = self._clock()
        return job

    def _ended(self, job: Job, record: Record) -> Record:
        job.record = record
        if record.state not in UNFINISHED and self._jobs.pop(job.key, None) is not None:
            del self._names[job.artist, job.name]
        return record

    def _incoming(self, name: str) -> Path:
        """The file that a worker means, which lies where workers may write."""
        if Path(name).name != name:
            raise GarbageError(f"{name} is not a file of a worker's")
        return self.store.blobs.incoming / name


def _accepted(job: Job) -> bool:
    return job.state is not State.UPLOADING


def result_bytes(planes: tuple[Plane, ...], settings: Settings) -> int:
    """At most so many bytes does a job's result have: it is laid out as its content is."""
    content = next((plane for plane in planes if plane.role == "content"), None)
    if content is None:
        return 0
    width, height = content.width, content.height
    scale = (settings.size or max(width, height)) / max(width, height)
    pixel = content.nbytes // (width * height)
    return int(width * scale + 1) * int(height * scale + 1) * pixel
