"""Jobs in SQLite: what is committed here is what the daemon has promised.

Every method that changes something is one short transaction, and what it says is true, whatever
happens next, once it returns. They raise TransitionError where :mod:`.lifecycle` does not allow the
change, NoSuchJobError where there is no such job, and DiskFullError or DiskError where the disk
refuses; nothing is changed then.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from .connection import Connection, Run
from .errors import TransitionError
from .lifecycle import ENDED, Event, State, after
from .questions import Questions
from .records import Job, Order, plane_descriptors

KEPT_CHECKPOINTS = 2
"""The newest, and the one before it in case the newest is damaged."""


class Database(Questions):
    """The jobs of one directory, held by one process alone. ``clock`` tells seconds since 1970.

    Raises:
        InUseError, UnknownFormatError, DiskFullError, DiskError: see :class:`.Connection`.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._connection = Connection(path)
        self._transaction = self._connection.transaction
        self._clock = clock
        super().__init__(self._connection.run)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # --- a job's way

    def submit(self, order: Order, here: Callable[[str, int], bool]) -> Job:
        """Announce a job; it is accepted once all its planes are here.

        ``here`` tells of a hash and a size whether that blob is here already. Ask :meth:`same`
        before.
        """
        now = self._clock()
        with self._transaction() as run:
            job = run(
                "INSERT INTO jobs (artist, name, digest, settings, state, priority, pixels,"
                " reserved, submitted, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    order.artist,
                    order.name,
                    order.digest,
                    order.settings,
                    State.UPLOADING.value,
                    order.priority,
                    order.pixels,
                    order.result_bytes,
                    now,
                    now,
                ),
            ).lastrowid
            assert job is not None
            pairs = zip(order.planes, plane_descriptors(order.planes), strict=True)
            for place, (plane, descriptor) in enumerate(pairs):
                size = plane.nbytes
                run(
                    "INSERT INTO holds VALUES (?, 'plane', ?, ?, ?, ?, ?)",
                    (job, place, descriptor, plane.sha256, size, here(plane.sha256, size)),
                )
            self._accept_if_whole(job)
        return self.job(job)

    def plane_here(self, job: int, place: int) -> Job:
        """A plane arrived. With the last one the job is accepted: it is queued.

        Raises:
            TransitionError: the job awaits no planes.
        """
        after(self.job(job).state, Event.WHOLE)
        with self._transaction() as run:
            self._touch(job)
            run(
                "UPDATE holds SET here = 1 WHERE job = ? AND role = 'plane' AND place = ?",
                (job, place),
            )
            self._accept_if_whole(job)
        return self.job(job)

    def start(self, job: int) -> Job:
        """A worker takes the job."""
        return self._happen(job, Event.STARTED)

    def checkpoint(self, job: int, descriptor: str, sha256: str, size: int, served: float) -> Job:
        """Keep the state of a running job. The one before the last is let go.

        ``served`` are the seconds that it was worked on since this was last said.

        Raises:
            TransitionError: the job is not running.
        """
        after(self.job(job).state, Event.YIELDED)
        with self._transaction() as run:
            run("UPDATE jobs SET served = served + ? WHERE id = ?", (served, job))
            run(
                "INSERT INTO holds SELECT ?, 'checkpoint', coalesce(max(place), 0) + 1, ?, ?, ?, 1"
                " FROM holds WHERE job = ? AND role = 'checkpoint'",
                (job, descriptor, sha256, size, job),
            )
            run(
                "DELETE FROM holds WHERE job = ? AND role = 'checkpoint' AND place <="
                " (SELECT max(place) FROM holds WHERE job = ? AND role = 'checkpoint') - ?",
                (job, job, KEPT_CHECKPOINTS),
            )
        return self.job(job)

    def finish(self, job: int, descriptor: str, sha256: str, size: int, served: float) -> Job:
        """The job is done: keep its result, and nothing else of it."""

        def keep(run: Run) -> None:
            run(
                "INSERT INTO holds VALUES (?, 'result', 0, ?, ?, ?, 1)",
                (job, descriptor, sha256, size),
            )

        return self._happen(job, Event.FINISHED, served=served, also=keep)

    def fail(self, job: int, code: str, sentence: str) -> Job:
        """The job ends without a result."""
        return self._happen(job, Event.FAILED, code=code, sentence=sentence)

    def lost(self, job: int, sentence: str) -> Job:
        """The job's worker crashed: it is queued again the first time, and fails the second."""
        first = self.job(job).crashes == 0
        event = Event.LOST if first else Event.LOST_AGAIN
        failure = ("", "") if first else ("worker-died", sentence)

        def count(run: Run) -> None:
            run("UPDATE jobs SET crashes = crashes + 1 WHERE id = ?", (job,))
            self._note(job, sentence)

        return self._happen(job, event, code=failure[0], sentence=failure[1], also=count)

    def put_back(self, job: int, served: float) -> Job:
        """The job gives up the worker to another one."""
        return self._happen(job, Event.YIELDED, served=served)

    def pause(self, job: int, served: float = 0.0) -> Job:
        """The job waits, in its place in the queue, until :meth:`resume`."""
        return self._happen(job, Event.PAUSED, served=served)

    def resume(self, job: int) -> Job:
        """A paused job goes on."""
        return self._happen(job, Event.RESUMED)

    def prioritise(self, job: int, priority: int) -> Job:
        """Put it before or after its artist's other jobs."""
        self.job(job)
        with self._transaction() as run:
            run("UPDATE jobs SET priority = ? WHERE id = ?", (priority, job))
        return self.job(job)

    def cancel(self, job: int) -> Job:
        """The artist ends the job."""
        return self._happen(job, Event.CANCELLED)

    def acknowledge(self, job: int) -> Job:
        """The artist knows how the job ended: its result may go when room is needed.

        Raises:
            TransitionError: the job has not ended.
        """
        state = self.job(job).state
        if state not in ENDED:
            raise TransitionError(state.value, "acknowledged")
        with self._transaction() as run:
            run("UPDATE jobs SET acknowledged = 1 WHERE id = ?", (job,))
        return self.job(job)

    def note(self, job: int, sentence: str) -> Job:
        """Add a notice for the artist."""
        with self._transaction():
            self._note(job, sentence)
        return self.job(job)

    # --- time and room

    def interrupted(self) -> None:
        """At the start: the jobs that a worker had when the daemon ended are queued again."""
        with self._transaction():
            for job in self._in(State.RUNNING):
                self._advance(job.id, Event.INTERRUPTED)

    def forget(self, before: float) -> None:
        """Forget the jobs that ended without a result, or whose result expired, before then."""
        with self._transaction() as run:
            run(
                "DELETE FROM jobs WHERE changed <= ? AND state IN (?, ?, ?)",
                (before, State.FAILED.value, State.CANCELLED.value, State.EXPIRED.value),
            )

    def overdue(self, before: float) -> list[Job]:
        """The jobs whose result, or last plane, came before then."""
        return [job for job in self._in(State.DONE, State.UPLOADING) if job.changed <= before]

    def give_up(self, jobs: Sequence[Job]) -> list[Job]:
        """Their results, or unfinished uploads, are not kept any longer."""
        with self._transaction():
            for job in jobs:
                self._advance(job.id, Event.EXPIRED)
        return [self.job(job.id) for job in jobs]

    def evictable(self) -> list[Job]:
        """Jobs whose result is here and acknowledged, the oldest first."""
        return [job for job in self._in(State.DONE) if job.acknowledged]

    def forget_checkpoint(self, job: int, sha256: str) -> None:
        """A checkpoint turned out to be useless."""
        with self._transaction() as run:
            run(
                "DELETE FROM holds WHERE job = ? AND role = 'checkpoint' AND sha256 = ?",
                (job, sha256),
            )

    # --- small parts

    def _happen(
        self,
        job: int,
        event: Event,
        served: float = 0.0,
        code: str = "",
        sentence: str = "",
        also: Callable[[Run], None] | None = None,
    ) -> Job:
        """Take a job to its next state."""
        with self._transaction() as run:
            self._advance(job, event, served, code, sentence)
            if also is not None:
                also(run)
        return self.job(job)

    def _advance(
        self, job: int, event: Event, served: float = 0.0, code: str = "", sentence: str = ""
    ) -> None:
        """The same, within a transaction: what the job needs no more is let go of."""
        state = after(self.job(job).state, event)
        self._run(
            "UPDATE jobs SET state = ?, changed = ?, served = served + ?, code = ?, sentence = ?"
            " WHERE id = ?",
            (state.value, self._clock(), served, code, sentence, job),
        )
        if state in ENDED:
            self._run("DELETE FROM holds WHERE job = ?", (job,))

    def _accept_if_whole(self, job: int) -> None:
        if not self.job(job).whole:
            return
        self._run(
            "UPDATE jobs SET state = ?, turn = (SELECT coalesce(max(turn), 0) + 1 FROM jobs)"
            " WHERE id = ?",
            (after(State.UPLOADING, Event.WHOLE).value, job),
        )

    def _touch(self, job: int) -> None:
        self._run("UPDATE jobs SET changed = ? WHERE id = ?", (self._clock(), job))

    def _note(self, job: int, sentence: str) -> None:
        notices = json.dumps([*self.job(job).notices, sentence])
        self._run("UPDATE jobs SET notices = ? WHERE id = ?", (notices, job))
