"""``gramarye cancel``: stop jobs, wherever they stand."""

from __future__ import annotations

import json

import click

from ..service.client import Client
from ..service.errors import RefusedError
from .daemons import named
from .options import ARTIST, DAEMON, JSON, checked_id


@click.command()
@click.argument("jobs", metavar="ID...", nargs=-1, required=True, callback=checked_id)
@DAEMON
@ARTIST
@JSON
def cancel(jobs: tuple[str, ...], address: str | None, artist: str, as_json: bool) -> int:
    """Stop the jobs ID and forget their pictures. Those that cannot be stopped are named, and the
    others are stopped all the same.
    """
    with named(address, artist) as client:
        ends = [_cancelled(client, job) for job in jobs]
    if as_json:
        click.echo(json.dumps(ends))
    for end in ends:
        if "sentence" in end:
            click.echo(f"Error: {end['id']}: {end['sentence']}", err=True)
        elif not as_json:
            click.echo(f"{end['id']}: cancelled.")
    return int(any("sentence" in end for end in ends))


def _cancelled(client: Client, job: str) -> dict[str, str]:
    """What became of one job."""
    try:
        client.stop(job)
    except RefusedError as error:
        return {"id": job, "error": error.code, "sentence": error.sentence}
    return {"id": job, "state": "cancelled"}
