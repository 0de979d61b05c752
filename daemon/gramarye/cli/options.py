"""The options that describe a job, and the settings that they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gramarye_protocol import LONGEST_ARTIST, GarbageError, Settings, login_name
from gramarye_protocol.checks import build, identifier
from gramarye_protocol.messages import (
    COLOURS,
    DISTANCES,
    DTYPES,
    FEATURES,
    INITS,
    LEAST_PRIORITY,
    MOST_PRIORITY,
    OPTIMISERS,
    QUALITIES,
    STATISTICS,
    TILINGS,
)

from .kinds import Bytes, Either

Function = TypeVar("Function", bound=Callable[..., Any])


def checked_artist(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """A name that the protocol takes.

    Raises:
        click.BadParameter: it is too long.
    """
    if len(name) > LONGEST_ARTIST:
        raise click.BadParameter(f"a name has at most {LONGEST_ARTIST} letters.")
    return name


def checked_id(_context: click.Context, _option: click.Parameter, job: Any) -> Any:
    """A job's id, or several.

    Raises:
        click.BadParameter: it cannot be one.
    """
    try:
        for one in job if isinstance(job, tuple) else (job,):
            if one is not None:
                identifier("ID", one)
    except GarbageError as error:
        raise click.BadParameter(f"{error.detail}.") from error
    return job


DAEMON = click.option(
    "--daemon",
    "address",
    metavar="ADDRESS",
    help="Where the daemon answers, such as tcp://127.0.0.1:5599.",
)
ARTIST = click.option(
    "--artist",
    metavar="NAME",
    envvar="GRAMARYE_ARTIST",
    default=login_name,
    callback=checked_artist,
    help="Whose job it is, at a daemon that several share; default: $GRAMARYE_ARTIST, or your "
    "login name.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="For programs: print JSON.")
WAIT = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    default=60.0,
    show_default=True,
    help="How long to wait for a daemon that went away in the middle.",
)
PRIORITY = click.option(
    "--priority",
    type=click.IntRange(LEAST_PRIORITY, MOST_PRIORITY),
    default=0,
    show_default=True,
    help="Higher ones go before your other jobs at a daemon.",
)
DEPTH = click.option(
    "--depth",
    type=click.Choice(("8", "16", "float")),
    help="Bits a channel of the result; default: CONTENT's.",
)
PICTURE = click.Path(path_type=Path)
CONTENT = click.argument("content", type=PICTURE)
STYLES = click.argument("styles", type=PICTURE, nargs=-1, required=True, metavar="STYLE...")
OUTPUT = click.option(
    "-o", "--output", required=True, type=PICTURE, help=".png, .jpg, .tiff or .webp"
)
JOB = click.argument("job", metavar="ID", callback=checked_id)
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
    click.option(
        "--recipe",
        metavar="NAME|FILE",
        help="A recipe's name (gramarye recipes lists them), its .json or .toml file, or a result "
        "to do the same again.",
    ),
    FEATURES_OPTION,
    QUALITY,
    SIZE,
    click.option("--steps", type=int, help="Steps at the full size, whatever the quality says."),
    click.option("--strength", type=float, help="Of the style, from 0 to 100; 50 is the recipe's."),
    click.option("--content-weight", type=float, help="The raw α, in place of the strength's."),
    click.option("--style-weight", type=float, help="The raw β, in place of the recipe's."),
    click.option(
        "--init",
        metavar="|".join(("noise", "content", "palette", "FILE")),
        help="What the painting starts from.",
    ),
    click.option("--seed", type=int, help="For another result of the same kind."),
    click.option("--optimiser", type=click.Choice(OPTIMISERS)),
    click.option("--averaging", type=float, help="Decay of Adam's averaged iterates, such as 0.9."),
    click.option("--content-layer", "content_layers", multiple=True, help="May be repeated."),
    click.option("--style-layer", "style_layers", multiple=True, help="May be repeated."),
    click.option("--content-distance", type=click.Choice(DISTANCES)),
    click.option("--style-distance", type=click.Choice(DISTANCES)),
    click.option("--statistic", "style_statistic", type=click.Choice(STATISTICS)),
    click.option("--style-scale", type=float, help="Size of the strokes; 2 doubles them."),
    click.option("--augment/--no-augment", default=None, help="Use the style in every direction."),
    click.option("--total-variation", type=float, help="Smoothness."),
    click.option("--keep-colours", type=click.Choice(COLOURS), help="The content's, and how."),
    click.option(
        "--match-histogram/--no-match-histogram",
        default=None,
        help="Give the result the style's exact colours.",
    ),
    click.option(
        "--dtype", type=click.Choice(DTYPES), help="What to compute in; default: what is quickest."
    ),
    click.option(
        "--tile",
        type=Either(TILINGS),
        metavar="auto|off|N",
        default="auto",
        show_default=True,
        help="Work in tiles of N pixels; auto does where memory asks for it.",
    ),
    click.option(
        "--max-memory",
        type=Bytes(),
        metavar="SIZE",
        help="The most memory that the job may take, such as 6GiB or 800MB.",
    ),
    click.option(
        "--share", "style_shares", type=float, multiple=True, help="Of each STYLE, in their order."
    ),
    click.option(
        "--region",
        "regions",
        multiple=True,
        metavar="MASK=N",
        help="Paint where MASK is white in the style of the Nth STYLE; N 0 keeps the content.",
    ),
    click.option(
        "--style-mask",
        "style_masks",
        multiple=True,
        metavar="MASK=N",
        help="Take only what is white in MASK from the Nth STYLE.",
    ),
)

Pictures = list[tuple[str, Path]]
"""Roles with their files."""


def job_options(function: Function) -> Function:
    """Give a command every option that describes a job."""
    for option in reversed(_JOB_OPTIONS):
        function = option(function)
    return function


def make_settings(
    init: str | None = None,
    recipe: str | None = None,
    regions: tuple[str, ...] = (),
    style_masks: tuple[str, ...] = (),
    **chosen: Any,
) -> tuple[Settings, Pictures]:
    """The settings that were chosen, and the pictures that they name.

    Raises:
        click.UsageError: a value that no job can have. SettingsError: an unreadable recipe.
    """
    pictures: Pictures = []
    if init is not None and (init not in INITS or init == "image"):
        pictures.append(("init", Path(init)))
        init = "image"
    masks = {"region": [_pair(one) for one in regions]}
    masks["style-mask"] = [_pair(one) for one in style_masks]
    pictures += [(role, file) for role, pairs in masks.items() for file, _ in pairs]
    chosen["region_styles"] = tuple(number - 1 for _, number in masks["region"])
    chosen["style_mask_styles"] = tuple(number - 1 for _, number in masks["style-mask"])
    given = {name: value for name, value in {**chosen, "init": init}.items() if value is not None}
    try:
        return build(Settings, {**_from_recipe(recipe), **given}, "--"), pictures
    except GarbageError as error:
        raise click.UsageError(_as_option(error.detail)) from error


def _from_recipe(recipe: str | None) -> dict[str, Any]:
    """A recipe by name as it is, from a file as JSON; a result also brings its size and threads."""
    if recipe is None:
        return {}
    from ..recipes import recipe_settings  # pydantic comes with it

    return recipe_settings(recipe)


def _pair(text: str) -> tuple[Path, int]:
    """``MASK=N``."""
    file, _, number = text.rpartition("=")
    if not file or not number.isdecimal():
        raise click.UsageError(f"{text!r} is not MASK=N: name a mask's file and a style's number.")
    return Path(file), int(number)


def _as_option(detail: str) -> str:
    """``--.content_weight must be …`` → ``--content-weight must be …``."""
    name, _, rest = detail.partition(" ")
    return f"{name.replace('--.', '--').replace('_', '-')} {rest}"
