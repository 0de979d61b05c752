"""One job on its way, wherever it runs: the same events from a daemon and from this process."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gramarye_protocol import Accepted, Finished, Progress, Progressed, Result, Settings, Standing
from gramarye_protocol import Event as ClientEvent

from ..raster import Pixels
from ..service.client import WAIT_SECONDS, Away, Back, Client
from ..service.errors import LostDaemonError
from ..service.pace import Forecast
from .errors import NotCancelledError, StrandedError
from .words import duration_text, place_text, standing_text


@dataclass(frozen=True)
class Told:
    """A sentence about the job or its daemon."""

    sentence: str


@dataclass(frozen=True)
class Estimated:
    """What the whole job should take: seconds, and bytes of memory at its peak; ``plan`` says how
    its canvas is cut."""

    seconds: float
    memory: int
    plan: str = ""


@dataclass(frozen=True)
class Step:
    """A running job after step ``number`` of ``total``."""

    number: int
    total: int
    losses: dict[str, float]
    seconds_left: float | None
    stage: str


@dataclass(frozen=True)
class Painted:
    """The finished picture, what it was made with, and what was replaced if anything was.

    ``made_with`` is JSON: the whole recipe, and what else decided the bytes. ``seconds`` and
    ``memory`` (bytes, ``None`` where nobody tells) are what it took.
    """

    pixels: Pixels
    features: str
    notice: str
    made_with: str
    seconds: float
    memory: int | None


Event = Told | Estimated | Step | Painted


def paint_through(
    client: Client,
    settings: Settings,
    planes: Sequence[Pixels],
    priority: int = 0,
    wait: float = WAIT_SECONDS,
) -> Generator[Event, None, None]:
    """Paint with a daemon; one that goes away is waited for ``wait`` seconds.

    Closing the iterator early, or Ctrl-C in it, cancels the job there. The daemon keeps the result
    until the iterator is continued after :class:`Painted`: do that once the picture is kept.

    Raises:
        StrandedError: the daemon did not come back, and goes on with the job when it does.
        NotCancelledError: it was away when the job was to be cancelled, and does the same.
        LostDaemonError: it did not come back, and nothing is left of the job.
    """
    job = client.submit(settings, [(one.plane, one.data) for one in planes], priority=priority)
    try:
        done = yield from told(client.follow(job, wait=wait))
    except (GeneratorExit, KeyboardInterrupt):
        cancel(client, job)
        raise
    except LostDaemonError as error:
        raise (StrandedError(job) if client.keeps_jobs else error) from error
    assert isinstance(done, Finished)
    yield painted(done)
    client.received(job)


def cancel(client: Client, job: str) -> None:
    """Cancel a job that was submitted here.

    Raises:
        NotCancelledError: the daemon is away, and will go on with it.
    """
    try:
        client.cancel(job)
    except LostDaemonError:
        if client.keeps_jobs:
            raise NotCancelledError(job) from None


def told(
    events: Iterable[ClientEvent | Away | Back],
) -> Generator[Event, None, Finished | Result]:
    """What a followed job's events say; returns the last, with or without its pixels."""
    noticed = 0
    for event in events:
        if isinstance(event, Finished | Result):
            return event
        if isinstance(event, Accepted):
            if event.position > 0:
                yield Told(place_text(event.position, event.seconds_left))
        elif isinstance(event, Standing):
            fresh = event.report.notices[noticed:]
            noticed = len(event.report.notices)
            yield Told(" ".join((standing_text(event.report), *fresh)))
        elif isinstance(event, Away):
            span = duration_text(event.seconds)
            yield Told(f"The daemon went away; waiting up to {span} for it to come back.")
        elif isinstance(event, Back):
            yield Told("The daemon is back; the job goes on.")
        elif isinstance(event, Progressed):
            yield from _progress(event.progress)
    raise AssertionError("a followed job ends with its result or with an error")


def _progress(told: Progress) -> Generator[Event, None, None]:
    if told.estimate is not None:
        yield Estimated(told.estimate.seconds, told.estimate.memory, told.estimate.plan)
    elif told.stage != "starting":
        yield Step(told.step, told.steps, told.losses, told.seconds_left, told.stage)


def painted(done: Finished) -> Painted:
    """A result with its pixels."""
    result = done.result
    return Painted(
        Pixels(result.plane, done.pixels),
        result.features,
        result.notice,
        result.made_with,
        result.seconds,
        result.memory,
    )


def paint_here(
    settings: Settings, planes: Sequence[Pixels], weights: Path | None
) -> Generator[Event, None, None]:
    """Paint in this process. Closing the iterator stops the job."""
    from ..studio import (  # torch comes with it: seconds to import
        Begun,
        Rendered,
        Studio,
        Update,
        Working,
    )

    forecast, began = Forecast(), time.monotonic()
    for event in Studio(weights=weights).render(settings, planes):
        if isinstance(event, Begun):
            plan = event.plan()
            forecast, began = Forecast(plan.stages), time.monotonic()
            yield Estimated(plan.seconds, plan.memory, event.layout)
        elif isinstance(event, Update):
            left = forecast.seconds_left(event.step, event.steps, time.monotonic())
            yield Step(event.step, event.steps, event.losses, left, event.stage)
        elif isinstance(event, Working):
            yield Step(event.step, event.steps, {}, None, event.words)
        elif isinstance(event, Rendered):
            yield Painted(
                event.pixels,
                event.features,
                event.notice,
                event.made_with,
                time.monotonic() - began,
                event.memory,
            )
