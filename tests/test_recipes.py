"""Recipes as text: what is written can be read again, and what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gramarye.engine.errors import SettingsError
from gramarye.engine.presets import PRESETS, preset
from gramarye.engine.recipe import ContentTerm, Features, Recipe, StyleTerm, Weight
from gramarye.pictures import METADATA_KEY
from gramarye.recipes import (
    LARGEST_METADATA,
    LARGEST_RECIPE,
    load_recipe,
    parse_recipe,
    recipe_json,
    recipe_settings,
    recipe_toml,
)

WEIGHTS: st.SearchStrategy[float] = st.from_type(Weight)  # type: ignore[arg-type]
LAYERS = st.lists(st.tuples(st.text(max_size=12), WEIGHTS), max_size=5).map(tuple)


def values_of(cls: type, **known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a dataclass with every field within its bounds."""
    hints = get_type_hints(cls, include_extras=True)
    chosen: dict[str, st.SearchStrategy[Any]] = {}
    for field in fields(cls):
        hint = hints[field.name]
        inner = values_of(hint) if is_dataclass(hint) else st.from_type(hint)  # type: ignore[arg-type]
        chosen[field.name] = known.get(field.name, inner)
    return st.builds(cls, **chosen)


RECIPES = values_of(
    Recipe,
    version=st.just(1),
    name=st.text(max_size=40),
    content=values_of(ContentTerm, layers=LAYERS),
    style=values_of(StyleTerm, layers=LAYERS, weight=WEIGHTS.filter(bool)),
    features=values_of(Features).filter(
        lambda features: (features.precision, features.pooling) != ("bfloat16", "max")
    ),
)


def result(path: Path, text: str | None) -> Path:
    """A PNG with this text where a result has what it was made with."""
    info = PngInfo()
    if text is not None:
        info.add_text(METADATA_KEY, text)
    Image.new("RGB", (16, 16)).save(path, pnginfo=info)
    return path


@settings(deadline=None)  # the first example imports pydantic
@given(RECIPES)
def test_any_recipe_is_the_same_after_json_and_after_toml(recipe: Recipe) -> None:
    assert parse_recipe(recipe_json(recipe)) == recipe
    assert parse_recipe(recipe_toml(recipe)) == recipe


@pytest.mark.parametrize("suffix", ["json", "toml"])
@pytest.mark.parametrize("name", PRESETS)
def test_every_named_recipe_is_the_same_from_a_file(name: str, suffix: str, tmp_path: Path) -> None:
    recipe = preset("vgg19", name=name)
    path = tmp_path / f"recipe.{suffix}"
    path.write_text(recipe_toml(recipe) if suffix == "toml" else recipe_json(recipe), "utf-8")

    assert load_recipe(path) == load_recipe(str(path)) == recipe


def test_what_a_file_leaves_out_has_its_default() -> None:
    assert parse_recipe("") == parse_recipe("{}") == Recipe()
    assert parse_recipe("[style]\nweight = 2\n").style == StyleTerm(weight=2)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"seed": "7"}', "recipe's seed is wrong: .*valid integer"),
        ('{"seed": true}', "recipe's seed is wrong"),
        ('{"seed": 1.5}', "recipe's seed is wrong"),
        ('{"seed": -1}', "recipe's seed is wrong: .*greater than or equal to 0"),
        (f'{{"seed": 1{"0" * 100}}}', "recipe's seed is wrong"),
        ('{"relative": 1}', "recipe's relative is wrong"),
        ('{"name": null}', "recipe's name is wrong"),
        ('{"version": "one"}', "recipe's version is wrong"),
        ('{"style": {"weight": NaN}}', "recipe's style.weight is wrong"),
        ('{"style": {"weight": Infinity}}', "recipe's style.weight is wrong"),
        ('{"style": {"weight": 1e13}}', "recipe's style.weight is wrong: .*less than or equal"),
        ('{"style": {"statistic": "gramm"}}', "recipe's style.statistic is wrong: .*'gram'"),
        ('{"style": {"layers": [["relu1_1", "much"]]}}', "style.layers.0.1 is wrong"),
        ('{"style": {"layers": [["relu1_1", -1]]}}', "style.layers.0.1 is wrong"),
        ('{"style": {"layers": "relu1_1"}}', "style.layers is wrong"),
        ('{"style": 3}', "recipe's style is wrong"),
        ('{"search": {"averaging": 1}}', "search.averaging is wrong: .*less than 1"),
        ("[schedule]\nsteps = 0", "schedule.steps is wrong: .*greater than or equal to 1"),
        ("[start]\nsigma = nan", "start.sigma is wrong"),
        ("seed = 2020-01-01", "recipe's seed is wrong"),
    ],
)
def test_a_wrong_field_is_named(text: str, part: str) -> None:
    with pytest.raises(SettingsError, match=part):
        parse_recipe(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"sead": 7}', "no field sead: it may have .*seed"),
        ('{"style": {"wieght": 1}}', "no field style.wieght: it may have .*weight"),
        ("[schedule]\nstep = 3", "no field schedule.step: .*steps"),
        ("[1]", "no field 1"),
    ],
)
def test_a_misspelt_field_is_refused_with_those_that_there_are(text: str, part: str) -> None:
    with pytest.raises(SettingsError, match=part):
        parse_recipe(text)


