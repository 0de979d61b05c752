"""``gramarye fetch``: a submitted job's result, as a file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gramarye_protocol import Accepted, Finished, Progressed, Result, Standing

from ..pictures import check_output, save
from ..service.client import Client
from .daemons import named
from .errors import NotDoneError
from .memo import memo_of
from .options import ARTIST, DAEMON, JOB, JSON, OUTPUT, WAIT
from .painting import Painted, painted, told
from .progress import view
from .watching import tell, watch_all


@click.command()
@JOB
@OUTPUT
@click.option("--no-wait", is_flag=True, help="Fail if the job is not done yet.")
@WAIT
@DAEMON
@ARTIST
@JSON
def fetch(
    job: str,
    output: Path,
    no_wait: bool,
    wait: float,
    address: str | None,
    artist: str,
    as_json: bool,
) -> None:
    """Write the result of the job ID, once it is done.

    It is the file that stylize would have written. The daemon keeps the result until the file is
    there.
    """
    check_output(output, 1)
    with named(address, artist) as client:
        result = _announced(client, job) if no_wait else _awaited(client, job, wait)
        memo, plane = memo_of(result.plane), result.plane
        depth = memo.encoding.depth if memo.asked else None
        check_output(output, max(plane.width, plane.height), depth)
        done = _downloaded(client, job, wait)
        notice = save(done.pixels, output, done.made_with, memo.encoding)
        client.received(job)
    notices = [*memo.notices, *filter(None, [notice])]
    if as_json:
        click.echo(json.dumps(_report(job, output, done, notices)))
        return
    tell(done, output, done.seconds)
    for sentence in notices:
        click.echo(sentence, err=True)


def _awaited(client: Client, job: str, wait: float) -> Result:
    """The job's result without its pixels, once it is done."""
    with view() as shown:
        result = watch_all(told(client.follow(job, pixels=False, wait=wait)), shown)
    assert isinstance(result, Result)
    return result


def _announced(client: Client, job: str) -> Result:
    """The job's result without its pixels.

    Raises:
        NotDoneError: it is not there yet.
    """
    for event in client.follow(job, pixels=False, wait=0):
        if isinstance(event, Result):
            return event
        if isinstance(event, Accepted | Standing | Progressed):
            break
    raise NotDoneError(job)


def _downloaded(client: Client, job: str, wait: float) -> Painted:
    """The result with its pixels."""
    with view() as shown:
        done = watch_all(told(client.follow(job, wait=wait)), shown)
    assert isinstance(done, Finished)
    return painted(done)


def _report(job: str, output: Path, done: Painted, notices: list[str]) -> dict[str, object]:
    plane = done.pixels.plane
    return {
        "id": job,
        "output": str(output),
        "width": plane.width,
        "height": plane.height,
        "features": done.features,
        "seconds": done.seconds,
        "notices": [*filter(None, [done.notice]), *notices],
    }
