"""``gramarye recipes``: what there is to choose from, and one of them as a file to change."""

from __future__ import annotations

import click

from .options import FEATURES_OPTION, QUALITY


@click.command()
@click.argument("name", required=False)
@FEATURES_OPTION
@QUALITY
def recipes(name: str | None, features: str, quality: str) -> None:
    """List the recipes with a line each; with NAME, print that one as TOML.

    Save what is printed as a .toml file, change it, and use it with stylize --recipe FILE.
    """
    from ..engine.presets import DEFAULT, NOT_THE_PAPERS, PRESETS, preset

    kind = "builtin" if features == "auto" else features
    if name is not None:
        from ..recipes import recipe_toml

        click.echo(recipe_toml(preset(kind, quality, name)), nl=False)  # type: ignore[arg-type]
        return
    for key, one in PRESETS.items():
        click.echo(f"{key}{' (default)' if key == DEFAULT else ''}: {one.line}")
        click.echo(f"    Source: {one.source}")
        click.echo(f"    Departs: {one.departs}")
    click.echo(NOT_THE_PAPERS)
