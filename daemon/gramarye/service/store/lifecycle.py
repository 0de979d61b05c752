"""A job's life as one table: in which state which event leads where. Anything else is refused."""

from __future__ import annotations

from enum import Enum

from .errors import TransitionError


class State(Enum):
    """Where a job stands."""

    UPLOADING = "uploading"
    """Its planes are arriving; it is not accepted yet."""
    QUEUED = "queued"
    """It is accepted and waits for its turn."""
    RUNNING = "running"
    """A worker has it."""
    PAUSED = "paused"
    """It waits until its artist wants it to go on."""
    DONE = "done"
    """Its result is here."""
    FAILED = "failed"
    """It ended without a result, for a reason that its artist is told."""
    CANCELLED = "cancelled"
    """Its artist ended it."""
    EXPIRED = "expired"
    """Its result, or its unfinished upload, was kept for as long as promised and is gone."""


class Event(Enum):
    """What can happen to a job, in the word that fits "it cannot be …"."""

    WHOLE = "queued"
    """The last of its planes is here."""
    STARTED = "started"
    """A worker took it."""
    YIELDED = "put back"
    """It gave up the worker to another job, and goes on later from its checkpoint."""
    INTERRUPTED = "taken up again"
    """The daemon ended while a worker had it. That is no fault of the job's."""
    LOST = "tried again"
    """Its worker crashed for the first time."""
    LOST_AGAIN = "given up"
    """Its worker crashed once more."""
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNFINISHED = (State.UPLOADING, State.QUEUED, State.RUNNING, State.PAUSED)
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.EXPIRED)

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.UPLOADING, Event.WHOLE): State.QUEUED,
    (State.UPLOADING, Event.FAILED): State.FAILED,
    (State.UPLOADING, Event.CANCELLED): State.CANCELLED,
    (State.UPLOADING, Event.EXPIRED): State.EXPIRED,
    (State.QUEUED, Event.STARTED): State.RUNNING,
    (State.QUEUED, Event.PAUSED): State.PAUSED,
    (State.QUEUED, Event.FAILED): State.FAILED,
    (State.QUEUED, Event.CANCELLED): State.CANCELLED,
    (State.RUNNING, Event.YIELDED): State.QUEUED,
    (State.RUNNING, Event.INTERRUPTED): State.QUEUED,
    (State.RUNNING, Event.LOST): State.QUEUED,
    (State.RUNNING, Event.LOST_AGAIN): State.FAILED,
    (State.RUNNING, Event.PAUSED): State.PAUSED,
    (State.RUNNING, Event.FINISHED): State.DONE,
    (State.RUNNING, Event.FAILED): State.FAILED,
    (State.RUNNING, Event.CANCELLED): State.CANCELLED,
    (State.PAUSED, Event.RESUMED): State.QUEUED,
    (State.PAUSED, Event.FAILED): State.FAILED,
    (State.PAUSED, Event.CANCELLED): State.CANCELLED,
    (State.DONE, Event.EXPIRED): State.EXPIRED,
}


def after(state: State, event: Event) -> State:
    """The state that ``event`` leads to.

    Raises:
        TransitionError: this cannot happen to a job that is ``state``.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionError(state.value, event.value) from None