@pytest.mark.parametrize("text", ["{", "seed: 7", '{"seed": 1} more', "\0", "{" * 3000])
def test_what_is_neither_json_nor_toml_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="neither JSON nor TOML"):
        parse_recipe(text)


@pytest.mark.parametrize("depth", [300, 900])
def test_a_deeply_nested_value_is_refused(depth: int) -> None:
    with pytest.raises(SettingsError, match="wrong|too deeply|neither JSON"):
        parse_recipe('{"seed": ' + "[" * depth + "]" * depth + "}")


def test_a_huge_recipe_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.write_text("#" * (LARGEST_RECIPE + 1))

    with pytest.raises(SettingsError, match="too long"):
        load_recipe(path)


def test_a_recipe_of_a_later_version_asks_for_an_update_though_it_has_new_fields() -> None:
    with pytest.raises(SettingsError, match="version 2; .*Update Gramarye"):
        parse_recipe('{"version": 2, "dreams": true}')


def test_a_recipe_without_any_weight_is_refused() -> None:
    with pytest.raises(SettingsError, match="Both weights are zero"):
        parse_recipe('{"style": {"weight": 0}, "content": {"weight": 0}}')


@pytest.mark.parametrize("name", ["none.toml", "none.json", "none.png"])
def test_a_recipe_that_is_not_there_is_an_error_with_its_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"{name} cannot be read"):
        load_recipe(tmp_path / name)


def test_a_picture_that_is_no_result_holds_no_recipe(tmp_path: Path) -> None:
    plain = result(tmp_path / "plain.png", None)
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (16, 16)).save(photo)

    for path in (plain, photo):
        with pytest.raises(SettingsError, match="holds no recipe: use a PNG"):
            load_recipe(path)


@pytest.mark.parametrize("text", ["{", "[]", "7", "[" * 3000, "1" * (LARGEST_METADATA + 1)])
def test_damaged_metadata_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="damaged"):
        load_recipe(result(tmp_path / "damaged.png", text))


@pytest.mark.parametrize("text", ["{}", '{"recipe": null}', '{"recipe": []}'])
def test_metadata_without_a_recipe_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not an object with fields"):
        load_recipe(result(tmp_path / "odd.png", text))


def test_a_recipe_stands_for_settings_by_name_by_value_by_file_and_by_result(
    tmp_path: Path,
) -> None:
    recipe = preset("builtin", name="texture")
    text = recipe_json(recipe)
    file = tmp_path / "recipe.toml"
    file.write_text(recipe_toml(recipe), "utf-8")
    told = {"recipe": json.loads(text), "size": 64, "threads": 3, "device": "cpu (3 threads)"}
    painted = result(tmp_path / "painted.png", json.dumps(told))

    assert recipe_settings("texture") == {"recipe": "texture"}
    assert recipe_settings(recipe) == recipe_settings(str(file)) == {"recipe": text}
    assert recipe_settings(painted) == {"recipe": text, "size": 64, "threads": 3}
