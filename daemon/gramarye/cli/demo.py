"""``gramarye demo``: a daemon, a picture and a painting, all the real thing, in one command."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import click
from PIL import Image

from gramarye_protocol import Settings

from .. import samples
from ..pictures import load, save
from ..raster import Pixels
from ..service.client import Client
from .daemon_process import daemon_process
from .daemons import ANSWER_SECONDS
from .options import PICTURE, QUALITY, make_settings
from .painting import Painted, paint_through
from .progress import view
from .watching import tell, watch

DEMO_SIZE = 512


@click.command()
@click.option("--content", type=PICTURE, help="A picture of your own, in place of the sample.")
@click.option("--style", type=PICTURE, help="A painting of your own, in place of the sample.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=PICTURE,
    default="gramarye-demo",
    show_default=True,
    help="The folder to write to.",
)
@click.option("--size", type=int, default=DEMO_SIZE, show_default=True, help="Long side.")
@QUALITY
def demo(content: Path | None, style: Path | None, folder: Path, size: int, quality: str) -> None:
    """Start a daemon, paint one picture through it, and stop it again.

    Writes content.png, style.png and result.png.
    """
    settings, _ = make_settings(size=size, quality=quality)
    folder = _made(folder)
    planes = [
        _picture("content", content, partial(samples.content, size=size), folder),
        _picture("style", style, partial(samples.painting, size=size), folder),
    ]
    began = time.monotonic()
    click.echo("Starting a daemon …", err=True)
    result = folder / "result.png"
    with daemon_process(folder / "daemon.log") as address:
        painted = _paint(address, settings, planes, result)
    tell(painted, result, time.monotonic() - began)
    click.echo(f"Look at {folder}: content.png, style.png and result.png.")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(
            f"The folder {folder} cannot be made ({error.strerror}). Choose another with -o."
        ) from error
    return folder


def _picture(
    role: str, given: Path | None, sample: Callable[[], Image.Image], folder: Path
) -> Pixels:
    """The picture that was given, or the sample; a copy of it lies beside the result."""
    copy = folder / f"{role}.png"
    if given is None:
        sample().save(copy)
        return load(copy, role)
    pixels = load(given, role)
    save(pixels, copy)
    return pixels


def _paint(address: str, settings: Settings, planes: list[Pixels], result: Path) -> Painted:
    with (
        Client.connect(address, timeout=ANSWER_SECONDS) as client,
        view() as shown,
        closing(paint_through(client, settings, planes)) as events,
    ):
        painted = watch(events, shown)
        save(painted.pixels, result, painted.made_with)
        next(events, None)  # the picture is kept
    return painted
