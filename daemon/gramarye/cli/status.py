"""``gramarye status``: is a daemon there, and what is it doing?"""

from __future__ import annotations

import dataclasses
import json

import click

from gramarye_protocol import DEFAULT_ADDRESS

from ..service.client import Client
from .options import DAEMON, JSON

PATIENCE_SECONDS = 2.0
"""For the hello and for the report each: an answer or an error within 5 s."""


@click.command()
@DAEMON
@JSON
def status(address: str | None, as_json: bool) -> None:
    """Say what the daemon is doing; fails if none answers."""
    address = address or DEFAULT_ADDRESS
    with Client.connect(address, timeout=PATIENCE_SECONDS) as client:
        report = client.status(timeout=PATIENCE_SECONDS)
    if as_json:
        click.echo(json.dumps({"address": address, **dataclasses.asdict(report)}))
        return
    click.echo(f"{report.software} at {address}")
    if report.features:
        click.echo(f"  device    {report.device}")
        click.echo(f"  features  {report.features}")
    else:
        click.echo("  loading its networks; jobs are taken already and wait until it is ready")
    if report.asleep:
        click.echo("  asleep: nobody works, so its memory is free; the next job wakes it")
    begun = f", {report.suspended} begun and put aside" if report.suspended else ""
    click.echo(f"  jobs      {report.running} running{begun}, {report.queued} waiting")
    if report.draining:
        click.echo("  draining: it takes no new jobs, and ends when what runs is done")
    click.echo(f"  clients   {report.clients}")
    click.echo(f"  up for    {report.seconds_up:.0f} s")
    if report.notice:
        click.echo(report.notice)
