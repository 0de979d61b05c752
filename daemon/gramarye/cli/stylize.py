"""``gramarye stylize``: one picture in the style of another, from file to file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from gramarye_protocol import DEFAULT_ADDRESS

from ..pictures import save
from .daemons import named_or_found
from .options import (
    ARTIST,
    CONTENT,
    DAEMON,
    DEPTH,
    OUTPUT,
    PICTURE,
    PRIORITY,
    STYLES,
    WAIT,
    job_options,
)
from .order import Order, files_of
from .painting import Event, paint_here, paint_through
from .progress import View, view
from .watching import await_estimate, tell, watch
from .words import cost_text


@click.command()
@CONTENT
@STYLES
@OUTPUT
@DAEMON
@ARTIST
@PRIORITY
@WAIT
@click.option(
    "--weights", type=PICTURE, help="A VGG checkpoint to use; the job then runs in this process."
)
@DEPTH
@click.option(
    "--profile",
    is_flag=True,
    help="Say where the time went, by layer and by term; the job then runs in this process.",
)
@click.option("--estimate", is_flag=True, help="Only say how long it should take, and how much.")
@job_options
def stylize(
    content: Path,
    styles: tuple[Path, ...],
    output: Path,
    address: str | None,
    artist: str,
    priority: int,
    wait: float,
    weights: Path | None,
    depth: str | None,
    profile: bool,
    estimate: bool,
    **chosen: Any,
) -> None:
    """Paint CONTENT in the style of STYLE, or of several.

    A running daemon does the work if one answers; else this process does. Options that are given
    override what the recipe and the quality would choose.
    """
    if address is not None and weights is not None:
        raise click.UsageError(
            "--weights is read by this process and --daemon names another one: give one of them, "
            "or start the daemon with its own --weights."
        )
    if address is not None and profile:
        raise click.UsageError(
            "--profile measures this process and --daemon names another one: leave one of them out."
        )
    files = files_of(content, styles, **chosen)
    for given in files.paths:
        if output.resolve() == given.resolve():
            raise click.UsageError(f"The result would replace {given}. Give it another name.")
    order = files.order(depth, output)
    began = time.monotonic()
    alone = _alone(weights, profile)
    with (
        _profiled(profile),
        view() as shown,
        _painter(shown, order, address, artist, priority, wait, weights, alone) as events,
    ):
        if estimate:
            expected = await_estimate(events, shown)
            click.echo(cost_text(expected.seconds, expected.memory))
            click.echo(f"plan: {expected.plan}")
            return
        painted = watch(events, shown)
        notice = save(painted.pixels, output, painted.made_with, order.memo.encoding)
        next(events, None)  # the picture is kept
    tell(painted, output, time.monotonic() - began)
    for sentence in filter(None, (*order.memo.notices, notice)):
        click.echo(sentence, err=True)


@contextmanager
def _painter(
    shown: View,
    order: Order,
    address: str | None,
    artist: str,
    priority: int,
    wait: float,
    weights: Path | None,
    alone: str,
) -> Iterator[Iterator[Event]]:
    """The job's events, from a daemon if there is one; leaving early stops the job."""
    client = None if alone else named_or_found(address, artist)
    if client is None:
        shown.say(f"Painting in this process ({alone or 'no daemon answers'}).")
        with closing(paint_here(order.settings, order.planes, weights)) as events:
            yield events
        return
    with client:
        shown.say(f"Painting with the daemon at {address or DEFAULT_ADDRESS}.")
        planes = order.for_daemon().planes
        with closing(paint_through(client, order.settings, planes, priority, wait)) as events:
            yield events


def _alone(weights: Path | None, profile: bool) -> str:
    """Why no daemon is asked; empty: one may be."""
    if weights is not None:
        return "the weights were given"
    return "--profile measures this process" if profile else ""


@contextmanager
def _profiled(wanted: bool) -> Iterator[None]:
    """Print where the time went, once what is inside is done."""
    if not wanted:
        yield
        return
    from ..engine.device import choose_device, clock_of  # torch comes with it
    from ..engine.profile import Profile

    profile = Profile(clock_of(choose_device()))
    with profile.active():
        yield
    click.echo(profile.table(), err=True)
