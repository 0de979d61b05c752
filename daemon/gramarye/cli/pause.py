"""``gramarye pause``: put a job aside."""

from __future__ import annotations

import click

from .daemons import named
from .options import ARTIST, DAEMON, JOB, JSON
from .telling import tell_standing


@click.command()
@JOB
@DAEMON
@ARTIST
@JSON
def pause(job: str, address: str | None, artist: str, as_json: bool) -> None:
    """Put the job ID aside until resume; what it has done is kept."""
    with named(address, artist) as client:
        tell_standing(client.pause(job), as_json)
