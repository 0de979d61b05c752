"""How a job that was asked about is told."""

from __future__ import annotations

import dataclasses
import json

import click

from gramarye_protocol import JobReport

from .words import standing_text


def tell_standing(report: JobReport, as_json: bool) -> None:
    """One job's standing, for people or for programs."""
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(report)))
    else:
        click.echo(f"{report.id}: {standing_text(report)}")
