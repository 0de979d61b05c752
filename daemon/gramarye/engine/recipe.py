"""What a style transfer is to do, as one value; the presets behind draft, good and best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from .errors import SettingsError
from .statistics import Distance
from .vgg import Pooling

FeatureKind = Literal["builtin", "vgg19", "vgg16"]
StyleStatistic = Literal["gram", "moments"]
Init = Literal["palette", "content", "noise", "image"]
OptimiserName = Literal["lbfgs", "adam"]
Layers = tuple[tuple[str, float], ...]
"""Layer names with their weights; the weights are used as shares of their sum."""

GATYS_STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
GATYS_CONTENT_LAYER = "relu4_2"


@dataclass(frozen=True)
class Recipe:
    """One typed value with everything that decides a result, but for the pictures.

    ``content_layers`` and ``style_layers`` may be empty for the built-in features: then the style
    is compared at every octave and the content at all but the finest two. ``relative`` divides
    each mean square by its target's own energy, so that weights mean the same for every network,
    layer and picture. ``steps`` are evaluations at the finest octave, ``coarse_steps`` at each one
    before it.
    """

    features: FeatureKind
    content_layers: Layers = ()
    style_layers: Layers = ()
    content_weight: float = 0.1
    style_weight: float = 1.0
    content_distance: Distance = "mse"
    style_distance: Distance = "mse"
    style_statistic: StyleStatistic = "gram"
    relative: bool = True
    pooling: Pooling = "average"
    filters: int = 96
    init: Init = "palette"
    optimiser: OptimiserName = "lbfgs"
    steps: int = 50
    coarse_steps: int = 50
    octave_noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.content_weight == 0 and self.style_weight == 0:
            raise SettingsError("Both weights are zero: give the content or the style a weight.")
        for layers in (self.content_layers, self.style_layers):
            if any(weight < 0 for _, weight in layers):
                raise SettingsError("A layer's weight is negative: use zero or more.")


_BUILTIN = Recipe(features="builtin", style_statistic="moments", octave_noise=0.02)
_VGG = Recipe(
    features="vgg19",
    content_layers=((GATYS_CONTENT_LAYER, 1.0),),
    style_layers=tuple((layer, 1.0) for layer in GATYS_STYLE_LAYERS),
    content_weight=0.02,
)
_QUALITY: dict[str, dict[str, int]] = {
    "draft": {"steps": 12, "coarse_steps": 20, "filters": 64},
    "good": {"steps": 30, "coarse_steps": 40, "filters": 96},
    "best": {"steps": 120, "coarse_steps": 100, "filters": 96},
}


def preset(features: FeatureKind, quality: str = "good") -> Recipe:
    """The recipe behind a quality's word, for a kind of features.

    Raises:
        SettingsError: an unknown quality.
    """
    if quality not in _QUALITY:
        raise SettingsError(f"There is no quality {quality!r}: use draft, good or best.")
    base = _BUILTIN if features == "builtin" else replace(_VGG, features=features)
    return replace(base, **_QUALITY[quality])


def weight_for_strength(content_weight: float, strength: float) -> float:
    """The content's weight for a strength from 0 to 100, where 50 leaves it as it is.

    Every 25 points divide it by ten. The losses are relative to their targets' energy, so one
    strength looks alike on every picture and with every kind of features.
    """
    return content_weight * 10 ** ((50 - strength) / 25)
