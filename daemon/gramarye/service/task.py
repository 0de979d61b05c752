"""One job as the worker has it: not begun yet, at hand, or put aside with all that it computed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from gramarye_protocol import Estimate, Plane, Progress, Result, Settings

from ..moments import Begun, Quote, Rendered, Update, Working
from ..raster import Pixels
from ..saved import Checkpoint
from ..stopwatch import Stopwatch
from .inside import Errand, Saved
from .pace import Forecast, Pace
from .store.blobs import view
from .store.checkpoints import CheckpointPace, first_whole, new_part, write
from .store.errors import DiskError, DiskFullError

PROGRESS_SECONDS = 0.1
PREVIEW_SECONDS = 0.5
PARTS_SECONDS = 1.0
"""Between reports from inside a step: of tiles, which a quick step has no time to speak of."""

LONG_SECONDS = 1.0
"""An evaluation that takes longer may be left in the middle."""

_log = logging.getLogger(__name__)

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

    def look_again(self) -> None:
        """Look for weights that have come since, for jobs that have not begun."""
        ...

    def render(
        self,
        settings: Settings,
        planes: Sequence[Pixels],
        resume: Checkpoint | None = None,
        enough: Callable[[], bool] = ...,
    ) -> Generator[Moment, None, None]:
        """Run a job, or go on with it; once there is enough, its picture as it stands is the
        result."""
        ...

    def quote(self, settings: Settings, planes: Sequence[Plane]) -> Quote:
        """What a job will take, from the descriptions of its planes."""
        ...

    def lend(self, devices: Sequence[str]) -> None:
        """Use these devices too for the tiles of the job that is worked on, and no others."""
        ...

    @property
    def borrowing(self) -> bool:
        """Whether anything is done or kept on a device that is lent, or was."""
        ...

    def is_lost(self, error: Exception) -> bool:
        """Whether an error means that the device can only be used again by a new process."""
        ...


class Task:
    """Drives the studio through one job and reports on it with ``say``.

    All times are the job's own: the ``clock`` runs while it is worked on. ``result`` is there once
    the job is done.
    """

    def __init__(
        self,
        key: str,
        errand: Errand,
        studio: StudioLike,
        incoming: Path,
        say: Callable[[Any, Any], None],
    ) -> None:
        self.key = key
        self.clock = Stopwatch()
        self.warm = False
        """Whether its state lies on the device."""
        self.alone = True
        """Whether no other job's state has lain there beside it."""
        self.result: tuple[Result, Any] | None = None
        self.parts = self._paint(studio)
        """The work. Each part says whether the job may be put aside after it."""
        self._errand = errand
        self._enough = errand.keeping
        self._incoming = incoming
        self._say = say
        self._told = 0.0
        self._latest: Update | None = None
        self._saving = 0.0
        self._checkpoints = CheckpointPace()
        self._forecast = Forecast()
        self._steps, self._previews, self._tiles = (
            Pace(seconds) for seconds in (PROGRESS_SECONDS, PREVIEW_SECONDS, PARTS_SECONDS)
        )

    def keep(self) -> None:
        """The picture as it stands is enough."""
        self._enough = True

    def close(self) -> None:
        """Give up the work and everything that it holds."""
        self.parts.close()
        self.warm = False
        self._latest = None

    def account(self) -> float:
        """The seconds of work that the broker was not told of; it is told them now."""
        seconds = self.clock.seconds
        since, self._told = seconds - self._told, seconds
        return since

    def save(self) -> None:
        """Write a checkpoint, if there is one to go on from, and tell the broker.

        Where the disk does not take it the job goes on without, from an earlier one if need be.
        """
        update = self._latest
        if update is None or update.checkpoint is None:
            return
        began = time.monotonic()
        part = new_part(self._incoming, int(self.key))
        try:
            settled = write(part, update.checkpoint())
        except (DiskFullError, DiskError) as error:
            _log.warning("job %s goes on without a checkpoint: %s", self.key, error.sentence)
        else:
            name = settled.path.name
            told = Saved(self.key, name, settled.sha256, settled.size, self.account())
            self._say(told, None)
        cost = time.monotonic() - began
        self._saving += cost
        self._checkpoints.took(self.clock.seconds - self._saving, cost)

    def _paint(self, studio: StudioLike) -> Generator[bool, None, None]:
        errand = self._errand
        planes = [
            Pixels(plane, view(Path(file)))
            for plane, file in zip(errand.planes, errand.files, strict=True)
        ]
        resume = first_whole(Path(file) for file in errand.checkpoints)
        work = studio.render(errand.settings, planes, resume, lambda: self._enough)
        with closing(work) as moments:
            since = self.clock.seconds
            for moment in moments:
                self.warm = True
                if isinstance(moment, Rendered):
                    self._latest = None
                    self._finish(moment)
                    self.warm = False
                    return
                self._tell(moment)
                self._keep(moment)
                now = self.clock.seconds
                if moment is not None:
                    since = now
                # All layers of an evaluation that is left are kept, so a short one is ended first.
                yield moment is not None or now - since > LONG_SECONDS
        raise RuntimeError("the studio ended without a picture")

    def _keep(self, moment: Moment) -> None:
        """Remember what could be gone on from, and write it down now and then."""
        if isinstance(moment, Update):
            self._latest = moment
            if self._checkpoints.due(self.clock.seconds - self._saving):
                self.save()
        elif (
            isinstance(moment, Working)
            and self._latest is not None
            and moment.stage != self._latest.stage
        ):
            self._latest = (
                None  # in another octave that state is gone; its optimiser should be, too
            )

    def _tell(self, moment: Begun | Working | Update | None) -> None:
        now = self.clock.seconds
        if isinstance(moment, Begun):
            self._announce(moment)
        elif isinstance(moment, Working):
            if self._tiles.due(now):
                told = Progress(self.key, moment.step, moment.steps, stage=moment.words)
                self._say(told, None)
        elif isinstance(moment, Update):
            seconds_left = self._forecast.seconds_left(moment.step, moment.steps, now)
            if moment.step == moment.steps or self._steps.due(now):
                self._report(moment, seconds_left, self._previews.due(now))

    def _announce(self, begun: Begun) -> None:
        """Show what the job starts from, at once, and say what it will take."""
        preview = begun.preview()
        start = Progress(self.key, 0, 0, stage="starting", preview=preview.plane)
        self._say(start, preview.data)
        plan = begun.plan()
        estimate = Estimate(plan.seconds, plan.memory, begun.layout)
        self._say(
            Progress(
                self.key,
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
            self.key,
            update.step,
            update.steps,
            update.losses,
            seconds_left,
            update.stage,
            preview.plane if preview else None,
        )
        self._say(progress, preview.data if preview else None)

    def _finish(self, rendered: Rendered) -> None:
        pixels = rendered.pixels
        result = Result(
            self.key,
            pixels.plane,
            rendered.features,
            rendered.notice,
            rendered.losses,
            self._errand.served + self.clock.seconds,
            rendered.made_with,
            rendered.memory if self.alone else None,  # a process' peak is that of all its jobs
        )
        self.result = result, pixels.data
