"""Every message there is. Client to daemon first, then daemon to client.

Each is a frozen dataclass whose fields carry their own checks, so a received message is either
valid or refused; see :mod:`gramarye_protocol.frames` for how it lies on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .artists import LONGEST_ARTIST
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
from .fetching import FetchWeights, WeightsReport
from .planes import MAX_PLANE_BYTES, MAX_SIDE, Plane

MAX_PLANES = 32
MAX_REPORTS = 100
"""Jobs in one :class:`JobList`, so that its header stays small."""

CAPABILITIES = ("follow", "jobs", "pause", "priority", "drain", "weights", "keep")
"""What this version can do beyond a job's plain way there and back. A peer names its own in its
hello, and whoever needs one that the other lacks says so in a sentence."""

STATES = ("uploading", "queued", "running", "paused", "done", "failed", "cancelled", "expired")
LEAST_PRIORITY, MOST_PRIORITY = -100, 100

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
    """First message of a client: the protocol versions it can speak, and who it is.

    ``artist`` owns the jobs, and finds them again over any connection. Without a name the
    connection is the owner, and they end with it.
    """

    TYPE: ClassVar[str] = "hello"
    versions: tuple[int, ...] = checked(tuple_of(integer(1, 1 << 16), 16))
    software: str = checked(text(128))
    artist: str = checked(text(LONGEST_ARTIST), default="")
    capabilities: tuple[str, ...] = checked(tuple_of(text(32), 32), default=())


@dataclass(frozen=True)
class Submit:
    """A job, under the client's own id. Its planes follow when the daemon grants credit.

    The same job again is the same job: the daemon answers with where it stands, and a broken
    upload goes on where it broke. A higher ``priority`` goes before the same artist's others.
    """

    TYPE: ClassVar[str] = "submit"
    job: str = checked(identifier)
    planes: tuple[Plane, ...] = checked(tuple_of(instance(Plane), MAX_PLANES))
    settings: Settings = checked(instance(Settings), default_factory=Settings)
    priority: int = checked(integer(LEAST_PRIORITY, MOST_PRIORITY), default=0)


@dataclass(frozen=True)
class Follow:
    """Tell this client about a job of its artist from now on, beginning with where it stands."""

    TYPE: ClassVar[str] = "follow"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Cancel:
    """Stop this artist's job, wherever it stands."""

    TYPE: ClassVar[str] = "cancel"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Keep:
    """Stop a job, and let the picture as it stands then be its result: at full size, in the
    content's own layout and depth. A paused job goes on for it, one that has not begun makes its
    first step. A daemon that is stopped before that may forget the wish: it is then said again."""

    TYPE: ClassVar[str] = "keep"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Pause:
    """Put a job aside until :class:`Resume`; it keeps its place in the queue."""

    TYPE: ClassVar[str] = "pause"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Resume:
    """Let a paused job go on."""

    TYPE: ClassVar[str] = "resume"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Prioritise:
    """Give a job another priority among its artist's."""

    TYPE: ClassVar[str] = "prioritise"
    job: str = checked(identifier)
    priority: int = checked(integer(LEAST_PRIORITY, MOST_PRIORITY))


@dataclass(frozen=True)
class JobsRequest:
    """Which jobs does this artist have that have not ended? ``all``: everybody's, ended or not."""

    TYPE: ClassVar[str] = "jobs"
    all: bool = checked(boolean, default=False)


@dataclass(frozen=True)
class Drain:
    """Finish the jobs that are worked on, keep the queue, and end."""

    TYPE: ClassVar[str] = "drain"


@dataclass(frozen=True)
class StatusRequest:
    """What is the daemon doing?"""

    TYPE: ClassVar[str] = "status"


@dataclass(frozen=True)
class Received:
    """The client has the whole result and has kept it: it may go when room is needed."""

    TYPE: ClassVar[str] = "received"
    job: str = checked(identifier)


