"""The command line: ``gramarye serve``, ``stylize``, ``submit``, ``fetch``, …

Each command is a module of its own, read only when it is called, and none imports torch before it
computes, so that ``--help`` and ``status`` answer at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import click

from gramarye_protocol import __version__

COMMANDS = {
    "cancel": "Stop the jobs ID and forget their pictures.",
    "demo": "Start a daemon, paint one picture through it, and stop it again.",
    "doctor": "Check this installation, and say how to mend what is wrong; fails if anything is.",
    "drain": "Let the daemon finish what it works on, keep its queue, and end; waits until it has.",
    "fetch": "Write the result of the job ID, once it is done.",
    "jobs": "List your jobs at a daemon, and the results that wait to be fetched.",
    "keep": "Stop the job ID, and let the picture as it stands be its result.",
    "krita": "Install the plugin into Krita, take it out, or pack it for Krita's own importer.",
    "pause": "Put the job ID aside until resume; what it has done is kept.",
    "priority": "Give the job ID the priority N, from -100 to 100: higher ones go before your "
    "other jobs.",
    "recipes": "List the recipes with a line each; with NAME, print that one as TOML.",
    "resume": "Let the paused job ID go on.",
    "serve": "Run the daemon that paints for Krita and for the command line.",
    "service": "Have the daemon started when you log in, by the system.",
    "status": "Say what the daemon is doing; fails if none answers.",
    "stylize": "Paint CONTENT in the style of STYLE, or of several.",
    "submit": "Hand a job to a daemon, print its id, and leave.",
    "watch": "Show how the job ID gets on, until it is done.",
    "weights": "Fetch, import, list and verify VGG weights.",
}
"""Name → its line in ``--help``, which is the first sentence of its own help."""
INTERRUPTED = 130


class _Commands(click.Group):
    """Finds the command ``name`` in the module ``gramarye.cli.name``."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        return getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List them without reading their modules."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gramarye")
def gramarye() -> None:
    """Neural style transfer: paint one picture in the style of another."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status.

    0: done. 1: an error, told in one sentence. 2: wrong usage. 130: interrupted with Ctrl-C.
    """
    try:
        status = gramarye.main(arguments, prog_name="gramarye", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except Exception as error:
        sentence = getattr(error, "sentence", None)  # every error of our own has one
        if sentence is None:
            raise
        click.echo(f"Error: {sentence}", err=True)
        return 1
    return status if isinstance(status, int) else 0
