"""What the broker and its workers say to each other. Pixels lie in files; only their names travel.

The frames are those of the protocol, with these messages beside its Progress and Failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gramarye_protocol import Failure, Plane, Progress, Result, Settings, decode
from gramarye_protocol.checks import (
    boolean,
    checked,
    identifier,
    instance,
    integer,
    number,
    optional,
    sha256,
    text,
    tuple_of,
)
from gramarye_protocol.messages import MAX_PLANES

_MOST_BYTES = 1 << 50
_SECONDS = number(0, 1e12)
_PATH = text(4096)


@dataclass(frozen=True)
class Errand:
    """A job as a worker gets it: each plane with the file that has its bytes, the checkpoints to
    go on from (the newest first), and the seconds that were worked on it before. ``keeping``: its
    picture as it stands is enough."""

    settings: Settings = checked(instance(Settings))
    planes: tuple[Plane, ...] = checked(tuple_of(instance(Plane), MAX_PLANES))
    files: tuple[str, ...] = checked(tuple_of(_PATH, MAX_PLANES))
    checkpoints: tuple[str, ...] = checked(tuple_of(_PATH, 8), default=())
    served: float = checked(_SECONDS, default=0.0)
    keeping: bool = checked(boolean, default=False)


# --- to a worker ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Appraise:
    """What will this job take? Answered at the next tile or evaluation of the job at hand."""

    TYPE: ClassVar[str] = "appraise"
    job: str = checked(identifier)
    settings: Settings = checked(instance(Settings))
    planes: tuple[Plane, ...] = checked(tuple_of(instance(Plane), MAX_PLANES))


@dataclass(frozen=True)
class Work:
    """To a worker without a job at hand: begin this one, or go on with it where it lies warm."""

    TYPE: ClassVar[str] = "work"
    job: str = checked(identifier)
    errand: Errand | None = checked(optional(instance(Errand)), default=None)


@dataclass(frozen=True)
class GiveBack:
    """Put a job aside at the next tile or evaluation. ``warm``: keep its state at hand; else save
    it as a checkpoint and forget it."""

    TYPE: ClassVar[str] = "give-back"
    job: str = checked(identifier)
    warm: bool = checked(boolean, default=True)


@dataclass(frozen=True)
class Enough:
    """A job's picture as it stands is its result, as soon as it is at hand."""

    TYPE: ClassVar[str] = "enough"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Drop:
    """Forget a job: nobody wants it any more."""

    TYPE: ClassVar[str] = "drop"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Lend:
    """Use these idle devices too for the tiles of the job at hand. None: give all of them back,
    which is answered with :class:`Returned` when it is done."""

    TYPE: ClassVar[str] = "lend"
    devices: tuple[str, ...] = checked(tuple_of(text(64), 64), default=())


@dataclass(frozen=True)
class LookAgain:
    """Weights have come: look for them anew, which is answered with another :class:`Ready`. Jobs
    that have begun keep the features that they began with."""

    TYPE: ClassVar[str] = "look-again"


# --- from a worker ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The worker has loaded what it needs, or has looked again. ``memory`` is what all its jobs
    together may take, in bytes; ``None``: nobody tells."""

    TYPE: ClassVar[str] = "ready"
    device: str = checked(text(128))
    features: str = checked(text(32))
    available: tuple[str, ...] = checked(tuple_of(text(32), 16), default=())
    notice: str = checked(text(1024), default="")
    memory: int | None = checked(optional(integer(0, _MOST_BYTES)), default=None)


@dataclass(frozen=True)
class Appraised:
    """What a job takes: seconds from its beginning, bytes at its peak, tiles of the finest octave
    and the bytes that another device needs to help with one. ``None``: it cannot be told."""

    TYPE: ClassVar[str] = "appraised"
    job: str = checked(identifier)
    seconds: float | None = checked(optional(_SECONDS), default=None)
    memory: int = checked(integer(0, _MOST_BYTES), default=0)
    tiles: int = checked(integer(1, 1 << 31), default=1)
    tile_memory: int = checked(integer(0, _MOST_BYTES), default=0)


@dataclass(frozen=True)
class Saved:
    """A checkpoint lies in ``file``, proven and flushed, after ``seconds`` more of work."""

    TYPE: ClassVar[str] = "saved"
    job: str = checked(identifier)
    file: str = checked(_PATH)
    sha256: str = checked(sha256)
    size: int = checked(integer(1, _MOST_BYTES))
    seconds: float = checked(_SECONDS, default=0.0)


@dataclass(frozen=True)
class GivenBack:
    """A job was put aside, or dropped, after ``seconds`` more of work.

    ``warm``: it can go on where it is. Else the worker has forgotten it; ``alone``: because it
    needs the device to itself.
    """

    TYPE: ClassVar[str] = "given-back"
    job: str = checked(identifier)
    seconds: float = checked(_SECONDS, default=0.0)
    warm: bool = checked(boolean, default=True)
    alone: bool = checked(boolean, default=False)


@dataclass(frozen=True)
class Done:
    """The result's bytes lie in ``file``, proven and flushed."""

    TYPE: ClassVar[str] = "done"
    job: str = checked(identifier)
    result: Result = checked(instance(Result))
    file: str = checked(_PATH)
    seconds: float = checked(_SECONDS, default=0.0)


@dataclass(frozen=True)
class Alive:
    """The worker gets on with what it does."""

    TYPE: ClassVar[str] = "alive"


@dataclass(frozen=True)
class Returned:
    """Nothing is done or kept any more on the devices that were lent."""

    TYPE: ClassVar[str] = "returned"


ToWorker = Appraise | Work | GiveBack | Enough | Drop | Lend | LookAgain
FromWorker = Ready | Appraised | Progress | Saved | GivenBack | Done | Failure | Alive | Returned

_TO_WORKER = {kind.TYPE: kind for kind in (Appraise, Work, GiveBack, Enough, Drop, Lend, LookAgain)}
_FROM_WORKER = {
    kind.TYPE: kind
    for kind in (Ready, Appraised, Progress, Saved, GivenBack, Done, Failure, Alive, Returned)
}


def to_worker(frames: Sequence[Any]) -> ToWorker:
    """What the broker says in these frames."""
    message: Any = decode(frames, _TO_WORKER)[0]
    return message


def from_worker(frames: Sequence[Any]) -> tuple[FromWorker, Any]:
    """What a worker says in these frames, and the bytes of a preview."""
    message: Any
    message, preview = decode(frames, _FROM_WORKER)
    return message, preview
