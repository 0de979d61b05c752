"""Jobs, devices and turns as the scheduling policy sees them, and what it says: plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

QUANTUM = 2.0
"""Device seconds that a turn gives to an artist.

Long beside what a switch costs (tenths of a second for a canvas that is swapped out and another
that is swapped in), short beside an artist's patience.
"""


@dataclass(frozen=True)
class Entry:
    """A job. Times are seconds on a device, sizes bytes on a device.

    ``arrival`` numbers all jobs in the order in which they came. A higher ``priority`` goes before
    a lower one of the same artist and means nothing to anybody else. ``seconds`` is the estimate of
    all that the job takes (``None``: unknown), ``served`` what it has had. ``memory`` is the
    estimate of its peak, ``used`` the peak that was measured so far. A canvas in ``tiles`` can be
    helped with by other devices, which need ``tile_memory``.
    """

    id: str
    artist: str
    arrival: int
    priority: int = 0
    seconds: float | None = None
    memory: int = 0
    served: float = 0.0
    used: int = 0
    paused: bool = False
    tiles: int = 1
    tile_memory: int = 0

    @property
    def need(self) -> int:
        """The memory it is admitted by: the estimate, until more was really used."""
        return max(self.memory, self.used)

    @property
    def small(self) -> bool:
        """Whether it is a preview: said to end within a quantum, and not yet found out."""
        return self.seconds is not None and max(self.seconds, self.served) <= QUANTUM

    @property
    def place(self) -> tuple[int, bool, int]:
        """Its place among its artist's jobs: by priority, then previews, then who came first."""
        return -self.priority, not self.small, self.arrival


@dataclass(frozen=True)
class Device:
    """A device that is ready for jobs.

    ``memory`` is what all jobs together may take of it. ``job`` has it now; one that it only helps
    with is not its own. ``warm`` are the jobs whose state still lies there, with their bytes.
    """

    id: str
    memory: int
    job: Entry | None = None
    warm: Mapping[str, int] = field(default_factory=dict)

    def takes(self, entry: Entry) -> bool:
        """Whether a job fits, if need be after all others' state was moved away."""
        return entry.need <= self.memory

    def moves(self, entry: Entry) -> tuple[str, ...]:
        """Whose state must be moved away before a job that fits can begin: the largest first."""
        others = {job: size for job, size in self.warm.items() if job != entry.id}
        free = self.memory - entry.need - sum(others.values())
        moved = []
        for job in sorted(others, key=lambda job: (-others[job], job)):
            if free >= 0:
                break
            free += others[job]
            moved.append(job)
        return tuple(moved)


@dataclass(frozen=True)
class Snapshot:
    """What there is at one moment.

    ``waiting`` has each artist's jobs that could run but do not, by :attr:`Entry.place`, and no
    artist without one. Neither paused nor running jobs are in it.
    """

    waiting: Mapping[str, Sequence[Entry]]
    devices: Sequence[Device]


def line_up(entries: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """A snapshot's ``waiting`` from jobs that do not run, in any order."""
    lines: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.place):
        if not entry.paused:
            lines.setdefault(entry.artist, []).append(entry)
    return {artist: tuple(line) for artist, line in lines.items()}


@dataclass(frozen=True)
class Slice:
    """A job's stay on a device.

    It ``began`` then, and ``ends`` when its quantum is over. ``ending``: the device was told to
    give the job back, for ``heir``. ``spare``: it uses what nobody else could, and counts for
    nothing.
    """

    artist: str
    job: str
    began: float
    ends: float
    ending: bool = False
    heir: Entry | None = None
    spare: bool = False


@dataclass(frozen=True)
class Round:
    """What deficit round-robin remembers from one decision to the next.

    ``number`` is the round that is under way. ``ring`` has the artists who wait, in the order of
    their turns within a round. ``due`` is the round of an artist's next turn, ``deficits`` are the
    seconds that the artist still has, or owes, from earlier ones; ``slices`` are by device.
    """

    number: int = 0
    ring: tuple[str, ...] = ()
    due: Mapping[str, int] = field(default_factory=dict)
    deficits: Mapping[str, float] = field(default_factory=dict)
    slices: Mapping[str, Slice] = field(default_factory=dict)


@dataclass(frozen=True)
class Start:
    """Let an idle device work on a job, for ``quantum`` seconds at least unless it is told to end.

    ``moves`` are jobs whose state must leave the device's memory before.
    """

    device: str
    job: str
    quantum: float
    moves: tuple[str, ...] = ()


@dataclass(frozen=True)
class End:
    """Let a device give its job back at the next tile or evaluation."""

    device: str
    job: str


@dataclass(frozen=True)
class Help:
    """Let an idle device compute tiles of a job that another one has."""

    device: str
    job: str


@dataclass(frozen=True)
class Decision:
    """What to do now, what to remember, and when to ask again though nothing happened."""

    orders: tuple[Start | End, ...]
    round: Round
    until: float | None
