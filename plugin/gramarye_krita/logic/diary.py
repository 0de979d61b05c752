"""What was asked for and what came of it, kept from one Krita to the next.

The daemon knows its jobs; which layer each was for, only the plugin does. One small file of JSON
that only its owner may read, with the newest entries. Two Kritas may share it: each writes down
what it changed itself, and takes the rest from the file.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

MOST = 100
"""Entries; the oldest that have ended are forgotten first."""
MAX_BYTES = 4 << 20
GOING, DONE, KEPT, FAILED, CANCELLED, GONE = (
    "going", "done", "kept", "failed", "cancelled", "gone",
)  # fmt: skip
STATES = (GOING, DONE, KEPT, FAILED, CANCELLED, GONE)
"""``gone``: the daemon does not have it any more."""


@dataclass(frozen=True)
class Entry:
    """One job of this artist's.

    ``name`` is its layer's, ``style`` its styles'. ``file`` is where its document was saved, or
    empty. ``place`` says where the result goes (:meth:`~..canvas.source.Place.as_note`),
    ``choices`` is the dialog's JSON, ``recipe`` what the result was made with. ``begun`` is in
    seconds since 1970.
    """

    id: str
    name: str = ""
    style: str = ""
    file: str = ""
    address: str = ""
    artist: str = ""
    begun: float = 0.0
    state: str = GOING
    words: str = ""
    choices: str = ""
    output: str = "above"
    place: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state != GOING


class Diary:
    """The entries by their jobs' ids, the oldest first; each change is written down at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._entries: dict[str, Entry] = {}
        self._own: dict[str, Entry] = {}
        """What was begun or changed here."""
        self._forgotten: set[str] = set()
        self._seen: tuple[int, int] | None = None
        self.refresh()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def get(self, job: str) -> Entry | None:
        """The entry of a job."""
        return self._entries.get(job)

    def begin(self, entry: Entry) -> None:
        """A job was asked for."""
        self._own[entry.id] = entry
        self._write()

    def change(self, job: str, **what: Any) -> None:
        """Something about a job is different now; nothing happens where there is no such entry."""
        self.refresh()
        if job in self._entries:
            self._own[job] = replace(self._entries[job], **what)
            self._write()

    def forget_ended(self) -> list[str]:
        """Forget what has ended; returns which."""
        self.refresh()
        gone = [one.id for one in self if one.ended]
        self._forget(gone)
        self._write()
        return gone

    def refresh(self) -> None:
        """Take over what another Krita has written meanwhile."""
        with suppress(OSError):
            stat = self._file.stat()
            seen = (stat.st_mtime_ns, stat.st_ino)
            if seen != self._seen:
                self._seen = seen
                self._merge()

    def _merge(self) -> None:
        found = {**_read(self._file), **self._own}
        kept = [one for one in found.values() if one.id not in self._forgotten]
        kept.sort(key=lambda one: one.begun)
        self._entries = {one.id: one for one in kept}
        spare = len(kept) - MOST
        if spare > 0:  # those that have ended first, and of these the oldest
            kept.sort(key=lambda one: not one.ended)
            self._forget([one.id for one in kept[:spare]])

    def _forget(self, jobs: list[str]) -> None:
        for job in jobs:
            self._forgotten.add(job)
            self._own.pop(job, None)
            self._entries.pop(job, None)

    def _write(self) -> None:
        """Whole or not at all. A disk that refuses costs the artist the diary, and no picture."""
        self._merge()
        text = json.dumps([asdict(one) for one in self], ensure_ascii=False)
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, scratch = tempfile.mkstemp(dir=self._file.parent, prefix=".jobs-")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(text)
                Path(scratch).replace(self._file)
            except OSError:
                Path(scratch).unlink(missing_ok=True)
                raise


def _read(file: Path) -> dict[str, Entry]:
    """What can be understood of a file; it may be another version's, or broken."""
    try:
        with file.open("rb") as stream:
            told = json.loads(stream.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    found = [_entry(one) for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {one.id: one for one in found[-MOST:] if one is not None}


_KINDS = {one.name: type(getattr(Entry(""), one.name)) for one in fields(Entry)}


def _entry(told: dict[str, Any]) -> Entry | None:
    known = {name: told[name] for name in _KINDS if name in told}
    if not all(
        isinstance(value, (int, float) if _KINDS[name] is float else _KINDS[name])
        for name, value in known.items()
    ):
        return None
    if not known.get("id") or known.get("state", GOING) not in STATES:
        return None
    return Entry(**known)
