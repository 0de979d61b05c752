"""``gramarye serve``: the daemon, until it is told to stop."""

from __future__ import annotations

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
    "unused_minutes",
    metavar="MINUTES",
    type=click.FloatRange(min=0),
    default=0.0,
    help="End after so long without a client and without a job to do; default: never.",
)
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    help="A VGG checkpoint to use before any in the caches.",
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
    unused_minutes: float,
    weights: Path | None,
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
    return run(
        bind,
        names,
        weights,
        log_level,
        data=data_dir,
        keep_hours=keep_hours,
        unused_minutes=unused_minutes,
    )
