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


Event = Waiting | Estimated | Step | Painted


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
                if told.estimate is not None:
                    estimate = told.estimate
                    yield Estimated(estimate.seconds, estimate.memory, estimate.plan)
                    continue
                if told.stage == "starting":
                    continue
                yield Step(told.step, told.steps, told.losses, told.seconds_left, told.stage)
            elif isinstance(event, Finished):
                result = event.result
                yield Painted(
                    Pixels(result.plane, event.pixels),
                    result.features,
                    result.notice,
                    result.made_with,
                    result.seconds,
                    result.memory,
                )
    except (GeneratorExit, KeyboardInterrupt):
        client.cancel(job)
        raise


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
