"""The ready-made recipes by name, each with its source and what it departs from.

On VGG a recipe names the paper's layers. On the built-in features it compares octaves instead, and
says that it is then not the paper's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .errors import SettingsError
from .recipe import (
    ContentTerm,
    FeatureKind,
    Features,
    Layers,
    Patches,
    Recipe,
    Regularisers,
    Schedule,
    Search,
    Start,
    StyleTerm,
)

DEFAULT = "warm"
QUALITIES: dict[str, tuple[int, int, int]] = {
    "draft": (9, 16, 64),
    "good": (28, 40, 96),
    "best": (120, 60, 96),
}
"""Word → steps at the finest octave, steps at each coarser one, built-in filters an octave."""
_VGG_SMOOTHING = 0.25
"""Measured: docs/benchmarks.md. The built-in features are better without."""

_STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
_STYLE_WIDTHS = (64, 128, 256, 512, 512)
_CONTENT_LAYER: Layers = (("relu4_2", 1.0),)
_EVEN_STYLE: Layers = tuple((layer, 1.0) for layer in _STYLE_LAYERS)
_CONTENT_OCTAVES: Layers = (("octave2+", 0.2), ("octave3+", 0.8))
"""0.2 of octave 2 and 1 of each coarser one. The finest octave belongs to the strokes, and the
second mostly: with none of it faces and houses soften, with all of it strokes stay thin."""
_STYLE_OCTAVES: Layers = (("octave1+", 1.0),)
_CAFFE_UNIT = 57.6
"""The papers' networks take 0–255, torchvision's about that much less: a feature is so much larger
there, a content loss by its square and a Gram loss by its fourth power."""
_ONE_SIZE = 1 << 16
"""No picture is long enough for an octave below its own size: the papers work at one size."""


@dataclass(frozen=True)
class Preset:
    """A named recipe: a line for the artist, its source, and how ours differs from it."""

    line: str
    source: str
    departs: str
    make: Callable[[FeatureKind, str], Recipe]


def preset(kind: FeatureKind, quality: str = "good", name: str = DEFAULT) -> Recipe:
    """The recipe of this name, for a kind of features.

    ``quality`` sets the steps of the recipes that are ours; those of a paper have the paper's.

    Raises:
        SettingsError: an unknown quality or name.
    """
    if quality not in QUALITIES:
        raise SettingsError(f"There is no quality {quality!r}: use draft, good or best.")
    if name not in PRESETS:
        raise SettingsError(f"There is no recipe {name!r}: use one of {', '.join(PRESETS)}.")
    return replace(PRESETS[name].make(kind, quality), name=name)


def _warm(kind: FeatureKind, quality: str) -> Recipe:
    steps, coarse_steps, filters = QUALITIES[quality]
    recipe = Recipe(
        features=Features(kind, filters=filters),
        regularisers=Regularisers(total_variation=0.2),
        schedule=Schedule(steps=steps, coarse_steps=coarse_steps),
    )
    if kind == "builtin":
        return replace(
            recipe,
            content=ContentTerm(layers=_CONTENT_OCTAVES),
            style=StyleTerm(layers=_STYLE_OCTAVES),
        )
    return replace(
        recipe,
        content=ContentTerm(0.02, _CONTENT_LAYER),
        style=StyleTerm(layers=_EVEN_STYLE, statistic="gram"),
        search=Search(precondition=_VGG_SMOOTHING),
        schedule=Schedule(steps=steps, coarse_steps=coarse_steps // 2),
    )


def _crisp(kind: FeatureKind, quality: str) -> Recipe:
    recipe = _warm(kind, quality)
    # The patches bring the finest strokes, so that the finest octave needs only a glance.
    schedule = replace(recipe.schedule, steps=max(1, recipe.schedule.steps // 6))
    return replace(recipe, schedule=schedule, patches=Patches(octaves=3))


def _texture(kind: FeatureKind, quality: str) -> Recipe:
    recipe = _warm(kind, quality)
    steps, coarse_steps, _ = QUALITIES[quality]
    return replace(
        recipe,
        content=replace(recipe.content, weight=0.0),
        start=Start("noise"),
        # The whole layout is found at the coarse octaves: VGG too needs all of their steps.
        search=Search(),
        schedule=Schedule(steps=steps, coarse_steps=coarse_steps),
    )


def _article(kind: FeatureKind, quality: str) -> Recipe:
    recipe = _warm(kind, quality)
    return replace(
        recipe,
        # Roots of the losses are balanced by the root of the weight.
        content=replace(recipe.content, weight=recipe.content.weight**0.5, distance="rmse"),
        style=replace(recipe.style, distance="rmse", statistic="gram"),
        regularisers=Regularisers(),
        start=Start("noise"),
        search=Search(),
        schedule=Schedule(_ONE_SIZE, steps=500, coarse_steps=0, plateau=0.0, noise=0.0),
    )


def _gatys(kind: FeatureKind, quality: str) -> Recipe:
    recipe = replace(
        _warm(kind, quality),
        regularisers=Regularisers(),
        start=Start("noise"),
        search=Search(),
        schedule=Schedule(_ONE_SIZE, steps=500, coarse_steps=0, plateau=0.0, noise=0.0),
    )
    if kind == "builtin":
        return replace(recipe, style=replace(recipe.style, statistic="gram"))
    # α/β = 1e-3 for ½Σ(F − P)² over 512 channels of 64 × 64 positions, and Σ wₗ·MSE/4.
    alpha = 1e-3 * 0.5 * 512 * 64 * 64 / _CAFFE_UNIT**2
    return replace(
        recipe,
        content=replace(recipe.content, weight=alpha),
        style=replace(recipe.style, weight=0.25),
        relative=False,
    )


def _johnson(kind: FeatureKind, quality: str) -> Recipe:
    recipe = replace(
        _warm(kind, quality),
        start=Start("noise", sigma=0.001 / 255),
        search=Search(history=100),
        schedule=Schedule(_ONE_SIZE, steps=1000, coarse_steps=0, plateau=0.0, noise=0.0),
    )
    if kind == "builtin":
        return replace(recipe, style=replace(recipe.style, statistic="gram"))
    # Its Gram matrices are divided by the channels too, so each layer's MSE by their square.
    layers = tuple((n, 1 / c**2) for n, c in zip(_STYLE_LAYERS, _STYLE_WIDTHS, strict=True))
    variation = 1e-3 * 0.5 * 255**2 * 3 * 512 * 512 / _CAFFE_UNIT**4
    return replace(
        recipe,
        features=replace(recipe.features, pooling="max"),
        content=replace(recipe.content, weight=5 / _CAFFE_UNIT**2),
        style=replace(recipe.style, weight=100 * sum(w for _, w in layers), layers=layers),
        regularisers=Regularisers(total_variation=variation),
        relative=False,
    )


PRESETS: dict[str, Preset] = {
    "warm": Preset(
        "The default, and the best-looking that we know: strokes that keep the picture.",
        "Gatys et al. 2016 (CVPR) and 2017 (arXiv:1611.07865), coarse to fine.",
        "Starts from the content in the style's colours; losses relative to their targets; "
        "a little total variation.",
        _warm,
    ),
    "crisp": Preset(
        "Strokes as sharp as the style's own: the picture is painted anew with its patches.",
        "Li & Wand 2016 (CNNMRF, arXiv:1601.04589) and Kwatra et al. 2005; PatchMatch, Barnes et "
        "al. 2009.",
        "Patches of pixels, not of a network's features, which copies strokes whole; warm's "
        "picture is the guide in place of the content's features.",
        _crisp,
    ),
    "article": Preset(
        "From random noise, with the roots of the mean squares.",
        "Gatys et al. 2015 (arXiv:1508.06576), as commonly retold with RMSE losses.",
        "Losses are relative to their targets, so that α and β mean the same on every picture.",
        _article,
    ),
    "gatys-2016": Preset(
        "The paper: noise, conv4_2, five Gram matrices, L-BFGS, α/β = 1e-3 at 512 pixels.",
        "Gatys, Ecker & Bethge 2016 (CVPR), section 3.",
        "torchvision's VGG-19 in place of the rescaled Caffe one; weights converted to its units; "
        "no clamping between steps, but a soft wall at black and white.",
        _gatys,
    ),
    "johnson-implementation": Preset(
        "The best-known implementation's defaults: weights 5, 100 and 1e-3, nearly grey noise.",
        "github.com/jcjohnson/neural-style, its documented defaults.",
        "Its units converted for torchvision's VGG-19 at 512 pixels; a soft wall at black and "
        "white.",
        _johnson,
    ),
    "texture": Preset(
        "The style alone, from noise: a texture to paint with.",
        "Gatys et al. 2015 (arXiv:1505.07376).",
        "The same terms as warm without the content, coarse to fine.",
        _texture,
    ),
}
"""Name → recipe."""

NOT_THE_PAPERS = "On the built-in features it compares octaves, which is not the paper's."
