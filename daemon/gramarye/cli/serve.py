"""``gramarye serve``: the daemon, until it is told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from gramarye_protocol import DEFAULT_ADDRESS


@click.command()
@click.option(
    "--bind",
    metavar="ADDRESS",
    default=DEFAULT_ADDRESS,
    show_default=True,
    help="Where to listen; tcp://127.0.0.1:* picks a free port and prints it.",
)
@click.option(
    "--device",
    default="auto",
    show_default=True,
    help="auto, cpu, cuda, cuda:1, …; cuda:0,cuda:1 share large canvases.",
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
def serve(bind: str, device: str, weights: Path | None, log_level: str) -> int:
    """Run the daemon that paints for Krita and for the command line. Ctrl-C stops it."""
    from ..engine.places import missing
    from ..service.serve import serve as run

    if weights is not None and not weights.exists():  # better now than when the worker looks
        raise missing(weights)
    return run(bind, device, weights, log_level)
