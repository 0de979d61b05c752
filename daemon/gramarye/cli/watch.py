"""``gramarye watch``: how a job gets on."""

from __future__ import annotations

import json
from contextlib import nullcontext

import click

from .daemons import named
from .options import ARTIST, DAEMON, JOB, JSON, WAIT
from .painting import Step, told
from .progress import view
from .watching import watch_all


@click.command()
@JOB
@WAIT
@DAEMON
@ARTIST
@JSON
def watch(job: str, wait: float, address: str | None, artist: str, as_json: bool) -> None:
    """Show how the job ID gets on, until it is done. Ctrl-C leaves the job alone.

    With --json it prints one object a line.
    """
    with (
        named(address, artist) as client,
        nullcontext(_JsonLines()) if as_json else view() as shown,
    ):
        watch_all(told(client.follow(job, pixels=False, wait=wait)), shown)
    done = f"{job}: done. Its result comes with: gramarye fetch {job} -o FILE"
    click.echo(json.dumps({"id": job, "state": "done"}) if as_json else done)


class _JsonLines:
    """For programs: every step, and every sentence."""

    def step(self, step: Step) -> None:
        """Where the job stands."""
        click.echo(
            json.dumps(
                {
                    "step": step.number,
                    "steps": step.total,
                    "stage": step.stage,
                    "losses": step.losses,
                    "seconds_left": step.seconds_left,
                }
            )
        )

    def say(self, sentence: str) -> None:
        """What happened."""
        click.echo(json.dumps({"said": sentence}))
