"""Jobs that outlive the daemon: the database and the blobs of one directory, kept in step.

The order is what makes it safe. A blob gets its name before the row that needs it is committed, and
loses it after the row is gone; so a crash in between leaves a file too many, never one too few, and
the next start sweeps it away.

Everything here is for one thread and takes milliseconds, whatever the size of the pixels. What
takes longer, :meth:`.Part.settle`, may run elsewhere.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from gramarye_protocol import GarbageError

from ..errors import RefusedError
from .blobs import Blobs, Part, Settled, flush_folder
from .database import Database
from .errors import DiskFullError
from .lifecycle import ENDED, Event, State, after
from .questions import Questions
from .quota import SPARE_BYTES, Quota, make_room, no_room
from .records import Job, Order

_GONE = "A picture of this job is missing from the daemon's folder. Send the job again."

_log = logging.getLogger(__name__)


def _free(directory: Path) -> int:
    return shutil.disk_usage(directory).free


class Store:
    """The jobs in a directory, of which it takes hold until it is closed.

    Opening it mends what a crash left: jobs that were running are queued again, uploads can go on,
    strays are removed. ``clock`` tells seconds since 1970, ``free`` the bytes free on the disk.
    ``questions`` answers what does not change anything.

    Raises:
        InUseError, UnknownFormatError, DiskFullError, DiskError: see :class:`.Connection`.
    """

    def __init__(
        self,
        directory: Path,
        quota: Quota | None = None,
        clock: Callable[[], float] = time.time,
        free: Callable[[Path], int] = _free,
    ) -> None:
        self._directory = directory
        self._quota = quota or Quota()
        self._clock = clock
        self._free = free
        self.blobs = Blobs(directory)
        self._database = Database(directory / "jobs.sqlite3", clock)
        self.questions: Questions = self._database
        try:
            flush_folder(directory)
            self._recover()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the directory."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- a job arrives

    def submit(self, order: Order) -> Job:
        """Announce a job; the same order again gives the same job, wherever that stands.

        It is accepted, and queued, once all its planes are here. Those that are here already, for
        another job, need not come again.

        Raises:
            DifferentJobError: the artist's id names another job.
            RefusedError: it is more than the quota allows.
            DiskFullError: the disk has no room for it.
        """
        known = self._database.same(order)
        if known is not None:
            return self._take_stock(known)
        self._quota.check(order, self._database.usage(order.artist))
        has = self.blobs.has
        to_come = sum(plane.nbytes for plane in order.planes if not has(plane.sha256, plane.nbytes))
        self.make_room(to_come + order.result_bytes)
        return self._database.submit(order, has)

    def plane_part(self, job: int, place: int) -> Part:
        """Where the bytes of a plane of a job go as they come."""
        return self.blobs.part(job, f"plane-{place}")

    def have(self, job: Job, place: int) -> int:
        """Bytes of a plane that are here: the transfer goes on from there."""
        plane = job.planes[place]
        return plane.size if plane.here else self.plane_part(job.id, place).size

    def plane_here(self, job: int, place: int, settled: Settled) -> Job:
        """A plane arrived. With the last one the job is accepted: it is queued.

        Raises:
            GarbageError: it is not that plane. The part is removed.
            TransitionError: the job awaits no planes. The same.
        """
        planes = self._expect(job, Event.WHOLE, settled).planes
        if place >= len(planes) or planes[place].sha256 != settled.sha256:
            Part(settled.path).drop()
            raise GarbageError("a plane that is not awaited")
        self.blobs.place(settled)
        return self._database.plane_here(job, place)

    # --- it is worked on

    def start(self, job: int) -> Job:
        """A worker takes the job."""
        return self._database.start(job)

    def checkpoint(self, job: int, descriptor: str, settled: Settled, served: float) -> Job:
        """Keep a checkpoint that a worker wrote (:func:`.checkpoints.new_part`); the last two are
        kept. ``descriptor`` is JSON.

        ``served`` are the seconds that the job was worked on since this was last said.

        Raises:
            TransitionError: the job is not running. The part is removed.
            RefusedError: there is no room for it. The same; the job can go on without.
        """
        before = self._expect(job, Event.YIELDED, settled)
        try:
            self.make_room(settled.size, written=settled.size)
        except Exception:
            Part(settled.path).drop()
            raise
        self.blobs.place(settled)
        now = self._database.checkpoint(job, descriptor, settled.sha256, settled.size, served)
        return self._tidy(before, now)

    def result_part(self, job: int) -> Part:
        """Where the bytes of a job's result go as they come from its worker."""
        return self.blobs.part(job, "result")

    def finish(self, job: int, descriptor: str, settled: Settled, served: float = 0.0) -> Job:
        """The job is done. ``descriptor`` is JSON.

        After DiskFullError or DiskError it may be called again.

        Raises:
            TransitionError: the job is not running. The part is removed.
        """
        before = self._expect(job, Event.FINISHED, settled)
        self.blobs.place(settled)
        now = self._database.finish(job, descriptor, settled.sha256, settled.size, served)
        return self._tidy(before, now)

    def fail(self, job: int, code: str, sentence: str) -> Job:
        """The job ends without a result."""
        before = self._database.job(job)
        return self._tidy(before, self._database.fail(job, code, sentence))

    def lost(self, job: int, sentence: str) -> Job:
        """The job's worker crashed: the job is queued again the first time, and fails the next."""
        before = self._database.job(job)
        now = self._database.lost(job, sentence)
        self.blobs.drop_parts(job)
        return self._tidy(before, now)

    def put_back(self, job: int, served: float = 0.0) -> Job:
        """The job gives up the worker to another one, and keeps its place in the queue."""
        return self._database.put_back(job, served)

    # --- its artist decides

    def pause(self, job: int, served: float = 0.0) -> Job:
        """The job waits, in its place in the queue, until it is resumed."""
        return self._database.pause(job, served)

    def resume(self, job: int) -> Job:
        """A paused job is queued again."""
        return self._database.resume(job)

    def prioritise(self, job: int, priority: int) -> Job:
        """A higher priority goes before the same artist's others."""
        return self._database.prioritise(job, priority)

    def cancel(self, job: int) -> Job:
        """The artist ends the job."""
        before = self._database.job(job)
        return self._tidy(before, self._database.cancel(job))

    def acknowledge(self, job: int) -> Job:
        """The artist knows how the job ended: its result may go when room is needed."""
        return self._database.acknowledge(job)

    def note(self, job: int, sentence: str) -> Job:
        """Add a notice for the artist."""
        return self._database.note(job, sentence)

    # --- time and room

    def expire(self, keep_seconds: float) -> list[Job]:
        """Give up results and unfinished uploads that are older, and forget jobs that ended
        without a result, or whose result expired, so long ago. Returns what expired."""
        before = self._clock() - keep_seconds
        self._database.forget(before)
        return self._give_up(self._database.overdue(before))

    def _give_up(self, jobs: list[Job]) -> list[Job]:
        pairs = zip(jobs, self._database.give_up(jobs), strict=True)
        return [self._tidy(before, now) for before, now in pairs]

    def make_room(self, needed: int, written: int = 0) -> None:
        """See to it that ``needed`` bytes fit, of which ``written`` are on the disk already, by
        giving up acknowledged results.

        Raises:
            RefusedError: the quota does not allow them.
            DiskFullError: the disk has no room for them.
        """
        if not make_room(needed, self._room, self._evict):
            raise no_room()
        if not make_room(needed - written, self._disk_room, self._evict):
            raise DiskFullError(self._directory)

    def _room(self) -> int:
        """Bytes that the quota still allows."""
        taken = self._database.kept_bytes() + self._database.promised_bytes()
        return self._quota.directory_bytes - taken

    def _disk_room(self) -> int:
        """Bytes free on the disk that nobody was promised."""
        to_come = self._database.promised_bytes() - self.blobs.arriving_bytes()
        return self._free(self._directory) - SPARE_BYTES - max(0, to_come)

    def _evict(self) -> bool:
        evictable = self._database.evictable()
        if evictable:
            _log.info("an acknowledged result is given up to make room")
            self._give_up(evictable[:1])
        return bool(evictable)

    # --- small parts

    def _expect(self, job: int, event: Event, settled: Settled) -> Job:
        """The job, if ``event`` can happen to it; else its part is removed."""
        try:
            found = self._database.job(job)
            after(found.state, event)
        except RefusedError:
            Part(settled.path).drop()
            raise
        return found

    def _take_stock(self, job: Job) -> Job:
        """Count the planes that came for another job meanwhile, or right before a crash."""
        for place, plane in enumerate(job.planes):
            if not plane.here and self.blobs.has(plane.sha256, plane.size):
                job = self._database.plane_here(job.id, place)
                self.plane_part(job.id, place).drop()
        return job

    def _tidy(self, before: Job, now: Job) -> Job:
        """Remove the files that a job kept before, and that nobody needs now."""
        for sha256 in self._database.unneeded(before.blobs - now.blobs):
            self.blobs.delete(sha256)
        if now.state in ENDED:
            self.blobs.drop_parts(now.id)
        return now

    def _recover(self) -> None:
        """Bring rows and files into step again, and put the running jobs back into the queue."""
        self._database.interrupted()
        has = self.blobs.has
        for job in self._database.unfinished():
            if any(plane.here and not has(plane.sha256, plane.size) for plane in job.planes):
                self._database.fail(job.id, "lost-files", _GONE)
                continue
            self._take_stock(job)
            for held in job.checkpoints:
                if not has(held.sha256, held.size):
                    self._database.forget_checkpoint(job.id, held.sha256)
        lost = [
            job
            for job in self._database.done()
            if job.result is None or not has(job.result.sha256, job.result.size)
        ]
        if lost:
            _log.error("%d results are missing from %s", len(lost), self._directory)
            self._database.give_up(lost)
        uploading = {job.id for job in self._database.unfinished() if job.state is State.UPLOADING}
        self.blobs.sweep(self._database.needed_blobs(), uploading)
