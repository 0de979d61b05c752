"""The terms of one octave: what the recipe asks of the features, with targets from the pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from .canvas import Canvas, Style
from .features import Extractor
from .guidance import layer_weights
from .memo import Memo
from .naming import shares
from .objective import Objective, Term
from .recipe import Recipe
from .statistics import (
    Content,
    Gram,
    GramSums,
    MeanVariance,
    Moments,
    MomentSums,
    Statistic,
    Wasserstein,
)
from .tiles.box import Box
from .tiles.content import ContentTargets, content_targets
from .tiles.crews import Crew
from .tiles.layout import UNTILED, Layout
from .tiles.objective import TiledObjective
from .tiles.shelf import Shelf

FEWEST_POSITIONS = 4.0
"""A region with less weight than this at a layer says nothing about style there."""

Part = tuple[dict[str, Tensor], Mapping[str, Box] | None]
"""Features of some of a picture's positions, and which they are at each layer; ``None``: all."""


def build_objective(
    extractor: Extractor | Sequence[Extractor] | Crew,
    canvas: Canvas,
    recipe: Recipe,
    layout: Layout = UNTILED,
    shelf: Shelf | None = None,
    memo: Memo | None = None,
) -> Objective | TiledObjective:
    """:func:`prepare_objective` to its end."""
    preparation = prepare_objective(extractor, canvas, recipe, layout, shelf, memo)
    while True:
        try:
            next(preparation)
        except StopIteration as stop:
            return stop.value


def prepare_objective(
    extractor: Extractor | Sequence[Extractor] | Crew,
    canvas: Canvas,
    recipe: Recipe,
    layout: Layout = UNTILED,
    shelf: Shelf | None = None,
    memo: Memo | None = None,
) -> Generator[None, None, Objective | TiledObjective]:
    """The terms of one octave and the notes on what had to be left out.

    Yields ``None`` where it may be left.

    Args:
        extractor: the features; several of the same on different devices share the tiles.
        layout: whether, and how, the canvas is cut into tiles.
        shelf: where tiles keep planes of the canvas' size.
        memo: where targets of styles are kept, and those of earlier jobs found.
    """
    crew = _crew(extractor)
    first = crew.first
    terms: list[Term] = []
    notes: list[str] = []
    if recipe.style.weight > 0:
        terms, notes = yield from _style_terms(first, canvas, recipe, layout.core, memo)
    variation = recipe.regularisers.total_variation
    distance, relative = recipe.content.distance, recipe.relative
    if layout.core is None:
        if recipe.content.weight > 0:
            taps = (yield from first.walk(canvas.content.colour, remember=False)).taps
            terms += _content_terms(
                first, canvas, recipe, lambda layer: Content.of(taps[layer], distance, relative)
            )
        objective = Objective(first, terms, variation, tuple(notes))
        objective.record(canvas.content.colour)
        return objective
    height, width = canvas.content.size
    tiles, shelf = first.tiles(height, width, layout.core), shelf or Shelf()
    content: ContentTargets | None = None
    if recipe.content.weight > 0:
        layers = [layer for layer, _ in shares(recipe.content.layers, first.layers)]
        content = found = yield from content_targets(
            first, canvas.content.colour, tiles, layers, shelf
        )
        terms += _content_terms(
            first, canvas, recipe, lambda layer: found.statistic(layer, distance, relative)
        )
    counted = (math.prod(first.size(term.layer, height, width)) for term in terms)
    terms = [replace(term, whole=float(w)) for term, w in zip(terms, counted, strict=True)]
    kept = layout.kept
    return TiledObjective(crew, terms, tiles, content, variation, tuple(notes), kept, shelf)


def _crew(extractor: Extractor | Sequence[Extractor] | Crew) -> Crew:
    if isinstance(extractor, Crew):
        return extractor
    first, *helpers = extractor if isinstance(extractor, Sequence) else [extractor]
    return Crew(first, helpers)


def looks(extractor: Extractor, colour: Tensor, core: int | None) -> Iterator[Part]:
    """A picture's features: all at once, or a tile at a time where it is larger than a core."""
    height, width = colour.shape[1:]
    if core is None or max(height, width) <= core:
        yield extractor.forward(colour.contiguous(), remember=False).taps, None
        return
    levels = extractor.levels(colour)
    for tile in extractor.tiles(height, width, core):
        part = tile.extent.of(levels[tile.level])
        yield extractor.look(tile, part, remember=False).taps, tile.positions


