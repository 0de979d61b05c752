"""What a style transfer is to do, as one typed and versioned value.

A recipe holds everything that decides a result but the pictures themselves. Its parts are named in
the field's own terms; the ready-made ones are in :mod:`~gramarye.engine.presets`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt

from .errors import SettingsError

RECIPE_VERSION = 1
"""Raised when an older reader could no longer follow a recipe."""

FeatureKind = Literal["builtin", "vgg19", "vgg16"]
Pooling = Literal["average", "max"]
Precision = Literal["auto", "float64", "exact", "winograd", "bfloat16"]
Distance = Literal["mse", "rmse"]
StyleStatistic = Literal["gram", "moments", "mean-variance", "wasserstein"]
StartKind = Literal["palette", "content", "noise", "image"]
OptimiserName = Literal["lbfgs", "adam"]
KeepColours = Literal["off", "luminance", "match"]
Weight = Annotated[float, Ge(0), Le(1e12)]
Count = Annotated[int, Ge(0), Le(100_000)]
Layers = tuple[tuple[str, Weight], ...]
"""Layer names with their weights; the weights are used as shares of their sum. None: all alike.

VGG's layers are named as ``relu4_2``, the built-in features' as ``octave1`` (the finest) and so on;
``octave3+`` is octave 3 and every coarser one.
"""


@dataclass(frozen=True)
class Features:
    """What looks at the pictures.

    ``pooling`` and ``precision`` are for VGG; ``filters`` (at each octave), ``version`` and
    ``seed`` of the fit are for the built-in features.

    ``precision`` ``exact`` is float32 throughout, ``winograd`` is float32 with fewer products, for
    processors, ``bfloat16`` halves the features' bytes on devices that are quick at it; ``auto``
    takes the quickest that serves, and a result tells which. ``float64``, for pixels too, is for
    comparisons. The built-in features are float32, or float64.
    """

    kind: FeatureKind = "builtin"
    pooling: Pooling = "average"
    precision: Precision = "auto"
    filters: Annotated[int, Ge(1), Le(1024)] = 96
    version: Annotated[int, Ge(1), Le(1)] = 1
    seed: Annotated[int, Ge(0), Lt(1 << 31)] = 0


@dataclass(frozen=True)
class ContentTerm:
    """What is kept of the content."""

    weight: Weight = 0.1
    layers: Layers = ()
    distance: Distance = "mse"


@dataclass(frozen=True)
class StyleTerm:
    """What is taken from the styles.

    ``scale`` is the size of the strokes: 1 works with the style at the canvas' long side, 2 with
    strokes twice as large, whatever the canvas' size. ``augment`` adds the style turned by quarter
    turns and mirrored, for styles whose direction does not matter.
    """

    weight: Weight = 1.0
    layers: Layers = ()
    distance: Distance = "mse"
    statistic: StyleStatistic = "moments"
    scale: Annotated[float, Ge(0.1), Le(10)] = 1.0
    augment: bool = False


@dataclass(frozen=True)
class Regularisers:
    """Further terms, each off at zero.

    ``total_variation`` smooths (mean square of neighbouring pixels' differences, Mahendran &
    Vedaldi 2015, arXiv:1412.0035, with β = 2).
    """

    total_variation: Weight = 0.0


@dataclass(frozen=True)
class Start:
    """Where the pixels start: ``palette`` is the content recoloured to the style's colours.

    ``sigma`` is the spread of ``noise`` about mid-grey.
    """

    kind: StartKind = "palette"
    sigma: Annotated[float, Ge(0), Le(10)] = 0.15


@dataclass(frozen=True)
class Search:
    """How the pixels are optimised.

    ``rate`` is Adam's step; ``history`` the pairs that L-BFGS keeps; ``precondition`` the exponent
    of the smoothing that it begins its steps with (0: none); ``averaging`` the decay of an
    exponential moving average of the iterates, which is then the result (0: none).
    """

    optimiser: OptimiserName = "lbfgs"
    rate: Annotated[float, Gt(0), Le(1)] = 0.02
    history: Annotated[int, Ge(1), Le(1000)] = 12
    precondition: Annotated[float, Ge(0), Le(2)] = 0.0
    averaging: Annotated[float, Ge(0), Lt(1)] = 0.0


@dataclass(frozen=True)
class Schedule:
    """Coarse to fine: octaves from about ``coarsest`` pixels up to the working size.

    ``steps`` are the most evaluations at the finest octave, ``coarse_steps`` at each one before it;
    L-BFGS ends an octave sooner where ten evaluations lower the loss by less than ``plateau`` of it
    (0: never). ``noise`` is added at each finer octave's start, for strokes to be made of.
    """

    coarsest: Annotated[int, Ge(16), Le(1 << 16)] = 96
    steps: Annotated[int, Ge(1), Le(100_000)] = 30
    coarse_steps: Count = 40
    plateau: Annotated[float, Ge(0), Lt(1)] = 0.0003
    noise: Annotated[float, Ge(0), Le(1)] = 0.02

    def budget(self, octave: int) -> int:
        """Evaluations at the size ``octave`` halvings below the working size."""
        return self.coarse_steps if octave else self.steps


@dataclass(frozen=True)
class Patches:
    """A last stage that paints the result anew with the style's own 7×7 patches; off at 0 octaves.

    ``octaves`` is how many sizes it works at, the finest among them; ``guide`` the weight γ of the
    picture so far (:mod:`~gramarye.engine.nearest`), and ``rounds`` how often matches and picture
    are found in turn at each size.
    """

    octaves: Annotated[int, Ge(0), Le(16)] = 0
    guide: Weight = 2.0
    rounds: Annotated[int, Ge(1), Le(1000)] = 4


@dataclass(frozen=True)
class Colour:
    """What becomes of the colours (Gatys et al. 2016, arXiv:1606.05897).

    ``keep`` ``luminance`` takes only the lightness from the style, ``match`` first recolours the
    style to the content's colours. ``histogram`` gives the result the style's exact histogram of
    each channel.
    """

    keep: KeepColours = "off"
    histogram: bool = False


@dataclass(frozen=True)
class Recipe:
    """All of it. ``relative`` divides each mean square by its target's own energy, so that weights
    mean the same for every network, layer, size and picture; without it they are the papers' raw
    α and β. ``seed`` decides all noise."""

    version: int = RECIPE_VERSION
    name: str = ""
    features: Features = field(default_factory=Features)
    content: ContentTerm = field(default_factory=ContentTerm)
    style: StyleTerm = field(default_factory=StyleTerm)
    regularisers: Regularisers = field(default_factory=Regularisers)
    start: Start = field(default_factory=Start)
    search: Search = field(default_factory=Search)
    schedule: Schedule = field(default_factory=Schedule)
    patches: Patches = field(default_factory=Patches)
    colour: Colour = field(default_factory=Colour)
    relative: bool = True
    seed: Annotated[int, Ge(0), Lt(1 << 31)] = 0

    def __post_init__(self) -> None:
        check_version(self.version)
        if self.content.weight == 0 and self.style.weight == 0:
            raise SettingsError("Both weights are zero: give the content or the style a weight.")
        if self.features.precision == "bfloat16" and self.features.pooling == "max":
            raise SettingsError(
                "bfloat16 is too coarse to tell which position a maximum came from: use average "
                "pooling with it, or the precision auto."
            )
        for layers in (self.content.layers, self.style.layers):
            if any(weight < 0 for _, weight in layers):
                raise SettingsError("A layer's weight is negative: use zero or more.")


def check_version(version: object) -> None:
    """Refuse a recipe of another version; ``None`` stands for this one.

    Raises:
        SettingsError: a number that is not this version's.
    """
    if isinstance(version, int) and version != RECIPE_VERSION:
        raise SettingsError(
            f"This recipe is of version {version}; this Gramarye reads version "
            f"{RECIPE_VERSION}. Update Gramarye, or make the recipe anew."
        )


def weight_for_strength(content_weight: float, strength: float) -> float:
    """The content's weight for a strength from 0 to 100, where 50 leaves it as it is.

    Every 25 points divide it by ten. Both terms are mean squares divided by their targets' own
    energy (the content's variance, the style's squared statistic) and so are about 1 for a picture
    that has nothing to do with the target and 0 at it; the gradients cannot serve for that, since
    the content's is zero at a start from the content. One strength therefore looks alike on every
    picture, at every size and with every kind of features.
    """
    return content_weight * 10 ** ((50 - strength) / 25)
