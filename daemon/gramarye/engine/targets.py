"""The terms of one octave: what the recipe asks of the features, with targets from the pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from .canvas import Canvas, Style
from .features import Extractor
from .guidance import layer_weights
from .naming import shares
from .objective import Objective, Term
from .recipe import Recipe
from .statistics import Content, Gram, MeanVariance, Moments, Sample, Statistic, Wasserstein

FEWEST_POSITIONS = 4.0
"""A region with less weight than this at a layer says nothing about style there."""


def build_objective(extractor: Extractor, canvas: Canvas, recipe: Recipe) -> Objective:
    """The terms of one octave and the notes on what had to be left out."""
    terms: list[Term] = []
    notes: list[str] = []
    if recipe.style.weight > 0:
        terms, notes = _style_terms(extractor, canvas, recipe)
    if recipe.content.weight > 0:
        terms += _content_terms(extractor, canvas, recipe)
    objective = Objective(extractor, terms, recipe.regularisers.total_variation, tuple(notes))
    objective.record(canvas.content.colour)
    return objective


def _style_terms(
    extractor: Extractor, canvas: Canvas, recipe: Recipe
) -> tuple[list[Term], list[str]]:
    """For each guide and layer a term; a region eroded to nothing at a layer gives a note."""
    layers = shares(recipe.style.layers, extractor.layers)
    guides, content = canvas.guides, canvas.content
    statistics = {
        style: _statistics(extractor, canvas.styles[style], recipe, [name for name, _ in layers])
        for style in sorted({style for _, style, _ in guides})
    }
    terms: list[Term] = []
    notes: list[str] = []
    for mask, style, share in guides:
        for layer, layer_share in layers:
            size = extractor.size(layer, *content.size)
            weights = layer_weights(mask, content.alpha, extractor.reach(layer), *size)
            if weights is not None and float(weights.sum()) < FEWEST_POSITIONS:
                notes.append(
                    f"A region is too small for {layer} at {content.size[1]}×"
                    f"{content.size[0]} pixels; its style is compared without that layer."
                )
                continue
            weight = recipe.style.weight * share * layer_share
            terms.append(Term("style", layer, weight, statistics[style][layer], weights))
    return terms, notes


def _content_terms(extractor: Extractor, canvas: Canvas, recipe: Recipe) -> list[Term]:
    content = canvas.content
    taps = extractor.forward(content.colour, remember=False).taps
    terms: list[Term] = []
    for layer, share in shares(recipe.content.layers, extractor.layers):
        features = taps[layer]
        weights = layer_weights(None, content.alpha, 0, *features.shape[1:])
        statistic = Content.of(features, recipe.content.distance, recipe.relative)
        terms.append(Term("content", layer, recipe.content.weight * share, statistic, weights))
    return terms


def variants(colour: Tensor, augment: bool) -> list[Tensor]:
    """A style, and with ``augment`` its quarter turns and their mirror images too."""
    if not augment:
        return [colour]
    turned = [torch.rot90(colour, quarter, (-2, -1)) for quarter in range(4)]
    return turned + [one.flip(-1) for one in turned]


def _samples(extractor: Extractor, style: Style, augment: bool) -> dict[str, list[Sample]]:
    """The style's features at every layer, with the weights of its mask and alpha."""
    samples: dict[str, list[Sample]] = {layer: [] for layer in extractor.layers}
    planes = [style.mask, style.picture.alpha]
    turned = [
        [None] * (8 if augment else 1) if plane is None else variants(plane, augment)
        for plane in planes
    ]
    for colour, mask, alpha in zip(variants(style.picture.colour, augment), *turned, strict=True):
        taps = extractor.forward(colour.contiguous(), remember=False).taps
        for layer, features in taps.items():
            weights = layer_weights(mask, alpha, extractor.reach(layer), *features.shape[1:])
            if weights is not None and float(weights.sum()) < FEWEST_POSITIONS:
                weights = layer_weights(mask, alpha, 0, *features.shape[1:])
            samples[layer].append((features, weights))
    return samples


def _statistics(
    extractor: Extractor, style: Style, recipe: Recipe, layers: list[str]
) -> dict[str, Statistic]:
    """A style's targets at these layers, made once for all regions that it is used in."""
    samples = _samples(extractor, style, recipe.style.augment)
    return {layer: _style_statistic(samples[layer], recipe) for layer in layers}


def _style_statistic(samples: list[Sample], recipe: Recipe) -> Statistic:
    distance = recipe.style.distance
    if recipe.style.statistic == "gram":
        return Gram.of(samples, distance, recipe.relative)
    kinds = {"moments": Moments, "mean-variance": MeanVariance, "wasserstein": Wasserstein}
    return kinds[recipe.style.statistic].of(samples, distance)
