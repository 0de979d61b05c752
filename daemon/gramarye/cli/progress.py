"""How a job on its way is shown: a bar on a terminal, plain lines everywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ..service.pace import Pace
from .painting import Step
from .words import duration_text

PLAIN_SECONDS = 5.0
"""Between two lines where there is no terminal."""


class View(Protocol):
    """What shows steps."""

    def step(self, step: Step) -> None:
        """Show where the job stands."""

    def say(self, sentence: str) -> None:
        """Show a sentence without disturbing the rest."""


@contextmanager
def view() -> Iterator[View]:
    """The view that suits where stderr goes."""
    if not sys.stderr.isatty():
        yield PlainLines()
        return
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}"),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield _Bar(progress)


class PlainLines:
    """A line for the first step, the last, and now and then between."""

    def __init__(self) -> None:
        self._pace = Pace(PLAIN_SECONDS)

    def step(self, step: Step) -> None:
        """A line, unless the last one was only just printed."""
        last = step.number == step.total and "tile" not in step.stage
        if not self._pace.due(time.monotonic()) and not last:
            return
        stage = step.stage if "tile" in step.stage else ""
        words = (f"step {step.number} of {step.total}", stage, loss_text(step), left_text(step))
        click.echo(", ".join(word for word in words if word), err=True)

    def say(self, sentence: str) -> None:
        """The sentence, on a line of its own."""
        click.echo(sentence, err=True)


class _Bar:
    """One bar that moves."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=None, loss="", left="")

    def step(self, step: Step) -> None:
        self._progress.update(
            self._task,
            description=step.stage,
            completed=step.number,
            total=step.total,
            loss=loss_text(step),
            left=left_text(step),
        )

    def say(self, sentence: str) -> None:
        self._progress.console.print(sentence, markup=False, highlight=False)


def loss_text(step: Step) -> str:
    """The loss that is optimised, short."""
    return f"loss {step.losses['total']:.4g}" if "total" in step.losses else ""


def left_text(step: Step) -> str:
    """The time left, in the unit that a person would use."""
    return "" if step.seconds_left is None else f"{duration_text(step.seconds_left)} left"
