"""One job as the worker has it: not begun yet, at hand, or put aside with all that it computed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import Any, Protocol

from gramarye_protocol import Estimate, Message, Progress, Result, Settings

from ..moments import Begun, Rendered, Update, Working
from ..raster import Pixels
from ..stopwatch import Stopwatch
from .jobs import Job
from .pace import Forecast, Pace

PROGRESS_SECONDS = 0.1
PREVIEW_SECONDS = 0.5
PARTS_SECONDS = 1.0
"""Between reports from inside a step: of tiles, which a quick step has no time to speak of."""

Moment = Begun | Working | Update | Rendered | None


class StudioLike(Protocol):
    """What a worker needs of :class:`~gramarye.studio.Studio`."""

    @property
    def device_name(self) -> str:
        """The device, for people."""
        ...

    @property
    def features(self) -> str:
        """What ``auto`` uses."""
        ...

    @property
    def available(self) -> tuple[str, ...]:
        """All features that there are."""
        ...

    @property
    def notice(self) -> str:
        """A sentence for the artist where something is not as good as it could be."""
        ...

    @property
    def memory(self) -> int | None:
        """Bytes of the device that are free now; ``None`` where nobody tells."""
        ...

    def rehearse(self) -> None:
        """Do once what takes a moment and need not be done while somebody waits."""
        ...

    def render(self, settings: Settings, planes: Sequence[Pixels]) -> Generator[Moment, None, None]:
        """Run a job."""
        ...


class Task:
    """Drives the studio through one job and reports on it with ``say``.

    All times are the job's own: the ``clock`` runs while it is worked on.
    """

    def __init__(self, job: Job, studio: StudioLike, say: Callable[[Message, Any], None]) -> None:
        self.job = job
        self.clock = Stopwatch()
        self.warm = False
        """Whether its state lies on the device."""
        self.alone = True
        """Whether no other job's state has lain there beside it."""
        self.parts = self._paint(studio)
        """The work. Each part says whether the job may be put aside after it."""
        self._say = say
        self._forecast = Forecast()
        self._steps, self._previews, self._tiles = (
            Pace(seconds) for seconds in (PROGRESS_SECONDS, PREVIEW_SECONDS, PARTS_SECONDS)
        )

    def close(self) -> None:
        """Give up the work and everything that it holds."""
        self.parts.close()
        self.warm = False

    def _paint(self, studio: StudioLike) -> Generator[bool, None, None]:
        planes = [Pixels(plane, data) for plane, data in self.job.planes()]
        with closing(studio.render(self.job.settings, planes)) as moments:
            for moment in moments:
                self.warm = True
                if isinstance(moment, Rendered):
                    self._deliver(moment)
                    self.warm = False
                    return
                self._tell(moment)
                # Not within an evaluation of a whole canvas, whose layers would all be kept.
                yield moment is not None
        raise RuntimeError("the studio ended without a picture")

    def _tell(self, moment: Begun | Working | Update | None) -> None:
        now = self.clock.seconds
        if isinstance(moment, Begun):
            self._announce(moment)
        elif isinstance(moment, Working):
            if self._tiles.due(now):
                told = Progress(self.job.name, moment.step, moment.steps, stage=moment.words)
                self._say(told, None)
        elif isinstance(moment, Update):
            seconds_left = self._forecast.seconds_left(moment.step, moment.steps, now)
            if moment.step == moment.steps or self._steps.due(now):
                self._report(moment, seconds_left, self._previews.due(now))

    def _announce(self, begun: Begun) -> None:
        """Show what the job starts from, at once, and say what it will take."""
        preview = begun.preview()
        start = Progress(self.job.name, 0, 0, stage="starting", preview=preview.plane)
        self._say(start, preview.data)
        plan = begun.plan()
        estimate = Estimate(plan.seconds, plan.memory, begun.layout)
        self._say(
            Progress(
                self.job.name,
                0,
                plan.steps,
                seconds_left=plan.seconds,
                stage="starting",
                estimate=estimate,
            ),
            None,
        )
        self._forecast = Forecast(plan.stages)

    def _report(self, update: Update, seconds_left: float | None, with_preview: bool) -> None:
        preview = update.preview() if with_preview else None
        progress = Progress(
            self.job.name,
            update.step,
            update.steps,
            update.losses,
            seconds_left,
            update.stage,
            preview.plane if preview else None,
        )
        self._say(progress, preview.data if preview else None)

    def _deliver(self, rendered: Rendered) -> None:
        pixels = rendered.pixels
        self.job.deliver(pixels.data)
        result = Result(
            self.job.name,
            pixels.plane,
            rendered.features,
            rendered.notice,
            rendered.losses,
            self.clock.seconds,
            rendered.made_with,
            rendered.memory if self.alone else None,  # a process' peak is that of all its jobs
        )
        self._say(result, None)
