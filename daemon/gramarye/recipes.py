"""Recipes as text: JSON and TOML in, JSON and TOML out, and from the metadata of a result."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import tomli_w
from PIL import Image, UnidentifiedImageError
from pydantic import TypeAdapter, ValidationError

from .engine.errors import SettingsError
from .engine.recipe import Recipe
from .pictures import METADATA_KEY

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pyright: ignore[reportMissingImports]

LARGEST_RECIPE = 1 << 16

_ADAPTER = TypeAdapter(Recipe)


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


def load_recipe(path: Path) -> Recipe:
    """A recipe from a .json or .toml file, or the one that a result was made with.

    Raises:
        SettingsError: no such file, no recipe in it, or a field that is wrong.
    """
    if path.suffix.lower() in (".json", ".toml"):
        try:
            return parse_recipe(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The recipe {path} cannot be read: check the path.") from error
    return _checked(made_with(path).get("recipe"))


def made_with(path: Path) -> dict[str, Any]:
    """What the metadata of a result say: its recipe, features, threads, version.

    Raises:
        SettingsError: not a picture, or not one of Gramarye's.
    """
    try:
        with Image.open(path) as picture:
            text = picture.info.get(METADATA_KEY)
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise SettingsError(f"The recipe {path} cannot be read: check the path.") from error
    if not isinstance(text, str) or len(text) > LARGEST_RECIPE:
        raise SettingsError(f"{path} holds no recipe: use a PNG that Gramarye wrote.")
    try:
        values = json.loads(text)
    except ValueError as error:
        raise SettingsError(f"The recipe in {path} is damaged.") from error
    return values if isinstance(values, dict) else {}


def recipe_json(recipe: Recipe) -> str:
    """A recipe as compact JSON."""
    return json.dumps(asdict(recipe), separators=(",", ":"))


def recipe_toml(recipe: Recipe) -> str:
    """A recipe as TOML, for people."""
    return tomli_w.dumps(asdict(recipe))


def _checked(values: Any) -> Recipe:
    _refuse_unknown(values, Recipe, "")
    try:
        return _ADAPTER.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the recipe"
        raise SettingsError(f"The recipe's {field} is wrong: {first['msg']}.") from error


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
