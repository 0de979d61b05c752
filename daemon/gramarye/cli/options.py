"""The options that describe a job, and the settings that they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gramarye_protocol import GarbageError, Settings
from gramarye_protocol.checks import build
from gramarye_protocol.messages import DISTANCES, FEATURES, INITS, OPTIMISERS, QUALITIES

Function = TypeVar("Function", bound=Callable[..., Any])

DAEMON = click.option(
    "--daemon",
    "address",
    metavar="ADDRESS",
    help="Where the daemon answers, such as tcp://127.0.0.1:5599.",
)
FEATURES_OPTION = click.option(
    "--features",
    type=click.Choice(FEATURES),
    default="auto",
    show_default=True,
    help="What sees the style; auto takes VGG-19 if its weights are here.",
)
QUALITY = click.option("--quality", type=click.Choice(QUALITIES), default="good", show_default=True)
SIZE = click.option("--size", type=int, help="Long side of the result; default: the content's own.")

_JOB_OPTIONS = (
    FEATURES_OPTION,
    QUALITY,
    SIZE,
    click.option("--steps", type=int, help="Steps at the full size, whatever the quality says."),
    click.option(
        "--strength",
        type=float,
        default=50.0,
        show_default=True,
        help="Of the style, from 0 to 100.",
    ),
    click.option("--content-weight", type=float, help="The raw α, in place of the strength's."),
    click.option("--style-weight", type=float, help="The raw β, in place of the strength's."),
    click.option(
        "--init",
        default="palette",
        show_default=True,
        metavar="|".join(("noise", "content", "palette", "FILE")),
        help="What the painting starts from.",
    ),
    click.option("--seed", type=int, default=0, show_default=True),
    click.option("--optimiser", type=click.Choice(OPTIMISERS), default="lbfgs", show_default=True),
    click.option("--content-layer", "content_layers", multiple=True, help="May be repeated."),
    click.option("--style-layer", "style_layers", multiple=True, help="May be repeated."),
    click.option(
        "--content-distance", type=click.Choice(DISTANCES), default="mse", show_default=True
    ),
    click.option(
        "--style-distance", type=click.Choice(DISTANCES), default="mse", show_default=True
    ),
)


def job_options(function: Function) -> Function:
    """Give a command every option that describes a job."""
    for option in reversed(_JOB_OPTIONS):
        function = option(function)
    return function


def make_settings(init: str = "palette", **chosen: Any) -> tuple[Settings, Path | None]:
    """The settings that were chosen, and the picture to start from if one was named.

    Raises:
        click.UsageError: a value that no job can have.
    """
    start = None
    if init not in INITS or init == "image":
        init, start = "image", Path(init)
    try:
        return build(Settings, {**chosen, "init": init}, "--"), start
    except GarbageError as error:
        raise click.UsageError(_as_option(error.detail)) from error


def _as_option(detail: str) -> str:
    """``--.content_weight must be …`` → ``--content-weight must be …``."""
    name, _, rest = detail.partition(" ")
    return f"{name.replace('--.', '--').replace('_', '-')} {rest}"
