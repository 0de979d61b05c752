"""Recipes as text: JSON and TOML in, JSON and TOML out, and from the metadata of a result.

What reads is imported when something is read: ``gramarye recipes NAME`` only writes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import tomli_w

from .engine.errors import SettingsError
from .engine.recipe import Recipe, check_version

if TYPE_CHECKING:
    from pydantic import TypeAdapter

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]

LARGEST_RECIPE = 1 << 14
"""Characters; as many as a job's settings may have."""
LARGEST_METADATA = 1 << 15

_TEXT_SUFFIXES = (".json", ".toml")


def parse_recipe(text: str) -> Recipe:
    """A recipe from JSON (an object) or TOML.

    Raises:
        SettingsError: with the name of the field that is wrong.
    """
    if len(text) > LARGEST_RECIPE:
        raise SettingsError("The recipe is too long to be one. Choose a recipe's file.")
    try:
        values = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"The recipe is neither JSON nor TOML: {error}.") from error
    return _checked(values)


def load_recipe(path: str | PathLike[str]) -> Recipe:
    """A recipe from a .json or .toml file, or the one that a result was made with.

    Raises:
        SettingsError: no such file, no recipe in it, or a field that is wrong.
    """
    path = Path(path)
    if path.suffix.lower() not in _TEXT_SUFFIXES:
        return _recipe_in(made_with(path))
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_RECIPE + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The recipe {path} cannot be read: check the path.") from error
    return parse_recipe(text)


def recipe_settings(recipe: str | PathLike[str] | Recipe) -> dict[str, Any]:
    """The settings that a recipe's name, file or value stands for.

    A result also brings the size and the threads that it was made with, to give the same bytes.

    Raises:
        SettingsError: a file that holds no recipe, or a field of it that is wrong.
    """
    if isinstance(recipe, Recipe):
        return {"recipe": recipe_json(recipe)}
    path = Path(recipe)
    if isinstance(recipe, str) and not path.suffix:
        return {"recipe": recipe}
    if path.suffix.lower() in _TEXT_SUFFIXES:
        return {"recipe": recipe_json(load_recipe(path))}
    told = made_with(path)
    again = {name: told[name] for name in ("size", "threads") if name in told}
    return {"recipe": recipe_json(_recipe_in(told)), **again}


def made_with(path: Path) -> dict[str, Any]:
    """What the metadata of a result say: its recipe, features, threads, version.

    Raises:
        SettingsError: not a picture, or not one of Gramarye's.
    """
    from PIL import Image, UnidentifiedImageError

    from .pictures import METADATA_KEY

    try:
        with Image.open(path, formats=("PNG",)) as picture:
            text = picture.info.get(METADATA_KEY)
    except UnidentifiedImageError as error:
        raise _holds_none(path) from error
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise SettingsError(f"The recipe {path} cannot be read: check the path.") from error
    if not isinstance(text, str):
        raise _holds_none(path)
    try:
        values = json.loads(text) if len(text) <= LARGEST_METADATA else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise SettingsError(f"The recipe in {path} is damaged: take another copy of the picture.")
    return values


def recipe_of(told: str) -> Recipe:
    """The recipe in what a result was made with, as JSON."""
    return _recipe_in(json.loads(told))


def recipe_json(recipe: Recipe) -> str:
    """A recipe as compact JSON."""
    return json.dumps(asdict(recipe), separators=(",", ":"))


def recipe_toml(recipe: Recipe) -> str:
    """A recipe as TOML, for people."""
    return tomli_w.dumps(asdict(recipe))


def _recipe_in(told: dict[str, Any]) -> Recipe:
    return _checked(told.get("recipe"))


def _holds_none(path: Path) -> SettingsError:
    return SettingsError(f"{path} holds no recipe: use a PNG that Gramarye wrote.")


def _checked(values: Any) -> Recipe:
    """The recipe of these values, each of the very type that its field has."""
    from pydantic import ValidationError

    if not isinstance(values, dict):
        raise SettingsError("The recipe is not an object with fields: choose a recipe's file.")
    check_version(values.get("version"))  # first: a later version may have further fields
    _refuse_unknown(values, Recipe, "")
    try:
        # As JSON, for that is where a list may stand for a tuple and yet "1" not for 1. TOML's
        # dates become text, which no number's field takes.
        return _adapter().validate_json(json.dumps(values, default=str), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        place = f"The recipe's {field}" if field else "The recipe"
        raise SettingsError(f"{place} is wrong: {first['msg']}.") from error
    except RecursionError as error:
        raise SettingsError("The recipe is nested too deeply: choose a recipe's file.") from error


@cache
def _adapter() -> TypeAdapter[Recipe]:
    from pydantic import TypeAdapter

    return TypeAdapter(Recipe)


def _refuse_unknown(values: Any, cls: type, place: str) -> None:
    """A misspelt field would otherwise be left out in silence."""
    if not isinstance(values, dict):
        return
    hints = get_type_hints(cls)
    names = {field.name for field in fields(cls)}
    for name, value in values.items():
        if name not in names:
            known = ", ".join(sorted(names))
            raise SettingsError(f"The recipe has no field {place}{name}: it may have {known}.")
        if is_dataclass(hints[name]):
            _refuse_unknown(value, hints[name], f"{place}{name}.")
