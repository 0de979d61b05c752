"""``gramarye doctor``: what is wrong here, and the command that mends it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click

from gramarye_protocol import DEFAULT_ADDRESS, __version__

from ..doctor.finding import Finding
from .options import DAEMON, JSON

_SIGNS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "wrong": ("✗", "red")}
_INDENT = " " * 15


@click.command()
@DAEMON
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="The daemon's folder, where it is not the usual one.",
)
@JSON
def doctor(address: str | None, data_dir: Path | None, as_json: bool) -> int:
    """Check this installation, and say how to mend what is wrong; fails if anything is."""
    from ..doctor.checkup import checkup

    found: list[Finding] = []
    for finding in checkup(address or DEFAULT_ADDRESS, data_dir):
        found.append(finding)
        if not as_json:
            _tell(finding)
    wrong = [one for one in found if one.level == "wrong"]
    if as_json:
        findings = [dataclasses.asdict(one) for one in found]
        click.echo(json.dumps({"gramarye": __version__, "findings": findings}))
    elif wrong:
        click.echo(f"\n{len(wrong)} of {len(found)} checks found something wrong.")
    else:
        click.echo(f"\nNothing is wrong ({len(found)} checks).")
    return int(bool(wrong))


def _tell(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.level]
    click.echo(f"{click.style(sign, fg=colour)} {finding.check:12} {finding.sentence}")
    if finding.mend:
        click.echo(f"{_INDENT}→ {click.style(finding.mend, bold=True)}")
