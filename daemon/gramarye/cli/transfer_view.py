"""How a file on its way is shown: a bar on a terminal, plain lines everywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from ..service.pace import Pace

PLAIN_SECONDS = 10.0
"""Between two lines where there is no terminal."""

Report = Callable[[str, int, int], None]
"""Told the stage, and how many bytes of how many are done."""


@contextmanager
def transfer_view() -> Iterator[Report]:
    """The report that suits where stderr goes."""
    if not sys.stderr.isatty():
        yield _plain_lines()
        return
    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield _bars(progress)


def _bars(progress: Progress) -> Report:
    """One bar a stage."""
    tasks: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = progress.add_task(stage, total=total)
        progress.update(tasks[stage], completed=done)

    return report


def _plain_lines() -> Report:
    """A line now and then, and one for the end of each stage."""
    pace = Pace(PLAIN_SECONDS)

    def report(stage: str, done: int, total: int) -> None:
        if pace.due(time.monotonic()) or done == total:
            click.echo(f"{stage}: {done / 1e6:.0f} of {total / 1e6:.0f} MB", err=True)

    return report
