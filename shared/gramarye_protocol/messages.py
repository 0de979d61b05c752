"""Every message there is. Client to daemon first, then daemon to client.

Each is a frozen dataclass whose fields carry their own checks, so a received message is either
valid or refused; see :mod:`gramarye_protocol.frames` for how it lies on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .checks import (
    boolean,
    checked,
    choice,
    either,
    identifier,
    instance,
    integer,
    number,
    numbers,
    optional,
    text,
    tuple_of,
)
from .planes import MAX_PLANE_BYTES, MAX_SIDE, Plane

MAX_PLANES = 32

FEATURES = ("auto", "builtin", "vgg19", "vgg16")
QUALITIES = ("draft", "good", "best")
INITS = ("palette", "content", "noise", "image")
OPTIMISERS = ("lbfgs", "adam")
DISTANCES = ("mse", "rmse")
STATISTICS = ("gram", "moments", "mean-variance", "wasserstein")
COLOURS = ("off", "luminance", "match")
DTYPES = ("float64", "float32", "bfloat16")
TILINGS = ("auto", "off")


@dataclass(frozen=True)
class Settings:
    """What the artist chose. ``None`` leaves the choice to the recipe.

    ``recipe`` is a recipe's name, or a whole recipe as JSON, which ``quality`` then leaves alone.

    ``size`` is the working long side in pixels (``None``: the content's own). ``strength`` runs
    from 0 (content only) to 100 (style only in all but name). ``content_weight`` and
    ``style_weight`` are the raw α and β and override it. ``init`` ``"image"`` needs a plane with
    the role ``init``; ``"palette"`` starts from the content recoloured to the style's colours.

    ``dtype`` is what the features are computed in. ``tile`` is the side of a tile in pixels,
    ``auto`` or ``off``, and ``max_memory`` the bytes that the job may take; both decide how the
    work is done, and not what comes out.

    ``threads`` repeats a job with the number that it was first computed with.
    ``style_shares`` weighs the style planes in their order (empty: alike). ``region_styles`` gives
    each ``region`` plane the place of its style, -1 for the content itself;
    ``style_mask_styles`` says which style each ``style-mask`` plane belongs to.
    """

    features: str = checked(choice(*FEATURES), default="auto")
    recipe: str = checked(text(16_384), default="")
    quality: str = checked(choice(*QUALITIES), default="good")
    size: int | None = checked(optional(integer(16, MAX_SIDE)), default=None)
    steps: int | None = checked(optional(integer(1, 100_000)), default=None)
    strength: float | None = checked(optional(number(0, 100)), default=None)
    content_weight: float | None = checked(optional(number(0, 1e12)), default=None)
    style_weight: float | None = checked(optional(number(0, 1e12)), default=None)
    init: str | None = checked(optional(choice(*INITS)), default=None)
    optimiser: str | None = checked(optional(choice(*OPTIMISERS)), default=None)
    averaging: float | None = checked(optional(number(0, 0.9999)), default=None)
    content_distance: str | None = checked(optional(choice(*DISTANCES)), default=None)
    style_distance: str | None = checked(optional(choice(*DISTANCES)), default=None)
    style_statistic: str | None = checked(optional(choice(*STATISTICS)), default=None)
    style_scale: float | None = checked(optional(number(0.1, 10)), default=None)
    augment: bool | None = checked(optional(boolean), default=None)
    total_variation: float | None = checked(optional(number(0, 1e6)), default=None)
    keep_colours: str | None = checked(optional(choice(*COLOURS)), default=None)
    match_histogram: bool | None = checked(optional(boolean), default=None)
    content_layers: tuple[str, ...] = checked(tuple_of(text(32), 32), default=())
    style_layers: tuple[str, ...] = checked(tuple_of(text(32), 32), default=())
    style_shares: tuple[float, ...] = checked(tuple_of(number(0, 1e6), MAX_PLANES), default=())
    region_styles: tuple[int, ...] = checked(
        tuple_of(integer(-1, MAX_PLANES), MAX_PLANES), default=()
    )
    style_mask_styles: tuple[int, ...] = checked(
        tuple_of(integer(0, MAX_PLANES), MAX_PLANES), default=()
    )
    seed: int | None = checked(optional(integer(0, (1 << 31) - 1)), default=None)
    threads: int | None = checked(optional(integer(1, 1024)), default=None)
    dtype: str | None = checked(optional(choice(*DTYPES)), default=None)
    tile: str | int = checked(either(choice(*TILINGS), integer(1, MAX_SIDE)), default="auto")
    max_memory: int | None = checked(optional(integer(1, 1 << 50)), default=None)


# --- client to daemon -------------------------------------------------------------------------


@dataclass(frozen=True)
class Hello:
    """First message of a client: the protocol versions it can speak, and who it is."""

    TYPE: ClassVar[str] = "hello"
    versions: tuple[int, ...] = checked(tuple_of(integer(1, 1 << 16), 16))
    software: str = checked(text(128))
    artist: str = checked(text(64), default="")


@dataclass(frozen=True)
class Submit:
    """A job, under the client's own id. Its planes follow when the daemon grants credit."""

    TYPE: ClassVar[str] = "submit"
    job: str = checked(identifier)
    planes: tuple[Plane, ...] = checked(tuple_of(instance(Plane), MAX_PLANES))
    settings: Settings = checked(instance(Settings), default_factory=Settings)


@dataclass(frozen=True)
class Cancel:
    """Stop this client's job, wherever it stands."""

    TYPE: ClassVar[str] = "cancel"
    job: str = checked(identifier)


@dataclass(frozen=True)
class StatusRequest:
    """What is the daemon doing?"""

    TYPE: ClassVar[str] = "status"


@dataclass(frozen=True)
class Received:
    """The client holds the whole result: the daemon may forget the job."""

    TYPE: ClassVar[str] = "received"
    job: str = checked(identifier)


# --- both ways --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Credit:
    """The receiver of a plane holds ``have`` bytes of it and takes more up to ``limit``.

    Absolute offsets, so a repeated credit does no harm, and a transfer that broke goes on from
    ``have``. ``have`` equal to the plane's size ends the transfer.
    """

    TYPE: ClassVar[str] = "credit"
    job: str = checked(identifier)
    plane: int = checked(integer(0, MAX_PLANES - 1))
    have: int = checked(integer(0, MAX_PLANE_BYTES))
    limit: int = checked(integer(0, MAX_PLANE_BYTES))


@dataclass(frozen=True)
class Chunk:
    """A piece of a plane; its bytes are the message's second frame."""

    TYPE: ClassVar[str] = "chunk"
    job: str = checked(identifier)
    plane: int = checked(integer(0, MAX_PLANES - 1))
    offset: int = checked(integer(0, MAX_PLANE_BYTES))


# --- daemon to client -------------------------------------------------------------------------


@dataclass(frozen=True)
class Welcome:
    """The daemon's hello: the version it chose, and what it computes with.

    ``features`` names what ``auto`` will use; ``available`` all that this daemon has; ``notice`` is
    a sentence for the artist where something is not as good as it could be (no VGG weights).
    ``features`` is empty while the daemon is still loading its networks. ``memory`` is what all
    jobs together may take, in bytes; ``None``: nobody tells.
    """

    TYPE: ClassVar[str] = "welcome"
    version: int = checked(integer(1, 1 << 16))
    software: str = checked(text(128))
    device: str = checked(text(128), default="")
    features: str = checked(text(32), default="")
    available: tuple[str, ...] = checked(tuple_of(text(32), 16), default=())
    notice: str = checked(text(1024), default="")
    memory: int | None = checked(optional(integer(0, 1 << 50)), default=None)


@dataclass(frozen=True)
class Accepted:
    """The job is whole, and ``position`` others begin before it (0: it is next, or has begun)."""

    TYPE: ClassVar[str] = "accepted"
    job: str = checked(identifier)
    position: int = checked(integer(0, 1 << 31))


@dataclass(frozen=True)
class Estimate:
    """What a whole job should take: seconds from its beginning, and bytes of memory at its peak.

    ``plan`` says how its canvas is cut, for people.
    """

    seconds: float = checked(number(0, 1e12))
    memory: int = checked(integer(0, 1 << 50))
    plan: str = checked(text(256), default="")


@dataclass(frozen=True)
class Progress:
    """Where a running job stands: ``step`` of ``steps``, each loss term, the time left.

    ``preview``, when there, describes small pixels carried whole as the message's second frame.
    ``estimate`` comes before the first step, with ``step`` 0.
    """

    TYPE: ClassVar[str] = "progress"
    job: str = checked(identifier)
    step: int = checked(integer(0, 1 << 31))
    steps: int = checked(integer(0, 1 << 31))
    losses: dict[str, float] = checked(numbers(64), default_factory=dict)
    seconds_left: float | None = checked(optional(number(0, 1e9)), default=None)
    stage: str = checked(text(128), default="")
    preview: Plane | None = checked(optional(instance(Plane)), default=None)
    estimate: Estimate | None = checked(optional(instance(Estimate)), default=None)


@dataclass(frozen=True)
class Result:
    """The job is done; the client fetches the plane by granting credit.

    ``features`` says what it was made with and ``notice`` what was replaced, if anything was.
    ``made_with`` is JSON with the whole recipe and what else decided the bytes. ``seconds`` and
    ``memory`` (bytes at the peak; ``None`` where the system does not tell) are what it took.
    """

    TYPE: ClassVar[str] = "result"
    job: str = checked(identifier)
    plane: Plane = checked(instance(Plane))
    features: str = checked(text(256), default="")
    notice: str = checked(text(1024), default="")
    losses: dict[str, float] = checked(numbers(64), default_factory=dict)
    seconds: float = checked(number(0, 1e9), default=0.0)
    made_with: str = checked(text(32_768), default="{}")
    memory: int | None = checked(optional(integer(0, 1 << 50)), default=None)


@dataclass(frozen=True)
class Failure:
    """A sentence for the artist, and a code for programs. Without ``job``: about the connection."""

    TYPE: ClassVar[str] = "error"
    code: str = checked(text(64))
    sentence: str = checked(text(1024))
    job: str | None = checked(optional(identifier), default=None)


@dataclass(frozen=True)
class Status:
    """The daemon's answer to a status request.

    ``running`` jobs are worked on, ``suspended`` ones have begun and are put aside, ``queued``
    ones have not begun.
    """

    TYPE: ClassVar[str] = "status-report"
    software: str = checked(text(128))
    device: str = checked(text(128), default="")
    features: str = checked(text(32), default="")
    available: tuple[str, ...] = checked(tuple_of(text(32), 16), default=())
    notice: str = checked(text(1024), default="")
    running: int = checked(integer(0, 1 << 31), default=0)
    queued: int = checked(integer(0, 1 << 31), default=0)
    clients: int = checked(integer(0, 1 << 31), default=0)
    seconds_up: float = checked(number(0, 1e12), default=0.0)
    suspended: int = checked(integer(0, 1 << 31), default=0)


# --- between the broker and its worker --------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """To a worker without a job at hand: begin this one, which was submitted, or go on with it."""

    TYPE: ClassVar[str] = "work"
    job: str = checked(identifier)


@dataclass(frozen=True)
class GiveBack:
    """To a worker: put the job at hand aside at the next tile or evaluation."""

    TYPE: ClassVar[str] = "give-back"
    job: str = checked(identifier)


@dataclass(frozen=True)
class GivenBack:
    """From a worker: a job was put aside after so many ``seconds`` of work on it.

    ``warm``: it can go on where it is. Else the memory that other jobs hold was needed: the worker
    has forgotten the job, which begins anew once it is submitted again.
    """

    TYPE: ClassVar[str] = "given-back"
    job: str = checked(identifier)
    seconds: float = checked(number(0, 1e9))
    warm: bool = checked(boolean, default=True)


FromClient = Hello | Submit | Cancel | StatusRequest | Received | Credit | Chunk
FromDaemon = Welcome | Accepted | Progress | Result | Failure | Status | Credit | Chunk
Inside = Work | GiveBack | GivenBack
Message = FromClient | FromDaemon | Inside

MESSAGES: dict[str, type] = {
    cls.TYPE: cls
    for cls in (
        Hello, Submit, Cancel, StatusRequest, Received, Credit, Chunk,
        Welcome, Accepted, Progress, Result, Failure, Status,
        Work, GiveBack, GivenBack,
    )
}  # fmt: skip
"""Wire name → message type."""
