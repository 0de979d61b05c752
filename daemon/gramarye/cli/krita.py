"""``gramarye krita``: the plugin's side of this machine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from ..krita_install import KritaInstallError, Places, install, usual_places


@click.group()
def krita() -> None:
    """Install the plugin into Krita."""


@krita.command("install")
@click.option(
    "--krita-home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Krita's resource folder, where it is not the usual one.",
)
@click.option(
    "--kritarc",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Krita's settings file, where it is not the usual one.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
def install_command(krita_home: Path | None, kritarc: Path | None, dry_run: bool) -> None:
    """Copy the plugin into Krita's resources and enable it."""
    places = usual_places()
    if krita_home is not None:
        places = dataclasses.replace(places, resources=krita_home.absolute())
    if kritarc is not None:
        places = dataclasses.replace(places, kritarc=kritarc.absolute())
    if dry_run:
        click.echo("Would write:")
        _list(places)
        return
    try:
        install(places)
    except KritaInstallError as error:
        raise click.ClickException(error.sentence) from error
    click.echo("Written:")
    _list(places)
    click.echo("Now restart Krita, open a picture and choose Filter ▸ Style Transfer…")


def _list(places: Places) -> None:
    for place in (places.module, places.desktop, places.launcher):
        click.echo(f"  {place}")
    click.echo(f"  {places.kritarc}  (enables the plugin)")