def _style_terms(
    extractor: Extractor, canvas: Canvas, recipe: Recipe, core: int | None, memo: Memo | None
) -> Generator[None, None, tuple[list[Term], list[str]]]:
    """For each guide and layer a term; a region eroded to nothing at a layer gives a note."""
    layers = shares(recipe.style.layers, extractor.layers)
    guides, content = canvas.guides, canvas.content
    statistics: dict[int, dict[str, Statistic]] = {}
    for place in sorted({style for _, style, _ in guides}):
        style, names = canvas.styles[place], [name for name, _ in layers]
        statistics[place] = yield from _known(extractor, style, recipe, names, core, memo)
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


def _content_terms(
    extractor: Extractor, canvas: Canvas, recipe: Recipe, statistic: Callable[[str], Content]
) -> list[Term]:
    """A term for each of the content's layers, each with its ``statistic``."""
    content = canvas.content
    terms: list[Term] = []
    for layer, share in shares(recipe.content.layers, extractor.layers):
        weights = layer_weights(None, content.alpha, 0, *extractor.size(layer, *content.size))
        weight = recipe.content.weight * share
        terms.append(Term("content", layer, weight, statistic(layer), weights))
    return terms


def variants(colour: Tensor, augment: bool) -> list[Tensor]:
    """A style, and with ``augment`` its quarter turns and their mirror images too."""
    if not augment:
        return [colour]
    turned = [torch.rot90(colour, quarter, (-2, -1)) for quarter in range(4)]
    return turned + [one.flip(-1) for one in turned]


def _known(
    extractor: Extractor,
    style: Style,
    recipe: Recipe,
    layers: list[str],
    core: int | None,
    memo: Memo | None,
) -> Generator[None, None, dict[str, Statistic]]:
    """A style's targets, from an earlier job where they are still there."""
    if memo is None:
        return (yield from _statistics(extractor, style, recipe, layers, core))
    name = memo.name(extractor, style, recipe, layers, core)
    found = memo.found(name)
    if found is None:
        found = yield from _statistics(extractor, style, recipe, layers, core)
        memo.keep(name, found)
    return found


def _statistics(
    extractor: Extractor, style: Style, recipe: Recipe, layers: list[str], core: int | None
) -> Generator[None, None, dict[str, Statistic]]:
    """A style's targets at these layers, made once for all regions that it is used in."""
    kind = GramSums if recipe.style.statistic == "gram" else MomentSums
    sums = {layer: kind() for layer in layers}
    augment = recipe.style.augment
    planes = [style.mask, style.picture.alpha]
    turned = [
        [None] * (8 if augment else 1) if plane is None else variants(plane, augment)
        for plane in planes
    ]
    for colour, mask, alpha in zip(variants(style.picture.colour, augment), *turned, strict=True):
        weights = _style_weights(extractor, layers, colour.shape[1:], mask, alpha)
        for taps, positions in looks(extractor, colour, core):
            for layer in taps.keys() & sums.keys():
                own = weights[layer]
                if own is not None and positions is not None:
                    own = positions[layer].of(own)
                features = taps[layer]
                sums[layer].add(features, None if own is None else own.to(features.device))
            yield
    return {layer: _style_statistic(one, recipe) for layer, one in sums.items()}


def _style_weights(
    extractor: Extractor,
    layers: Iterable[str],
    size: Sequence[int],
    mask: Tensor | None,
    alpha: Tensor | None,
) -> dict[str, Tensor | None]:
    """The weights of a style's positions at each layer, by its mask and alpha."""
    weights: dict[str, Tensor | None] = {}
    for layer in layers:
        at = extractor.size(layer, size[0], size[1])
        own = layer_weights(mask, alpha, extractor.reach(layer), *at)
        if own is not None and float(own.sum()) < FEWEST_POSITIONS:
            own = layer_weights(mask, alpha, 0, *at)
        weights[layer] = own
    return weights


def _style_statistic(sums: GramSums | MomentSums, recipe: Recipe) -> Statistic:
    distance = recipe.style.distance
    if isinstance(sums, GramSums):
        return Gram.near(sums, distance, recipe.relative)
    mean, covariance = sums.mean_and_covariance()
    if recipe.style.statistic == "mean-variance":
        return MeanVariance.near(mean, covariance, distance)
    kind = Wasserstein if recipe.style.statistic == "wasserstein" else Moments
    return kind(mean, covariance, distance)
