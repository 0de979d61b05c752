"""One job on its way, wherever it runs: the same events from a daemon and from this process."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gramarye_protocol import Accepted, Finished, Progressed, Settings

from ..raster import Pixels
from ..service.client import Client
from ..service.pace import Forecast


@dataclass(frozen=True)
class Waiting:
    """The job waits behind ``ahead`` others."""

    ahead: int


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

    ``made_with`` is JSON: the whole recipe, and what else decided the bytes.
    """

    pixels: Pixels
    features: str
    notice: str
    made_with: str


Event = Waiting | Step | Painted


def paint_through(
    client: Client, settings: Settings, planes: Sequence[Pixels]
) -> Generator[Event, None, None]:
    """Paint with a daemon. Closing the iterator early, or Ctrl-C in it, cancels the job there."""
    job = client.submit(settings, [(one.plane, one.data) for one in planes])
    try:
        for event in client.follow(job):
            if isinstance(event, Accepted) and event.position > 0:
                yield Waiting(event.position)
            elif isinstance(event, Progressed):
                told = event.progress
                yield Step(told.step, told.steps, told.losses, told.seconds_left, told.stage)
            elif isinstance(event, Finished):
                result = event.result
                yield Painted(
                    Pixels(result.plane, event.pixels),
                    result.features,
                    result.notice,
                    result.made_with,
                )
    except (GeneratorExit, KeyboardInterrupt):
        client.cancel(job)
        raise


def paint_here(
    settings: Settings, planes: Sequence[Pixels], weights: Path | None
) -> Generator[Event, None, None]:
    """Paint in this process. Closing the iterator stops the job."""
    from ..studio import Rendered, Studio, Update  # torch comes with it: seconds to import

    forecast = Forecast()
    for event in Studio(weights=weights).render(settings, planes):
        if isinstance(event, Update):
            left = forecast.seconds_left(event.step, event.steps, time.monotonic())
            yield Step(event.step, event.steps, event.losses, left, event.stage)
        elif isinstance(event, Rendered):
            yield Painted(event.pixels, event.features, event.notice, event.made_with)
