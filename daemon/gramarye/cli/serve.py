"""``gramarye serve``: the daemon, until it is told to stop."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from gramarye_protocol import DEFAULT_ADDRESS

from ..service.store.quota import KEEP_HOURS


@click.command()
@click.option(
    "--bind",
    metavar="ADDRESS",
    default=DEFAULT_ADDRESS,
    show_default=True,
    help="Where to listen; tcp://127.0.0.1:* picks a free port and prints it.",
)
@click.option(
    "--devices",
    "--device",
    default="auto",
    show_default=True,
    help="One worker for each: auto, cpu, cuda, or several such as cuda:0,cuda:1,cpu.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Where jobs and results are kept; default: the user's data folder.",
)
@click.option(
    "--keep-hours",
    type=click.FloatRange(min=0),
    default=KEEP_HOURS,
    show_default=True,
    help="How long a result is kept that nobody fetches.",
)
@click.option(
    "--until-unused",
    "unused_seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=0.0,
    help="End once no client has been there for so long, as when Krita starts it; jobs are saved, "
    "and go on when the daemon is started again. Default: never.",
)
@click.option(
    "--idle-unload",
    type=click.FloatRange(min=0),
    metavar="MINUTES",
    help="Unload the networks when nobody has worked for so long, and free a GPU's memory; the "
    "next job loads them again. 0: never. Default: 10 with a GPU, else never.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="A VGG checkpoint to use before any in the caches.",
)
@click.option(
    "--log-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the log, in place of the terminal.",
)
@click.option(
    "--log-level",
    type=click.Choice(("debug", "info", "warning", "error"), case_sensitive=False),
    default="info",
    show_default=True,
)
def serve(
    bind: str,
    devices: str,
    data_dir: Path | None,
    keep_hours: float,
    unused_seconds: float,
    idle_unload: float | None,
    weights: Path | None,
    log_file: Path | None,
    log_level: str,
) -> int:
    """Run the daemon that paints for Krita and for the command line.

    Ctrl-C stops it: its jobs are kept and go on when it is started again.
    """
    from ..engine.places import missing
    from ..service.serve import serve as run

    if weights is not None and not weights.exists():  # better now than when the worker looks
        raise missing(weights)
    names = [name.strip() for name in devices.split(",") if name.strip()]
    if not names:
        raise click.UsageError("--devices names none; say auto, cpu or cuda.")
    if log_file is not None:
        _log_to(log_file)
    return run(
        bind,
        names,
        weights,
        log_level,
        data=data_dir,
        keep_hours=keep_hours,
        unused_seconds=unused_seconds,
        idle_minutes=idle_unload,
    )


def _log_to(file: Path) -> None:
    """Let this process's standard error, and that of its workers, be the end of a file."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise click.UsageError(f"{file} cannot be written ({error.strerror}).") from error
    os.dup2(descriptor, 2)
    os.close(descriptor)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)
