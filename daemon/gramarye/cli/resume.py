"""``gramarye resume``: let a paused job go on."""

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
def resume(job: str, address: str | None, artist: str, as_json: bool) -> None:
    """Let the paused job ID go on."""
    with named(address, artist) as client:
        tell_standing(client.resume(job), as_json)
