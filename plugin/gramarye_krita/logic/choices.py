"""What the artist chose, and the same as JSON for the next time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from gramarye_protocol import GarbageError, Settings
from gramarye_protocol.checks import build
from gramarye_protocol.messages import COLOURS, QUALITIES

from .sizes import DEFAULT_SIZE, SIZES

INPUTS = ("active", "selected", "group", "visible")
OUTPUTS = ("above", "in-place", "group", "document")
RECIPES = ("warm", "crisp", "article", "gatys-2016", "johnson-implementation", "texture")
"""The daemon's own, by name."""
PAPERS = ("article", "gatys-2016", "johnson-implementation")
"""Those with the papers' own number of steps, whatever the quality."""

ADVANCED = (
    "features", "init", "steps", "optimiser", "averaging", "style_statistic", "style_distance",
    "content_distance", "style_layers", "content_layers", "style_weight", "content_weight",
    "total_variation", "augment", "match_histogram", "seed", "dtype", "tile", "max_memory",
)  # fmt: skip
"""The settings that lie in the advanced section; what is not there is the recipe's own."""

LEAST_STROKE, MOST_STROKE = 25, 400
MOST_STYLES = 8
NEEDS_A_PICTURE = "image"
"""A start that the dialog does not offer."""

FULL_SHARE = 100


@dataclass(frozen=True)
class Style:
    """A picture to imitate, and its share among several, in percent of the largest."""

    path: str
    share: int = FULL_SHARE


@dataclass(frozen=True)
class Choices:
    """All that the dialog holds.

    ``strength`` runs from 0 to 100, ``stroke`` is the strokes' size in percent. ``advanced`` holds
    fields of the protocol's ``Settings`` by name, only those that were changed.

    ``frames`` are the first and the last time of a range of keyframes; ``None``: the picture as it
    is seen now. ``regions`` say by a style's path where it goes, in the canvas' own terms. Both
    belong to one picture, and are not kept for the next time.
    """

    styles: tuple[Style, ...] = ()
    recipe: str = RECIPES[0]
    strength: int = 50
    stroke: int = 100
    colours: str = COLOURS[0]
    size: int = DEFAULT_SIZE
    quality: str = "good"
    input: str = INPUTS[0]
    selection_only: bool = True
    output: str = OUTPUTS[0]
    advanced: Mapping[str, Any] = field(default_factory=dict)
    frames: tuple[int, int] | None = None
    regions: Mapping[str, Any] = field(default_factory=dict)


_OF_ONE_PICTURE = ("frames", "regions")
_CHECKS = {
    "recipe": lambda value: value in RECIPES,
    "strength": lambda value: _whole(value) and 0 <= value <= 100,
    "stroke": lambda value: _whole(value) and LEAST_STROKE <= value <= MOST_STROKE,
    "colours": lambda value: value in COLOURS,
    "size": lambda value: _whole(value) and value in SIZES,
    "quality": lambda value: value in QUALITIES,
    "input": lambda value: value in INPUTS,
    "selection_only": lambda value: isinstance(value, bool),
    "output": lambda value: value in OUTPUTS,
}


def to_json(choices: Choices) -> str:
    """The choices as text that :func:`from_json` reads."""
    kept = asdict(replace(choices, frames=None, regions={}))
    return json.dumps(
        {name: value for name, value in kept.items() if name not in _OF_ONE_PICTURE},
        ensure_ascii=False,
    )


def same(one: Choices, other: Choices) -> bool:
    """Whether two choices differ in nothing that is kept for the next time."""
    return to_json(one) == to_json(other)


def from_json(text: str) -> Choices:
    """The choices in a text; what cannot be understood there stays as it is by default."""
    try:
        told = json.loads(text)
    except ValueError:
        return Choices()
    if not isinstance(told, dict):
        return Choices()
    good = {name: told[name] for name, ok in _CHECKS.items() if name in told and ok(told[name])}
    return replace(
        Choices(),
        **good,
        styles=_styles(told.get("styles")),
        advanced=_advanced(told.get("advanced")),
    )


def _styles(told: Any) -> tuple[Style, ...]:
    if not isinstance(told, list):
        return ()
    return tuple(
        Style(one["path"], one["share"])
        for one in told[:MOST_STYLES]
        if isinstance(one, dict)
        and isinstance(one.get("path"), str)
        and _whole(one.get("share"))
        and 1 <= one["share"] <= FULL_SHARE
    )


def _advanced(told: Any) -> dict[str, Any]:
    """Those of the fields that the protocol takes."""
    if not isinstance(told, dict):
        return {}
    good = {}
    for name in ADVANCED:
        if name in told:
            try:
                value = getattr(build(Settings, {name: told[name]}, ""), name)
            except GarbageError:
                continue
            if value not in (_DEFAULTS[name], NEEDS_A_PICTURE):
                good[name] = value
    return good


_DEFAULTS = {one.name: getattr(Settings(), one.name) for one in fields(Settings)}


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
