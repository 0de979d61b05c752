"""``gramarye weights``: the networks that see a style, on this machine."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from ..weights.catalogue import CATALOGUE, offer

JSON = click.option("--json", "as_json", is_flag=True, help="For programs: JSON on stdout.")


@click.group()
def weights() -> None:
    """Fetch, import, list and verify VGG weights."""


@weights.command()
@click.argument("network", type=click.Choice(list(CATALOGUE)))
@click.option(
    "--mirror",
    "mirrors",
    metavar="URL",
    multiple=True,
    help="Try this address first: the file's own, or a folder's that has it. "
    "May be given several times; $GRAMARYE_MIRRORS lists further ones.",
)
@click.option("--replace", is_flag=True, help="Even if weights of this network are here.")
@JSON
def fetch(network: str, mirrors: tuple[str, ...], replace: bool, as_json: bool) -> None:
    """Fetch the published weights of NETWORK; go on where the last time ended."""
    from ..engine.places import cache_directory
    from ..weights.fetch import fetch as fetch_weights
    from .transfer_view import transfer_view

    wanted = offer(network)
    try:
        with transfer_view() as report:
            done = fetch_weights(wanted, cache_directory(), mirrors, replace=replace, report=report)
    except KeyboardInterrupt:
        click.echo("What has arrived is kept: run the same command again to go on.", err=True)
        raise
    if as_json:
        _print_json(network=network, path=str(done.path), already=done.already, note=wanted.note)
        return
    click.echo(f"{network} {'is already' if done.already else 'is now'} at {done.path}")
    click.echo(wanted.note)


@weights.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--convention",
    type=click.Choice(["torchvision", "caffe"]),
    help="The input that the network expects, where the file does not show it.",
)
@click.option("--replace", is_flag=True, help="Even if other weights of this network are here.")
@JSON
def import_command(file: Path, convention: str | None, replace: bool, as_json: bool) -> None:
    """Keep the weights in FILE: a VGG-16 or VGG-19, torchvision's or converted from Caffe."""
    from ..engine.places import cache_directory
    from ..weights.importing import import_weights

    done = import_weights(file, cache_directory(), convention, replace=replace)
    if as_json:
        _print_json(**dataclasses.asdict(done) | {"path": str(done.path)})
        return
    click.echo(f"{done.network} is now at {done.path}")
    click.echo(f"Its input is {done.convention}'s: {done.evidence}.")


@weights.command("list")
@JSON
def list_command(as_json: bool) -> None:
    """Say which weights are on this machine, and where."""
    from ..weights.inventory import inventory

    items = inventory()
    if as_json:
        _print_json(weights=[dataclasses.asdict(one) | {"path": str(one.path)} for one in items])
        return
    if not items:
        click.echo("There are none: fetch them with gramarye weights fetch vgg19")
    for item in items:
        click.echo(
            f"{item.network}  {item.size / 1e6:.0f} MB  {item.convention}"
            f"{'' if item.used else '  (not used: another one comes first)'}"
        )
        click.echo(f"  {item.path}")
        if item.source:
            click.echo(f"  from {item.source}")


@weights.command()
@JSON
def verify(as_json: bool) -> int:
    """Read all weights on this machine and say whether they are sound; fails if any is not."""
    from ..weights.inventory import verify as verify_all

    verdicts = verify_all()
    if as_json:
        _print_json(
            weights=[
                {"path": str(one.item.path), "problem": one.problem, "mend": one.mend}
                for one in verdicts
            ]
        )
    else:
        for verdict in verdicts:
            click.echo(f"{verdict.item.path}: {'broken' if verdict.problem else 'sound'}")
            if verdict.problem:
                click.echo(f"  {verdict.problem}")
                click.echo(f"  To mend it: {verdict.mend}")
        if not verdicts:
            click.echo("There are none: fetch them with gramarye weights fetch vgg19")
    return int(any(one.problem for one in verdicts))


def _print_json(**fields: object) -> None:
    click.echo(json.dumps(fields))
