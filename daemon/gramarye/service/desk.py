"""The worker's half of its conversation with the broker, and the work on one job."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from gramarye_protocol import (
    PROTOCOL_VERSION,
    Accepted,
    Cancel,
    Chunk,
    Credit,
    Estimate,
    Failure,
    GarbageError,
    Message,
    Progress,
    Received,
    Result,
    Settings,
    Submit,
    Welcome,
    __version__,
    decode,
)

from ..moments import Begun, Rendered, Update, Working
from ..raster import Pixels
from .explain import explain
from .jobs import Job, State
from .pace import Forecast, Pace

PROGRESS_SECONDS = 0.1
PREVIEW_SECONDS = 0.5
PARTS_SECONDS = 1.0
"""Between reports from inside a step: of tiles, which a quick step has no time to speak of."""

_log = logging.getLogger(__name__)


class StudioLike(Protocol):
    """What a desk needs of :class:`~gramarye.studio.Studio`."""

    device_name: str
    features: str
    available: tuple[str, ...]
    notice: str

    def rehearse(self) -> None:
        """Do once what takes a moment and need not be done while somebody waits."""
        ...

    def render(
        self, settings: Settings, planes: Sequence[Pixels]
    ) -> Generator[Begun | Working | Update | Rendered | None, None, None]:
        """Run a job."""
        ...


class Desk:
    """Takes one job after the other and works on it.

    ``say`` sends a message to the broker; ``ask(wait)`` returns the frames of the next message
    from it, or ``None`` if there is none yet and ``wait`` is false.
    """

    def __init__(
        self,
        studio: StudioLike,
        say: Callable[[Message, Any], None],
        ask: Callable[[bool], list[bytes] | None],
    ) -> None:
        self._studio = studio
        self._say = say
        self._ask = ask
        self._job: Job | None = None

    def run(self) -> None:
        """Work until the process ends."""
        studio = self._studio
        self._say(
            Welcome(
                PROTOCOL_VERSION,
                f"gramarye {__version__}",
                studio.device_name,
                studio.features,
                studio.available,
                studio.notice,
            ),
            None,
        )
        studio.rehearse()
        while True:
            self._listen(wait=True)
            job = self._job
            if job is not None and job.whole and job.state is State.UPLOADING:
                job.advance(State.QUEUED)
                self._say(Accepted(job.name, 0), None)
                self._work_on(job)

    def _listen(self, wait: bool) -> None:
        """Take everything that the broker has to say; with ``wait``, at least one message."""
        frames = self._ask(wait)
        while frames is not None:
            self._take(*decode(frames))
            frames = self._ask(False)

    def _take(self, message: Message, payload: Any) -> None:
        job = self._job
        if isinstance(message, Submit):
            self._job = Job(b"", message.job, message, time.monotonic())
            for credit in self._job.credits():
                self._say(credit, None)
        elif not isinstance(message, Cancel | Received | Chunk | Credit):
            raise GarbageError(f"a broker does not send {message.TYPE}")
        elif job is None or job.name != message.job:
            _log.debug("late %s for %s", message.TYPE, message.job)
        elif isinstance(message, Cancel):
            self._job = None
            self._say(Failure("cancelled", "The job was cancelled.", job.name), None)
        elif isinstance(message, Received):
            self._job = None
        elif isinstance(message, Credit):
            for chunk, data in job.send_on(message):
                self._say(chunk, data)
        else:
            credit = job.receive(message, payload)
            if credit is not None:
                self._say(credit, None)

    def _work_on(self, job: Job) -> None:
        job.advance(State.RUNNING)
        try:
            self._render(job)
        except Exception as error:  # noqa: BLE001 - one job's surprise is not the next one's
            self._job = None
            self._say(explain(error, job.name), None)

    def _render(self, job: Job) -> None:
        """Drive the studio to the end of the job, or until the broker cancels it."""
        planes = [Pixels(plane, data) for plane, data in job.planes()]
        started = time.monotonic()
        forecast = Forecast()
        steps, previews, parts = (
            Pace(seconds) for seconds in (PROGRESS_SECONDS, PREVIEW_SECONDS, PARTS_SECONDS)
        )
        with contextlib.closing(self._studio.render(job.settings, planes)) as moments:
            for moment in moments:
                self._listen(wait=False)
                if self._job is not job:
                    return
                now = time.monotonic()
                if isinstance(moment, Rendered):
                    self._deliver(job, moment, now - started)
                    return
                if moment is None:
                    continue
                if isinstance(moment, Begun):
                    forecast = self._announce(job, moment)
                    continue
                if isinstance(moment, Working):
                    if parts.due(now):
                        told = Progress(job.name, moment.step, moment.steps, stage=moment.words)
                        self._say(told, None)
                    continue
                seconds_left = forecast.seconds_left(moment.step, moment.steps, now)
                if moment.step == moment.steps or steps.due(now):
                    self._report(job, moment, seconds_left, previews.due(now))
        raise RuntimeError("the studio ended without a picture")

    def _announce(self, job: Job, begun: Begun) -> Forecast:
        """Show what the job starts from, at once, and say what it will take."""
        preview = begun.preview()
        start = Progress(job.name, 0, 0, stage="starting", preview=preview.plane)
        self._say(start, preview.data)
        plan = begun.plan()
        estimate = Estimate(plan.seconds, plan.memory, begun.layout)
        self._say(
            Progress(
                job.name,
                0,
                plan.steps,
                seconds_left=plan.seconds,
                stage="starting",
                estimate=estimate,
            ),
            None,
        )
        return Forecast(plan.stages)

    def _report(
        self, job: Job, update: Update, seconds_left: float | None, with_preview: bool
    ) -> None:
        preview = update.preview() if with_preview else None
        progress = Progress(
            job.name,
            update.step,
            update.steps,
            update.losses,
            seconds_left,
            update.stage,
            preview.plane if preview else None,
        )
        self._say(progress, preview.data if preview else None)

    def _deliver(self, job: Job, rendered: Rendered, seconds: float) -> None:
        pixels = rendered.pixels
        job.deliver(pixels.data)
        result = Result(
            job.name,
            pixels.plane,
            rendered.features,
            rendered.notice,
            rendered.losses,
            seconds,
            rendered.made_with,
            rendered.memory,
        )
        self._say(result, None)
