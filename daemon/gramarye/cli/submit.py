"""``gramarye submit``: hand a job to a daemon, and leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from gramarye_protocol import Sent

from ..service.client import Away, Back, Client
from .daemons import named
from .options import (
    ARTIST,
    CONTENT,
    DAEMON,
    DEPTH,
    JSON,
    PRIORITY,
    STYLES,
    WAIT,
    checked_id,
    job_options,
)
from .order import Order, files_of
from .painting import cancel


@click.command()
@CONTENT
@STYLES
@DAEMON
@ARTIST
@PRIORITY
@WAIT
@DEPTH
@click.option(
    "--id",
    "job",
    metavar="ID",
    callback=checked_id,
    help="The job's id. The same job under the same id is submitted once, however often it is "
    "tried; default: a new one.",
)
@JSON
@job_options
def submit(
    content: Path,
    styles: tuple[Path, ...],
    address: str | None,
    artist: str,
    priority: int,
    wait: float,
    depth: str | None,
    job: str | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Hand a job to a daemon, print its id, and leave. Takes every option of stylize that describes
    a job; the result comes with fetch.
    """
    if not artist:
        raise click.UsageError("A job that goes on by itself belongs to somebody: give --artist.")
    order = files_of(content, styles, **chosen).order(depth).with_memo()
    with named(address, artist) as client:
        client.require("follow")
        accepted = _hand_over(client, order, job, priority, wait)
    for notice in order.memo.notices:
        click.echo(notice, err=True)
    click.echo(json.dumps({"id": accepted}) if as_json else accepted)


def _hand_over(client: Client, order: Order, job: str | None, priority: int, wait: float) -> str:
    """Send the job until the daemon has it safely; returns its id. Ctrl-C in between cancels it."""
    planes = [(one.plane, one.data) for one in order.planes]
    job = client.submit(order.settings, planes, job, priority, pixels=False)
    try:
        for event in client.follow(job, wait=wait):
            if isinstance(event, Away):
                click.echo("The daemon went away; waiting for it to come back.", err=True)
            if not isinstance(event, Away | Back | Sent):
                break  # it is accepted; or it was before, and stands wherever it stands
    except KeyboardInterrupt:
        cancel(client, job)
        raise
    return job
