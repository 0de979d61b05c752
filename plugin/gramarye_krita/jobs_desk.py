"""The docker with the daemon: lists the artist's jobs, and does what its buttons say.

One for all of Krita's windows, with a connection of its own, so that no two act on one job. It
looks only while a docker can be seen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from gramarye_protocol import Event, Failure, Finished, JobReport, Listed, job_of

from . import inserting, settings
from .connection import Connection
from .diarist import diarist
from .errors import Refusal
from .host import application
from .logic import docket, telling
from .logic.choices import from_json
from .logic.diary import CANCELLED, FAILED
from .logic.docket import Row
from .qt import QtCore
from .translate import tr

LOOK_MS = 1000
"""Between two questions to the daemon."""


class JobsDesk(QtCore.QObject):
    """What the dockers show. ``seen`` counts those that can be seen."""

    changed = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._diarist = diarist()
        self._connection = Connection(settings.artist(), self)
        self._connection.happened.connect(self._happened)
        self._connection.changed.connect(lambda _daemon: self._look())
        self._reports: tuple[JobReport, ...] = ()
        self._troubles: dict[str, str] = {}
        self._wanted: set[str] = set()
        """Jobs whose results are on their way here."""
        self._seen = 0
        self._closed = False
        self._timer = QtCore.QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._diarist.changed.connect(self.changed.emit)
        application().notifier().applicationClosing.connect(self.close)

    # --- for the dockers

    def rows(self) -> list[Row]:
        """Every job, as it stands."""
        diary = self._diarist.diary
        return docket.rows(diary, self._reports, self._diarist.live, self._troubles)

    def pictures(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Their thumbnails."""
        return {row.id: self._diarist.picture(row.id) for row in rows}

    def note(self, rows: Sequence[Row]) -> str:
        """What to say above the rows."""
        return "" if rows else docket.empty_words(self._connection.daemon.ready)

    def details(self, job: str) -> str:
        """What a job was asked with, in lines."""
        entry = self._diarist.diary.get(job)
        if entry is None:
            return tr("This job was not asked for in this Krita. Its id is {id}.", id=job)
        return docket.details(entry)

    def look(self, seen: bool) -> None:
        """A docker can be seen now, or no longer."""
        if self._closed:
            return
        self._seen += 1 if seen else -1
        if self._seen > 0:
            self._timer.start()
            self._open()
            self._look()
        else:
            self._seen = 0
            self._timer.stop()
            self._rest()

    def close(self) -> None:
        """Krita ends: an open socket can keep it from that."""
        self._closed = True
        self._timer.stop()
        self._connection.close()

    # --- verbs

    def act(self, verb: str, jobs: Sequence[str], transfer: Any) -> None:
        """Do what a button says; ``transfer`` is the window's own, which paints."""
        deeds = {
            docket.CANCEL: self._cancel,
            docket.KEEP: self._connection.keep,
            docket.PAUSE: self._connection.pause,
            docket.RESUME: self._connection.resume,
            docket.INSERT: self._fetch,
            docket.RETRY: lambda job: self._retry(job, transfer),
            docket.AGAIN: lambda job: self._apply_again(job, transfer),
        }
        for job in jobs:
            self._troubles.pop(job, None)
            try:
                deeds[verb](job)
            except Refusal as refusal:
                self._troubles[job] = refusal.sentence
                transfer.tell(refusal.sentence)
        self._look()
        self.changed.emit()

    def clear(self) -> None:
        """Forget what has ended."""
        self._diarist.clear()

    def _cancel(self, job: str) -> None:
        entry, daemon = self._diarist.diary.get(job), self._connection.daemon
        if daemon.ready and (entry is None or entry.address == daemon.address):
            self._connection.cancel(job)
        elif job in self._diarist.live:
            raise Refusal(tr("No daemon answers yet. Cancel it in the dialog."))
        else:
            words = tr("Given up here. No daemon answered: one may still go on with it.")
            self._diarist.end(job, CANCELLED, words)

    def _fetch(self, job: str) -> None:
        """Have the pixels sent; they are inserted as soon as they are whole."""
        if job not in self._wanted and job not in self._diarist.live:
            self._wanted.add(job)
            self._troubles[job] = tr("The result is on its way here…")
            self._connection.follow(job)

    def _retry(self, job: str, transfer: Any) -> None:
        entry = self._diarist.diary.get(job)
        if entry is not None:
            target = inserting.target_of(entry)
            transfer.paint(from_json(entry.choices), [target])

    def _apply_again(self, job: str, transfer: Any) -> None:
        entry = self._diarist.diary.get(job)
        if entry is not None:
            transfer.paint_active(from_json(entry.choices))

    # --- what happens

    def _happened(self, event: Event) -> None:
        job = job_of(event)
        if isinstance(event, Listed):
            self._reports = event.jobs
            self._diarist.diary.refresh()
            for entry in docket.missing(self._diarist.diary, event.jobs, self._here()):
                if (entry.artist, entry.address) == (settings.artist(), settings.address()):
                    self._connection.follow(entry.id, pixels=False)  # it says how it ended
        elif isinstance(event, Finished):
            self._insert(event)
        elif isinstance(event, Failure) and job is not None and event.ended:
            self._ended(job, event)
        self.changed.emit()

    def _insert(self, finished: Finished) -> None:
        """A new document may hide the docker: the connection stays until the daemon was told."""
        job = finished.result.job
        entry = self._diarist.diary.get(job)
        if entry is None:
            self._wanted.discard(job)
            return
        made_with = json.loads(finished.result.made_with)
        try:
            words = inserting.insert(entry, finished, made_with)
        except Refusal as refusal:
            self._wanted.discard(job)
            self._troubles[job] = refusal.sentence  # the daemon keeps the result
            return
        self._connection.received(job)
        self._wanted.discard(job)
        QtCore.QTimer.singleShot(LOOK_MS, self._rest)
        self._reports = tuple(one for one in self._reports if one.id != job)
        self._troubles.pop(job, None)
        self._diarist.inserted(job, words, made_with)

    def _ended(self, job: str, failure: Failure) -> None:
        self._wanted.discard(job)
        self._reports = tuple(one for one in self._reports if one.id != job)
        if job in self._diarist.live:  # its window says so
            return
        if failure.code == "no-job":
            self._diarist.lose(job)
        else:
            state = CANCELLED if failure.code == "cancelled" else FAILED
            self._diarist.end(job, state, telling.failure_words(failure))

    def _rest(self) -> None:
        """Nobody looks: be connected no longer, unless something is on its way."""
        if not self._seen and not self._wanted:
            self._connection.close()

    def _here(self) -> set[str]:
        return self._diarist.live | self._wanted

    # --- looking

    def _open(self) -> None:
        """Where the dialog looks too; both may have been changed meanwhile."""
        if self._connection.artist != settings.artist():
            self._connection.rename(settings.artist())
        self._connection.open(settings.address())

    def _look(self) -> None:
        if self._seen and self._connection.daemon.ready:
            self._connection.list_jobs()
        elif self._seen:
            self._open()
            if self._reports and not self._connection.daemon.ready:
                self._reports = ()
                self.changed.emit()


@lru_cache
def desk() -> JobsDesk:
    """The one of this Krita."""
    return JobsDesk()
