"""What a session tells its caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .fetching import WeightsReport
from .messages import Accepted, Failure, JobReport, Progress, Result, Standing, Status, Welcome


@dataclass(frozen=True)
class Sent:
    """A plane of a job is on its way: the daemon holds ``sent`` of ``size`` bytes of all planes."""

    job: str
    sent: int
    size: int


@dataclass(frozen=True)
class Progressed:
    """A progress message with its preview's bytes (described by ``progress.preview``)."""

    progress: Progress
    preview: Any


@dataclass(frozen=True)
class Finished:
    """The result is here, whole and verified. The daemon keeps it until it is told that the pixels
    are kept (:meth:`~gramarye_protocol.ClientSession.received`)."""

    result: Result
    pixels: bytes | bytearray


@dataclass(frozen=True)
class Listed:
    """All the jobs that were asked for, in the order in which they came to the daemon."""

    jobs: tuple[JobReport, ...]


Event = (
    Welcome | Accepted | Standing | Status | Failure | Result | Listed | Sent | Progressed
    | Finished | WeightsReport
)  # fmt: skip
"""A bare :class:`Result` tells whoever follows a job without its pixels that it is done."""


def job_of(event: Event) -> str | None:
    """The id of the job that an event is about; ``None``: it is about the connection."""
    if isinstance(event, Progressed):
        return event.progress.job
    if isinstance(event, Finished):
        return event.result.job
    if isinstance(event, Standing):
        return event.report.id
    return getattr(event, "job", None)
