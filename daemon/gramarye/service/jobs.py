"""A job that has not ended, as the daemon has it in hand: its row in the store, and what else is
known while the daemon runs."""

from __future__ import annotations

import json
from dataclasses import asdict

from gramarye_protocol import JobReport, Plane, Progress, Settings
from gramarye_protocol.checks import build

from .inside import Appraised, Errand
from .store.arrivals import Arrival
from .store.blobs import Blobs
from .store.lifecycle import State
from .store.records import Job as Record

NAMELESS = "#"
"""First letter of an artist who gave no name, and whose jobs end with the connection."""


class Job:
    """A job with what it waits for, what it should take, and how far it is.

    ``served`` are the seconds that it was worked on, of which the store knows all but ``unsaved``.
    ``pausing``: its artist wants it paused, and a worker has it still. ``alone``: it had no room
    beside others. ``keeping``: its artist is content with the picture as it stands.
    """

    def __init__(self, record: Record) -> None:
        self.record = record
        self.key = str(record.id)
        self.settings: Settings = build(Settings, json.loads(record.settings))
        self.planes: tuple[Plane, ...] = tuple(held.plane for held in record.planes)
        self.arrivals: dict[int, Arrival] = {}
        self.settling: set[int] = set()
        self.uploader = b""
        """The client that sends its planes."""
        self.touched = 0.0
        self.appraisal: Appraised | None = None
        self.appraiser: str | None = None
        """The device whose worker was asked what the job takes."""
        self.served = record.served
        self.unsaved = 0.0
        self.pausing = False
        self.alone = False
        self.keeping = False
        self.progress: Progress | None = None
        self.position: int | None = None

    @property
    def id(self) -> int:
        """Its number in the store."""
        return self.record.id

    @property
    def name(self) -> str:
        """The id that its artist gave it."""
        return self.record.name

    @property
    def artist(self) -> str:
        """Whose it is."""
        return self.record.artist

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.record.state

    @property
    def seconds(self) -> float | None:
        """The estimate of all that it takes."""
        return self.appraisal.seconds if self.appraisal else None

    @property
    def left(self) -> float | None:
        """Seconds of work that are left, as far as that can be told."""
        if self.keeping:
            return 0.0
        if self.progress is not None and self.progress.seconds_left is not None:
            return self.progress.seconds_left
        return None if self.seconds is None else max(0.0, self.seconds - self.served)

    def worked(self, seconds: float) -> None:
        """A worker gave it so many seconds more."""
        self.served += seconds
        self.unsaved += seconds

    def account(self) -> float:
        """The seconds that the store does not know of; it is told them now."""
        unsaved, self.unsaved = self.unsaved, 0.0
        return unsaved

    def errand(self, blobs: Blobs) -> Errand:
        """The job as a worker gets it."""
        return Errand(
            self.settings,
            self.planes,
            tuple(str(blobs.path(held.sha256)) for held in self.record.planes),
            tuple(str(blobs.path(held.sha256)) for held in self.record.checkpoints),
            self.served,
            self.keeping,
        )

    def report(self, seconds_left: float | None) -> JobReport:
        """Where it stands, for people."""
        told = self.progress
        progress = told.step / told.steps if told is not None and told.steps else 0.0
        return report(
            self.record,
            position=self.position if self.state is State.QUEUED else None,
            progress=min(1.0, progress),
            seconds_left=seconds_left,
            keeping=self.keeping,
        )


def artist_name(artist: str) -> str:
    """An artist as people know them; a nameless one has none."""
    return artist[1:] if not artist.startswith(NAMELESS) else ""


def report(
    record: Record,
    position: int | None = None,
    progress: float = 0.0,
    seconds_left: float | None = None,
    keeping: bool = False,
) -> JobReport:
    """Where a job stands, for people."""
    return JobReport(
        record.name,
        artist_name(record.artist),
        record.state.value,
        position,
        1.0 if record.state is State.DONE else progress,
        seconds_left,
        record.priority,
        record.submitted,
        record.crashes,
        tuple(notice[:1024] for notice in record.notices[-32:]),
        record.code,
        record.sentence[:1024],
        keeping,
    )


def settings_json(settings: Settings) -> str:
    """Settings as the store keeps them."""
    return json.dumps(asdict(settings))
