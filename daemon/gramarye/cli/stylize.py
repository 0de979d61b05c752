"""``gramarye stylize``: one picture in the style of another, from file to file."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click

from gramarye_protocol import DEFAULT_ADDRESS, Settings

from ..pictures import DEPTHS, Encoding, check_output, read, save
from ..raster import Pixels
from ..service.client import Client
from ..service.errors import NoDaemonError
from .options import ARTIST, DAEMON, job_options, make_settings
from .painting import Estimated, Event, Painted, Step, Waiting, paint_here, paint_through
from .progress import View, cost_text, view

PROBE_SECONDS = 1.0
ANSWER_SECONDS = 5.0

PICTURE = click.Path(path_type=Path)


@click.command()
@click.argument("content", type=PICTURE)
@click.argument("styles", type=PICTURE, nargs=-1, required=True, metavar="STYLE...")
@click.option("-o", "--output", required=True, type=PICTURE, help=".png, .jpg, .tiff or .webp")
@DAEMON
@ARTIST
@click.option(
    "--weights", type=PICTURE, help="A VGG checkpoint to use; the job then runs in this process."
)
@click.option(
    "--depth", type=click.Choice(DEPTHS), help="Bits a channel of the result; default: CONTENT's."
)
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
    settings, pictures = make_settings(**chosen)
    files = [("content", content), *(("style", style) for style in styles), *pictures]
    for _, given in files:
        if output.resolve() == given.resolve():
            raise click.UsageError(f"The result would replace {given}. Give it another name.")
    plane, encoding, notices = _content(content, output, settings, depth)
    planes = [plane]
    for role, given in files[1:]:
        plane, notice = _other(role, given, encoding)
        planes.append(plane)
        notices.append(notice)
    began = time.monotonic()
    alone = _alone(weights, profile)
    with (
        _profiled(profile),
        view() as shown,
        _painter(shown, settings, planes, address, artist, weights, alone) as events,
    ):
        if estimate:
            expected = _await_estimate(events, shown)
            click.echo(cost_text(expected.seconds, expected.memory))
            click.echo(f"plan: {expected.plan}")
            return
        painted = watch(events, shown)
    notices.append(save(painted.pixels, output, painted.made_with, encoding))
    tell(painted, output, time.monotonic() - began)
    for notice in filter(None, notices):
        click.echo(notice, err=True)


def _content(
    content: Path, output: Path, settings: Settings, depth: str | None
) -> tuple[Pixels, Encoding, list[str]]:
    """The content's plane, how the result is to be written, and what there is to say about it.

    The file's samples are let go of: they may be other ones than the plane's.
    """
    file = read(content)
    check_output(output, settings.size or max(file.samples.shape[:2]), depth)
    encoding = Encoding(depth or file.depth, file.encoding.space)
    notices = [file.notice]
    if file.profile and not encoding.space.profile:
        notices.append(f"The colour profile of {content} is not one to paint in: result in sRGB.")
    return file.pixels("content", encoding.space, encoding.depth), encoding, notices


def _other(role: str, given: Path, encoding: Encoding) -> tuple[Pixels, str]:
    """A plane in the content's space, and what there is to say about its file."""
    file = read(given)
    return file.pixels(role, encoding.space), file.notice


def watch(events: Iterator[Event], shown: View) -> Painted:
    """Show a job until it is done."""
    for event in events:
        if isinstance(event, Painted):
            shown.say(f"took: {cost_text(event.seconds, event.memory)}")
            return event
        if isinstance(event, Waiting):
            shown.say(f"Waiting behind {event.ahead} other job(s).")
        elif isinstance(event, Estimated):
            shown.say(f"estimate: about {cost_text(event.seconds, event.memory)}")
            shown.say(f"plan: {event.plan}")
        elif isinstance(event, Step):
            shown.step(event)
    raise AssertionError("a job ends with its picture or with an error")


def _await_estimate(events: Iterator[Event], shown: View) -> Estimated:
    """Show where a job waits until it is its turn to be estimated."""
    for event in events:
        if isinstance(event, Estimated):
            return event
        if isinstance(event, Waiting):
            shown.say(f"Waiting behind {event.ahead} other job(s).")
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


@contextmanager
def _painter(
    shown: View,
    settings: Settings,
    planes: Sequence[Pixels],
    address: str | None,
    artist: str,
    weights: Path | None,
    alone: str,
) -> Iterator[Iterator[Event]]:
    """The job's events, from a daemon if there is one; leaving early stops the job."""
    client = None if alone else _daemon(address, artist)
    if client is None:
        shown.say(f"Painting in this process ({alone or 'no daemon answers'}).")
        with closing(paint_here(settings, planes, weights)) as events:
            yield events
        return
    with client:
        shown.say(f"Painting with the daemon at {address or DEFAULT_ADDRESS}.")
        with closing(paint_through(client, settings, planes)) as events:
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


def _daemon(address: str | None, artist: str) -> Client | None:
    """The daemon that was named, which must answer; or the usual one, if it does."""
    if address is not None:
        return Client.connect(address, timeout=ANSWER_SECONDS, artist=artist)
    try:
        return Client.connect(DEFAULT_ADDRESS, timeout=PROBE_SECONDS, artist=artist)
    except NoDaemonError:
        return None
