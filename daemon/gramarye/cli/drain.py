"""``gramarye drain``: let a daemon finish what it works on, and end."""

from __future__ import annotations

import json
import time

import click

from gramarye_protocol import DEFAULT_ADDRESS, Status

from ..service.errors import LostDaemonError, NoDaemonError
from .daemons import named
from .options import ARTIST, DAEMON, JSON

LOOK_SECONDS = 1.0


@click.command()
@DAEMON
@ARTIST
@JSON
def drain(address: str | None, artist: str, as_json: bool) -> None:
    """Let the daemon finish what it works on, keep its queue, and end; waits until it has.

    Jobs that wait go on when it is started again, in a newer version if you like. New ones are
    refused meanwhile. Ctrl-C stops the waiting and not the draining.
    """
    with named(address, artist) as client:
        status: Status | None = client.drain()
    told = ""
    kept = 0
    while status is not None:
        kept = status.queued + status.suspended
        words = f"{status.running} job(s) to finish; {kept} stay in the queue."
        if words != told:
            click.echo(words, err=True)
        told = words
        time.sleep(LOOK_SECONDS)
        status = _still_draining(address, artist)
    if as_json:
        click.echo(json.dumps({"address": address or DEFAULT_ADDRESS, "kept": kept}))
    else:
        click.echo("The daemon has ended.")


def _still_draining(address: str | None, artist: str) -> Status | None:
    """What the daemon does; ``None``: it has ended, and another may have been started since."""
    try:
        with named(address, artist) as client:
            status = client.status()
    except (NoDaemonError, LostDaemonError):
        return None
    return status if status.draining else None
