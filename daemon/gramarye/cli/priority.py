"""``gramarye priority``: which of one's own jobs goes first."""

from __future__ import annotations

import click

from gramarye_protocol.messages import LEAST_PRIORITY, MOST_PRIORITY

from .daemons import named
from .options import ARTIST, DAEMON, JOB, JSON
from .telling import tell_standing


@click.command(context_settings={"ignore_unknown_options": True})  # a number may be below zero
@JOB
@click.argument("number", metavar="N", type=click.IntRange(LEAST_PRIORITY, MOST_PRIORITY))
@DAEMON
@ARTIST
@JSON
def priority(job: str, number: int, address: str | None, artist: str, as_json: bool) -> None:
    """Give the job ID the priority N, from -100 to 100: higher ones go before your other jobs."""
    with named(address, artist) as client:
        tell_standing(client.prioritise(job, number), as_json)
