"""Writes the diary as jobs come and go, with a small picture of each; one for all of Krita."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import paths
from .logic.diary import DONE, GOING, GONE, Diary, Entry
from .qt import Qt, QtCore, QtGui

SIDE = 96
"""Of a job's picture, in pixels."""


class Diarist(QtCore.QObject):
    """The diary, and which jobs a window of this Krita waits for itself."""

    changed = QtCore.pyqtSignal()

    def __init__(self, file: Path, pictures: Path) -> None:
        super().__init__()
        self.diary = Diary(file)
        self.live: set[str] = set()
        self._pictures = pictures
        self._shown: dict[str, Any] = {}

    def begin(self, entry: Entry, picture: Any) -> None:
        """A window has asked for a job."""
        self.diary.begin(entry)
        self.live.add(entry.id)
        self.show(entry.id, picture)
        self._forget_strays()
        self.changed.emit()

    def end(self, job: str, state: str, words: str, **more: Any) -> None:
        """A job is over, for good."""
        self.live.discard(job)
        self.diary.change(job, state=state, words=words, **more)
        self.changed.emit()

    def leave(self, job: str) -> None:
        """The window waits no longer: the result stays with the daemon until it is inserted."""
        self.live.discard(job)
        self.diary.change(job, state=GOING, words="")
        self.changed.emit()

    def lose(self, job: str) -> None:
        """The daemon does not have a job that should go on."""
        self.diary.refresh()  # another Krita may have had it
        entry = self.diary.get(job)
        if entry is not None and entry.state == GOING:
            self.end(job, GONE, "")

    def inserted(self, job: str, words: str, recipe: dict[str, Any]) -> None:
        """Its result is a layer now."""
        self.end(job, DONE, words, recipe=recipe)

    def clear(self) -> None:
        """Forget what has ended, with its pictures."""
        for job in self.diary.forget_ended():
            self._shown.pop(job, None)
        self._forget_strays()
        self.changed.emit()

    # --- pictures

    def show(self, job: str, picture: Any) -> None:
        """Keep a small picture of a job."""
        if picture.isNull():
            return
        small = picture.scaled(
            SIDE,
            SIDE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        self._shown[job] = small
        with suppress(OSError):
            self._pictures.mkdir(mode=0o700, parents=True, exist_ok=True)
        small.save(str(self._file(job)), "PNG")  # a disk that refuses costs only this picture

    def picture(self, job: str) -> Any:
        """A job's small picture; null where there is none."""
        if job not in self._shown:
            self._shown[job] = QtGui.QImage(str(self._file(job)))
        return self._shown[job]

    def _file(self, job: str) -> Path:
        return self._pictures / f"{job}.png"

    def _forget_strays(self) -> None:
        """Pictures of jobs that the diary has forgotten."""
        kept = {f"{entry.id}.png" for entry in self.diary}
        with suppress(OSError):
            for file in self._pictures.glob("*.png"):
                if file.name not in kept:
                    file.unlink()


@lru_cache
def diarist() -> Diarist:
    """The one of this Krita."""
    return Diarist(paths.jobs_file(), paths.job_pictures_dir())


def entry_of(task: Any, choices: str, style: str, output: str, address: str, artist: str) -> Entry:
    """The entry of a task that is being sent."""
    document = task.target.document
    return Entry(
        task.id,
        task.name,
        style,
        document.fileName() or "",
        address,
        artist,
        time.time(),
        choices=choices,
        output=output,
        place=task.place.as_note(),
    )
