"""What can be asked about jobs, without changing any."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

from .connection import Run
from .errors import DifferentJobError, NoSuchJobError
from .lifecycle import UNFINISHED, State
from .records import Held, Job, Order, Usage

_UNFINISHED = "(" + ", ".join(f"'{state.value}'" for state in UNFINISHED) + ")"


class Questions:
    """Reads of the database."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def job(self, job: int) -> Job:
        """One job.

        Raises:
            NoSuchJobError: there is none.
        """
        [*found] = self._jobs("id = ?", (job,))
        if not found:
            raise NoSuchJobError
        return found[0]

    def find(self, artist: str, name: str) -> Job | None:
        """An artist's job by the client's own id."""
        return next(self._jobs("artist = ? AND name = ?", (artist, name)), None)

    def same(self, order: Order) -> Job | None:
        """The job that this order made before.

        Raises:
            DifferentJobError: the artist's id names another job.
        """
        job = self.find(order.artist, order.name)
        if job is None:
            return None
        row = self._run("SELECT digest FROM jobs WHERE id = ?", (job.id,))
        if row.fetchone()[0] != order.digest:
            raise DifferentJobError(order.name)
        return job

    def jobs_of(self, artist: str) -> list[Job]:
        """All jobs of an artist, in the order in which they were submitted."""
        return list(self._jobs("artist = ?", (artist,)))

    def everybodys(self) -> list[Job]:
        """All jobs there are, in the order in which they were submitted."""
        return list(self._jobs("1", ()))

    def queued(self) -> list[Job]:
        """The waiting jobs: greater priority first, then first come, first served."""
        where = "state = ? ORDER BY priority DESC, turn"
        return list(self._jobs(where, (State.QUEUED.value,)))

    def unfinished(self) -> list[Job]:
        """All jobs that have not ended."""
        return self._in(*UNFINISHED)

    def done(self) -> list[Job]:
        """All jobs whose result is here."""
        return self._in(State.DONE)

    def usage(self, artist: str) -> Usage:
        """What an artist's jobs take."""
        row = self._run(
            f"SELECT coalesce(sum(state IN {_UNFINISHED}), 0),"
            f" coalesce(sum(pixels * (state IN {_UNFINISHED})), 0),"
            f" coalesce(sum(reserved * (state IN {_UNFINISHED})), 0),"
            " coalesce(sum((SELECT sum(size) FROM holds WHERE job = id AND (role = 'plane'"
            "  OR role = 'result' AND NOT acknowledged))), 0)"
            " FROM jobs WHERE artist = ?",
            (artist,),
        ).fetchone()
        return Usage(row[0], row[1], row[2] + row[3])

    def kept_bytes(self) -> int:
        """Bytes of all blobs that are here, each counted once."""
        row = self._run(
            "SELECT coalesce(sum(size), 0) FROM"
            " (SELECT DISTINCT sha256, size FROM holds WHERE here)"
        )
        return row.fetchone()[0]

    def promised_bytes(self) -> int:
        """Bytes that may still come: planes on their way, and results of unfinished jobs."""
        row = self._run(
            "SELECT (SELECT coalesce(sum(size), 0) FROM holds WHERE NOT here)"
            f" + (SELECT coalesce(sum(reserved), 0) FROM jobs WHERE state IN {_UNFINISHED})"
        )
        return row.fetchone()[0]

    def needed_blobs(self) -> set[str]:
        """The blobs that some job keeps or awaits."""
        return {row[0] for row in self._run("SELECT DISTINCT sha256 FROM holds")}

    def unneeded(self, blobs: Collection[str]) -> list[str]:
        """Those of ``blobs`` that no job keeps or awaits any more."""
        query = "SELECT 1 FROM holds WHERE sha256 = ?"
        return [one for one in blobs if not self._run(query, (one,)).fetchone()]

    def _in(self, *states: State) -> list[Job]:
        marks = ", ".join("?" * len(states))
        values = tuple(state.value for state in states)
        return list(self._jobs(f"state IN ({marks}) ORDER BY changed, id", values))

    def _jobs(self, where: str, values: tuple[Any, ...]) -> Iterator[Job]:
        if "ORDER BY" not in where:
            where += " ORDER BY id"
        rows = self._run(f"SELECT * FROM jobs WHERE {where}", values).fetchall()
        return (self._record(row) for row in rows)

    def _record(self, row: sqlite3.Row) -> Job:
        held: dict[str, list[Held]] = {"plane": [], "result": [], "checkpoint": []}
        query = "SELECT * FROM holds WHERE job = ? ORDER BY place"
        for hold in self._run(query, (row["id"],)):
            held[hold["role"]].append(
                Held(hold["descriptor"], hold["sha256"], hold["size"], bool(hold["here"]))
            )
        return Job(
            row["id"],
            row["artist"],
            row["name"],
            row["settings"],
            State(row["state"]),
            row["priority"],
            row["turn"] or 0,
            row["crashes"],
            row["served"],
            row["submitted"],
            row["changed"],
            tuple(json.loads(row["notices"])),
            row["code"],
            row["sentence"],
            bool(row["acknowledged"]),
            tuple(held["plane"]),
            next(iter(held["result"]), None),
            tuple(reversed(held["checkpoint"])),
        )
