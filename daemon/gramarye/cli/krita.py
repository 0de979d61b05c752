"""``gramarye krita``: the plugin's side of this machine."""

from __future__ import annotations

import dataclasses
import platform
import sys
from pathlib import Path

import click

from ..krita.errors import KritaInstallError
from ..krita.places import Places, every_krita, kritas_here

KRITA_HOME = click.option(
    "--krita-home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Only the Krita with this resource folder.",
)
KRITARC = click.option(
    "--kritarc",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Krita's settings file, where it is not the usual one.",
)


@click.group()
def krita() -> None:
    """Install the plugin into Krita, take it out, or pack it for Krita's own importer."""


@krita.command("install")
@KRITA_HOME
@KRITARC
@click.option(
    "--wheels/--no-wheels",
    default=True,
    help="With ZeroMQ for Krita's Python, or without: the distribution's package "
    "python3-zmq then has to be there.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
def install_command(
    krita_home: Path | None, kritarc: Path | None, wheels: bool, dry_run: bool
) -> None:
    """Install or update the plugin in every Krita of yours, and enable it."""
    every = every_krita()
    chosen = _chosen(every, krita_home, kritarc) or kritas_here(every)
    launcher = every[0].launcher
    if dry_run:
        click.echo("Would write:")
        for one in chosen:
            _list(one, launcher)
        return
    _install(chosen, launcher, wheels)
    click.echo("Now restart Krita, open a picture and choose Filter ▸ Style Transfer…")


@krita.command("uninstall")
@KRITA_HOME
@KRITARC
@click.option(
    "--all", "everything", is_flag=True, help="The styles you kept and the dialog's choices too."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def uninstall_command(
    krita_home: Path | None, kritarc: Path | None, everything: bool, dry_run: bool
) -> None:
    """Take the plugin out of every Krita of yours, and all that it unpacked."""
    from ..krita.uninstall import left, uninstall

    every = every_krita()
    chosen = _chosen(every, krita_home, kritarc) or every
    click.echo("Would remove:" if dry_run else "Removed:")
    troubles: list[str] = []
    for one in chosen:
        for place in left(one, everything):
            click.echo(f"  {place}")
        if dry_run:
            continue
        try:
            uninstall(one, everything)
        except KritaInstallError as error:
            troubles.append(error.sentence)
    if troubles:
        raise click.ClickException("\n".join(troubles))
    click.echo("Gramarye itself, with its jobs and weights, goes with: pip uninstall gramarye")


@krita.command("zip")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the zip.",
)
@click.option(
    "--wheel",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Gramarye's own wheel for it, rather than one packed from what is installed here.",
)
def zip_command(output: Path, wheel: Path | None) -> None:
    """Pack the plugin as a zip for Krita's Tools ▸ Scripts ▸ Import Python Plugin from File."""
    from ..krita.wheels import fetch, pinned
    from ..krita.zip import write_zip

    try:
        write_zip(output, fetch(pinned(), say=_say), wheel)
    except KritaInstallError as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"Written: {output}")
    click.echo("In Krita choose Tools ▸ Scripts ▸ Import Python Plugin from File, then restart it.")


def _install(chosen: list[Places], launcher: Path, with_wheels: bool) -> None:
    from ..krita.contents import contents
    from ..krita.install import install

    troubles: list[str] = []
    files: list[Path] = []
    if with_wheels:
        try:
            files = _wheels()
        except KritaInstallError as error:
            troubles.append(
                f"{error.sentence} Meanwhile the plugin works where Krita's Python has ZeroMQ: "
                "with the distribution's package python3-zmq."
            )
    try:
        inside = contents(files)
    except KritaInstallError as error:
        raise click.ClickException(error.sentence) from error
    click.echo("Written:")
    for one in chosen:
        try:
            install(one, inside, launcher)
        except KritaInstallError as error:
            troubles.append(error.sentence)
        else:
            _list(one, launcher)
    if troubles:
        raise click.ClickException("\n".join(troubles))


def _wheels() -> list[Path]:
    """ZeroMQ for whatever Krita may run on this machine."""
    from ..krita.wheels import fetch, for_system, pinned

    here = for_system(pinned(), sys.platform, platform.machine())
    if not here:
        _say(
            f"There is no ZeroMQ to carry for {sys.platform} on {platform.machine()}: Krita's "
            "Python has to have it."
        )
    return fetch(here, say=_say)


def _chosen(every: list[Places], resources: Path | None, kritarc: Path | None) -> list[Places]:
    """The one Krita that the options name; none where they name none."""
    if resources is None and kritarc is None:
        return []
    one = every[0]
    if resources is not None:
        found = [known for known in every if known.resources == resources.absolute()]
        one = found[0] if found else _elsewhere(one, resources.absolute())
    if kritarc is not None:
        one = dataclasses.replace(one, kritarc=kritarc.absolute())
    return [one]


def _elsewhere(usual: Places, resources: Path) -> Places:
    """A Krita with a home of its own: the plugin's data lies beside its resources, as usual."""
    data = resources.parent / "gramarye"
    return dataclasses.replace(usual, kind="Krita", resources=resources, data=data)


def _list(one: Places, launcher: Path) -> None:
    click.echo(f"{one.kind}:")
    for place in (one.module, one.desktop, one.action, launcher):
        click.echo(f"  {place}")
    click.echo(f"  {one.kritarc}  (enables the plugin)")


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
