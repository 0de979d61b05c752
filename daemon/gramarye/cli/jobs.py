"""``gramarye jobs``: what waits, what is worked on, and how far it is."""

from __future__ import annotations

import dataclasses
import json

import click

from gramarye_protocol import JobReport

from .daemons import named
from .options import ARTIST, DAEMON, JSON
from .words import duration_text


@click.command()
@click.option("--all", "everybody", is_flag=True, help="Everybody's, also those that have ended.")
@DAEMON
@ARTIST
@JSON
def jobs(everybody: bool, address: str | None, artist: str, as_json: bool) -> None:
    """List your jobs at a daemon, and the results that wait to be fetched."""
    with named(address, artist) as client:
        reports = client.jobs(everybody)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(report) for report in reports]))
        return
    if not reports:
        click.echo("No jobs.", err=True)
        return
    rows = [("ID", "STATE", "PLACE", "DONE", "LEFT", "ARTIST", "")]
    rows += [_row(report) for report in reports]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _row(report: JobReport) -> tuple[str, ...]:
    left = "" if report.seconds_left is None else duration_text(report.seconds_left)
    return (
        report.id,
        report.state,
        "" if report.position is None else str(report.position + 1),
        f"{report.progress:.0%}",
        left,
        report.artist,
        report.sentence,
    )
