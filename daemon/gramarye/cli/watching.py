"""Showing a job until it is done, and what came out of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import click

from .painting import Estimated, Event, Painted, Step, Told
from .progress import View
from .words import cost_text

Returned = TypeVar("Returned")


def show(event: Event, shown: View) -> None:
    """Show one event."""
    if isinstance(event, Told):
        shown.say(event.sentence)
    elif isinstance(event, Estimated):
        shown.say(f"estimate: about {cost_text(event.seconds, event.memory)}")
        shown.say(f"plan: {event.plan}")
    elif isinstance(event, Step):
        shown.step(event)


def watch(events: Iterator[Event], shown: View) -> Painted:
    """Show a job until its picture is there."""
    for event in events:
        show(event, shown)
        if isinstance(event, Painted):
            shown.say(f"took: {cost_text(event.seconds, event.memory)}")
            return event
    raise AssertionError("a job ends with its picture or with an error")


def watch_all(events: Generator[Event, None, Returned], shown: View) -> Returned:
    """Show every event; returns what the generator does."""
    while True:
        try:
            show(next(events), shown)
        except StopIteration as end:
            return end.value


def await_estimate(events: Iterator[Event], shown: View) -> Estimated:
    """Show where a job waits until it is its turn to be estimated."""
    for event in events:
        if isinstance(event, Estimated):
            return event
        show(event, shown)
    raise AssertionError("a job is estimated before anything else, or ends with an error")


def tell(painted: Painted, output: Path, seconds: float) -> None:
    """Say what came out, and what was replaced on the way."""
    if painted.notice:
        click.echo(painted.notice, err=True)
    plane = painted.pixels.plane
    click.echo(
        f"{output}: {plane.width}×{plane.height} pixels, "
        f"features {painted.features}, {seconds:.0f} s"
    )
