"""``gramarye keep``: stop a job, and keep the picture as it stands."""

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
def keep(job: str, address: str | None, artist: str, as_json: bool) -> None:
    """Stop the job ID, and let the picture as it stands be its result. It has the size and depth
    that the result would have had, and fetch writes it.
    """
    with named(address, artist) as client:
        tell_standing(client.keep(job), as_json)
