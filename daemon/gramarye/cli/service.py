"""``gramarye service``: the daemon as something that the system starts at login."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.core import ParameterSource

from ..service.errors import ServiceError
from .serve import serve

ADDRESS = "--bind"


@click.group()
def service() -> None:
    """Have the daemon started when you log in, by the system.

    That is systemd, launchd or Windows' task scheduler.
    """


@service.command(context_settings={"ignore_unknown_options": True})
@click.option("--dry-run", is_flag=True, help="Only print the file and the commands.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[OPTIONS OF SERVE]...")
def install(dry_run: bool, options: tuple[str, ...]) -> None:
    """Start the daemon now and at every login; options are those of gramarye serve."""
    from ..autostart.installing import definition
    from ..autostart.installing import install as hand_over

    words, address = serve_words(options)
    wanted = definition(words)
    if dry_run:
        encoding = "utf-16" if wanted.content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        click.echo(f"Would write {wanted.file}:\n\n{wanted.content.decode(encoding)}")
        click.echo("Would run:")
        for command in wanted.start:
            click.echo(f"  {' '.join(command)}")
        return
    if hand_over(wanted, address):
        click.echo(
            f"The daemon answers at {address}, and {wanted.system} starts it at every login."
        )
    else:
        click.echo(f"{wanted.system} has the daemon, but nothing answers at {address} yet.")
    click.echo(f"Its log: {wanted.log}")
    if wanted.system == "systemd":
        click.echo("To have it run while nobody is logged in: loginctl enable-linger")


@service.command()
@click.option("--dry-run", is_flag=True, help="Only print the file and the commands.")
def uninstall(dry_run: bool) -> None:
    """End the daemon, and have it started no more. Its jobs are kept."""
    from ..autostart.installing import definition
    from ..autostart.installing import uninstall as take_back

    wanted = definition(_plain_words())
    if dry_run:
        click.echo(f"Would remove {wanted.file} and run:")
        for command in (*wanted.stop, *wanted.forget):
            click.echo(f"  {' '.join(command)}")
        return
    if take_back(wanted):
        click.echo(f"The daemon has ended, and {wanted.system} starts it no more.")
    else:
        click.echo(f"{wanted.system} does not start a daemon: there was nothing to remove.")


@service.command()
def status() -> int:
    """Say whether the system starts the daemon; fails if it does not."""
    from ..autostart.installing import definition, require, succeeds

    wanted = definition(_plain_words())
    require(wanted)
    installed, known = wanted.file.exists(), succeeds(wanted.known)
    if not installed and not known:
        click.echo(f"{wanted.system} does not start a daemon. To have it: gramarye service install")
    elif not known:
        click.echo(f"{wanted.file} is there, but the daemon does not run. Its log: {wanted.log}")
    else:
        click.echo(f"{wanted.system} runs the daemon: {wanted.file}")
        click.echo(f"Its log: {wanted.log}")
    return int(not known)


def serve_words(options: tuple[str, ...]) -> tuple[list[str], str]:
    """The words that start the daemon with these options of ``serve``, and its address.

    Paths are made whole, because the system starts it in another folder.

    Raises:
        click.UsageError: ``serve`` does not take them. ServiceError: an unusable address.
    """
    from ..service.addresses import check_address

    context = serve.make_context("gramarye service install", list(options))
    words = [sys.executable, "-m", "gramarye", "serve", ADDRESS, context.params["bind"]]
    address = check_address(context.params["bind"])
    if address.endswith(":*"):
        raise ServiceError(
            "address", "Krita must know where the daemon is: name a port, not *, with --bind."
        )
    for option in serve.params:
        name, value = str(option.name), context.params.get(str(option.name))
        given = context.get_parameter_source(name) not in (None, ParameterSource.DEFAULT)
        if not given or option.opts[0] == ADDRESS:
            continue
        if isinstance(option, click.Option) and option.is_flag:
            words += [option.opts[0]] if value else []
        else:
            words += [option.opts[0], str(value.absolute() if isinstance(value, Path) else value)]
    return words, address


def _plain_words() -> list[str]:
    return [sys.executable, "-m", "gramarye", "serve"]
