"""One worker as the broker sees it: loading, free, at work on a job, or told to put it aside.

A bench belongs to one worker process; a new process gets a new bench.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from gramarye_protocol import encode
from gramarye_protocol.frames import Frames

from .inside import (
    Appraise,
    Drop,
    Enough,
    Errand,
    GiveBack,
    GivenBack,
    Lend,
    LookAgain,
    Ready,
    ToWorker,
    Work,
)
from .jobs import Job

COUNTED = "#"
"""Behind a device's name, before the number of its worker among those of the same device."""
UNKNOWN_MEMORY = 1 << 50
"""Of a worker that cannot tell how much it has."""


class Bench:
    """What one worker has, and what it was told.

    Attributes:
        device: its name, as in ``--devices``.
        ready: what the worker said when it had loaded.
        rested: what the one before it said, if that ended because nobody worked.
        at_hand: the job that the device is given to; also while something must leave before it can
            begin, and while a worker has not yet confirmed that it stopped.
        held: what the worker process has, by key: the job at hand, and those that were put aside.
        leaving: keys of those that it was told to save or to forget.
        waits_for: what must be over before the job at hand can begin.
        lent_to: the device whose canvas this idle one helps with.
        borrowed: devices that this one's job may use.
        returning: they were asked back, and may be in use still.
        heard: when the worker last said something, or was told to begin.
    """

    def __init__(self, device: str, errand: Callable[[Job], Errand]) -> None:
        self.device = device
        self.ready: Ready | None = None
        self.rested: Ready | None = None
        self.at_hand: Job | None = None
        self.begun = False
        self.held: dict[str, Job] = {}
        self.leaving: set[str] = set()
        self.dropped: set[str] = set()
        self.waits_for: set[str] = set()
        self.lent_to: str | None = None
        self.borrowed: set[str] = set()
        self.returning = False
        self.heard = 0.0
        self.stopping_since: float | None = None
        self._errand = errand
        self._outgoing: deque[Frames] = deque()

    @property
    def memory(self) -> int:
        """What all its jobs together may take, in bytes."""
        memory = self.ready.memory if self.ready else None
        return UNKNOWN_MEMORY if memory is None else memory

    @property
    def kind(self) -> str:
        """Its device without its number: what computes the same bits says the same here."""
        described = self.ready.device if self.ready else ""
        name, _, model = described.partition(" ")
        return f"{name.partition(':')[0]} {model}"

    @property
    def about(self) -> Ready | None:
        """What it computes with, or will again after its rest."""
        return self.ready or self.rested

    @property
    def on_gpu(self) -> bool:
        """Whether its device is a graphics card's, or Apple's."""
        return self.ready is not None and self.ready.device.startswith(("cuda", "xpu", "mps"))

    @property
    def warm(self) -> list[Job]:
        """The jobs that were put aside and lie there still."""
        return [
            job
            for key, job in self.held.items()
            if job is not self.at_hand and key not in self.leaving
        ]

    def wanted(self) -> list[Job]:
        """All that the worker has and that nobody has cancelled."""
        return [job for key, job in self.held.items() if key not in self.dropped]

    # --- what it is told

    def assign(self, job: Job, waits_for: set[str], now: float) -> None:
        """Give the idle device to a job, which begins once all that is over."""
        assert self.at_hand is None
        self.at_hand, self.begun, self.waits_for = job, False, waits_for
        self._begin(now)

    def over(self, what: str, now: float) -> None:
        """Something is over that the job at hand may have waited for."""
        self.waits_for.discard(what)
        self._begin(now)

    def _begin(self, now: float) -> None:
        job = self.at_hand
        if job is None or self.begun or self.waits_for:
            return
        self.begun, self.heard = True, now
        if job.key in self.held:
            self._say(Work(job.key))
        else:
            self.held[job.key] = job
            self._say(Work(job.key, self._errand(job)))

    def ask_back(self, warm: bool = True) -> None:
        """Tell the worker to put the job at hand aside; one that has not begun is so at once."""
        assert self.at_hand is not None
        if not self.begun:
            self._free()
            return
        if not warm:
            self.leaving.add(self.at_hand.key)
        self._say(GiveBack(self.at_hand.key, warm))

    def put_away(self, job: Job) -> None:
        """Tell the worker to save a job that was put aside, and to forget it."""
        if job.key not in self.leaving:
            self.leaving.add(job.key)
            self._say(GiveBack(job.key, warm=False))

    def keep(self, job: Job) -> None:
        """The picture as it stands is enough; a job that the worker does not have yet brings that
        along."""
        if job.key in self.held and job.key not in self.dropped:
            self._say(Enough(job.key))

    def drop(self, job: Job, now: float) -> None:
        """Nobody wants a job any more: if the worker has it, it has to confirm."""
        if job is self.at_hand and not self.begun:
            self._free()
        if job.key in self.held and job.key not in self.dropped:
            self.dropped.add(job.key)
            self.leaving.add(job.key)
            self._say(Drop(job.key))
            if job is self.at_hand:
                self.stopping_since = now

    def appraise(self, job: Job) -> None:
        """Ask what a job takes."""
        job.appraiser = self.device
        self._say(Appraise(job.key, job.settings, job.planes))

    def lend(self, devices: set[str]) -> None:
        """Let the job at hand use these devices too; none: ask them back."""
        self.returning = not devices
        self.borrowed = devices
        self._say(Lend(tuple(sorted(name.partition(COUNTED)[0] for name in devices))))

    def look_again(self) -> None:
        """Weights have come that it may use."""
        self._say(LookAgain())

    # --- what it says

    def given_back(self, message: GivenBack) -> Job | None:
        """A job was put aside, or is forgotten; returns it if somebody still wants it."""
        job = self.held.get(message.job)
        if job is None:
            return None
        wanted = message.job not in self.dropped
        if not message.warm:
            self._forget(message.job)
        if job is self.at_hand:
            self._free()
        return job if wanted else None

    def ended(self, key: str) -> Job | None:
        """The worker is through with a job, one way or the other; returns it if it is wanted."""
        job = self.held.get(key)
        if job is None:
            return None
        wanted = key not in self.dropped
        self._forget(key)
        if job is self.at_hand:
            self._free()
        return job if wanted else None

    def outgoing(self) -> Iterator[Frames]:
        """What to send to the worker now."""
        while self._outgoing:
            yield self._outgoing.popleft()

    def _free(self) -> None:
        self.at_hand, self.begun, self.stopping_since = None, False, None
        self.waits_for = set()

    def _forget(self, key: str) -> None:
        del self.held[key]
        self.leaving.discard(key)
        self.dropped.discard(key)

    def _say(self, message: ToWorker, payload: Any = None) -> None:
        self._outgoing.append(encode(message, payload))
