"""``gramarye drain``: let a daemon finish what it works on, and end."""

from __future__ import annotations

import json
import time

import click

from gramarye_protocol import DEFAULT_ADDRESS, JobReport

from ..service.client import Client
from ..service.errors import LostDaemonError, NoDaemonError
from ..service.pace import Pace
from ..service.store.lifecycle import UNFINISHED, State
from .daemons import named
from .options import ARTIST, DAEMON, JSON
from .words import duration_text

LOOK_SECONDS = 1.0
TELL_SECONDS = 5.0


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
        client.require("drain")
        jobs: list[JobReport] | None = _unfinished(client)
        client.drain()
    pace, kept = Pace(TELL_SECONDS), 0
    while jobs is not None:
        running = [job for job in jobs if job.state == "running"]
        kept = len(jobs) - len(running)
        if pace.due(time.monotonic()):
            click.echo(f"{len(running)} job(s) to finish; {kept} stay in the queue.", err=True)
            for job in running:
                click.echo(f"  {_words(job)}", err=True)
        time.sleep(LOOK_SECONDS)
        jobs = _left(address, artist)
    if as_json:
        click.echo(json.dumps({"address": address or DEFAULT_ADDRESS, "kept": kept}))
    else:
        click.echo("The daemon has ended.")


def _unfinished(client: Client) -> list[JobReport]:
    """Everybody's jobs that have not ended."""
    return [job for job in client.jobs(everybody=True) if State(job.state) in UNFINISHED]


def _left(address: str | None, artist: str) -> list[JobReport] | None:
    """The jobs that a draining daemon has left; ``None``: it has ended, and another may have been
    started since."""
    try:
        with named(address, artist) as client:
            return _unfinished(client) if client.status().draining else None
    except (NoDaemonError, LostDaemonError):
        return None


def _words(job: JobReport) -> str:
    left = "" if job.seconds_left is None else f", about {duration_text(job.seconds_left)} left"
    return f"{job.id} of {job.artist}: {job.progress:.0%}{left}"