@dataclass(frozen=True)
class Seen:
    """The client has taken the last preview of a job: it is ready for a newer one."""

    TYPE: ClassVar[str] = "seen"
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
    ``features`` is empty while the daemon is still loading its networks.
    """

    TYPE: ClassVar[str] = "welcome"
    version: int = checked(integer(1, 1 << 16))
    software: str = checked(text(128))
    device: str = checked(text(128), default="")
    features: str = checked(text(32), default="")
    available: tuple[str, ...] = checked(tuple_of(text(32), 16), default=())
    notice: str = checked(text(1024), default="")
    capabilities: tuple[str, ...] = checked(tuple_of(text(32), 32), default=())


@dataclass(frozen=True)
class Accepted:
    """The job is whole and safe, and ``position`` others begin before it (0: it is next, or has
    begun). ``seconds_left`` until it is done, as far as that can be told."""

    TYPE: ClassVar[str] = "accepted"
    job: str = checked(identifier)
    position: int = checked(integer(0, 1 << 31))
    seconds_left: float | None = checked(optional(number(0, 1e9)), default=None)


@dataclass(frozen=True)
class JobReport:
    """Where a job stands.

    ``position`` counts the jobs that begin before it (``None``: it has begun, or does not wait),
    ``progress`` runs from 0 to 1. ``submitted`` is in seconds since 1970. ``crashes`` of workers
    were forgiven. ``notices`` are sentences for the artist; ``code`` and ``sentence`` say why a job
    failed. ``keeping``: it ends with the picture as it stands.
    """

    id: str = checked(identifier)
    artist: str = checked(text(LONGEST_ARTIST))
    state: str = checked(choice(*STATES))
    position: int | None = checked(optional(integer(0, 1 << 31)), default=None)
    progress: float = checked(number(0, 1), default=0.0)
    seconds_left: float | None = checked(optional(number(0, 1e9)), default=None)
    priority: int = checked(integer(LEAST_PRIORITY, MOST_PRIORITY), default=0)
    submitted: float = checked(number(0, 1e12), default=0.0)
    crashes: int = checked(integer(0, 1 << 31), default=0)
    notices: tuple[str, ...] = checked(tuple_of(text(1024), 32), default=())
    code: str = checked(text(64), default="")
    sentence: str = checked(text(1024), default="")
    keeping: bool = checked(boolean, default=False)


@dataclass(frozen=True)
class Standing:
    """A job that the client follows stands elsewhere now: paused, resumed, or tried again."""

    TYPE: ClassVar[str] = "standing"
    report: JobReport = checked(instance(JobReport))


@dataclass(frozen=True)
class JobList:
    """Some of the jobs that were asked for, in the order in which they came; ``last``: no more."""

    TYPE: ClassVar[str] = "job-list"
    jobs: tuple[JobReport, ...] = checked(tuple_of(instance(JobReport), MAX_REPORTS))
    last: bool = checked(boolean)


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
    """A sentence for the artist, and a code for programs. Without ``job``: about the connection.

    ``ended``: the job is over with it, or never began; else only what was asked of it is refused.
    """

    TYPE: ClassVar[str] = "error"
    code: str = checked(text(64))
    sentence: str = checked(text(1024))
    job: str | None = checked(optional(identifier), default=None)
    ended: bool = checked(boolean, default=True)


@dataclass(frozen=True)
class Status:
    """The daemon's answer to a status request.

    ``running`` jobs are worked on, ``suspended`` ones have begun and are put aside, ``queued``
    ones have not begun. ``draining``: it ends once the running ones are done. ``asleep``: nobody
    has worked for a while, so its networks are unloaded until the next job.
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
    draining: bool = checked(boolean, default=False)
    asleep: bool = checked(boolean, default=False)


FromClient = (
    Hello | Submit | Follow | Cancel | Keep | Pause | Resume | Prioritise | JobsRequest | Drain
    | StatusRequest | FetchWeights | Received | Seen | Credit | Chunk
)  # fmt: skip
FromDaemon = (
    Welcome | Accepted | Standing | JobList | Progress | Result | Failure | Status | WeightsReport
    | Credit | Chunk
)  # fmt: skip
Message = FromClient | FromDaemon

MESSAGES: dict[str, type] = {
    cls.TYPE: cls
    for cls in (
        Hello, Submit, Follow, Cancel, Keep, Pause, Resume, Prioritise, JobsRequest, Drain,
        StatusRequest, FetchWeights, Received, Seen, Credit, Chunk,
        Welcome, Accepted, Standing, JobList, Progress, Result, Failure, Status, WeightsReport,
    )
}  # fmt: skip
"""Wire name → message type."""
