"""The choices as JSON, and what is made of JSON that is not theirs."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from gramarye.engine.presets import PRESETS
from gramarye_krita.logic.choices import ADVANCED, RECIPES, Choices, Style, from_json, to_json
from gramarye_protocol import Settings

ALL = Choices(
    styles=(Style("/a.png", 100), Style("/b.png", 40)),
    recipe="crisp",
    strength=70,
    stroke=200,
    colours="luminance",
    size=0,
    quality="best",
    input="selected",
    selection_only=False,
    output="in-place",
    advanced={"seed": 7, "style_layers": ("relu1_1",), "tile": "off", "augment": False},
)


def test_choices_come_back_as_they_were() -> None:
    assert from_json(to_json(ALL)) == ALL
    assert from_json(to_json(Choices())) == Choices()


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "3", '{"strength": "much"}'])
def test_what_cannot_be_understood_stays_as_by_default(text: str) -> None:
    assert from_json(text) == Choices()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recipe", "unknown"),
        ("strength", 101),
        ("strength", True),
        ("stroke", 5),
        ("size", 333),
        ("quality", []),
        ("input", None),
        ("output", "nowhere"),
        ("selection_only", 1),
        ("styles", [{"path": 3, "share": 50}, {"path": "/a", "share": 0}, "x"]),
        ("advanced", {"seed": -1, "dtype": "float8", "nothing": 1, "init": "image"}),
    ],
)
def test_one_bad_value_does_not_spoil_the_others(name: str, value: object) -> None:
    told = {**json.loads(to_json(ALL)), name: value}
    got = from_json(json.dumps(told))
    assert getattr(got, name) == getattr(Choices(), name)
    others = {field.name for field in fields(Choices)} - {name}
    assert all(getattr(got, other) == getattr(ALL, other) for other in others)


def test_the_recipes_are_the_daemons() -> None:
    assert sorted(RECIPES) == sorted(PRESETS)


def test_every_setting_is_a_choice_an_advanced_field_or_made_from_them() -> None:
    chosen = {"recipe", "quality", "size", "strength", "style_scale", "keep_colours"}
    made = {"style_shares", "region_styles", "style_mask_styles", "threads"}
    assert {field.name for field in fields(Settings)} == {*ADVANCED, *chosen, *made}
