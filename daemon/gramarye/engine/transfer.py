"""Style transfer by optimisation, coarse to fine: the loop that everything else is a part of.

Gatys, Ecker & Bethge 2016 (CVPR) optimise the pixels of one picture; working octave by octave
(Gatys et al. 2017, arXiv:1611.07865, section 6) lets large strokes form before fine ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .errors import PictureError, SettingsError
from .features import Extractor
from .networks import Network
from .objective import Objective, Term
from .optimisers import Adam, Lbfgs, Optimiser
from .palette import recolour
from .patches import octave_name
from .pyramid import interpolate, octaves, resize
from .recipe import Layers, Recipe
from .statistics import Content, Gram, Moments, Statistic, gram_matrix

COARSEST = 96
"""The coarsest octave's long side is from this to just under twice this, in pixels."""
SMALLEST_PICTURE = 16
FINEST_OCTAVES = (octave_name(0), octave_name(1))


@dataclass(frozen=True)
class Step:
    """After one evaluation: ``number`` of ``total`` over all octaves.

    ``losses`` has each term of the octave's best picture so far, and ``preview()`` is that picture,
    ``(3, h, w)`` in [0, 1], at the octave's size.
    """

    number: int
    total: int
    octave: int
    losses: dict[str, float]
    preview: Callable[[], Tensor]


@dataclass(frozen=True)
class Finished:
    """The result, ``(3, H, W)`` in [0, 1] at the content's size, and its losses."""

    picture: Tensor
    losses: dict[str, float]


def check_pictures(content: Tensor, style: Tensor) -> None:
    """Raise :class:`PictureError` for pictures too small to have any style or content."""
    for name, picture in (("content", content), ("style", style)):
        if min(picture.shape[1:]) < SMALLEST_PICTURE:
            raise PictureError(
                f"The {name} has {picture.shape[2]}×{picture.shape[1]} pixels: use a picture of at "
                f"least {SMALLEST_PICTURE}×{SMALLEST_PICTURE}."
            )


def transfer(
    content: Tensor, style: Tensor, recipe: Recipe, network: Network, start: Tensor | None = None
) -> Iterator[Step | Finished | None]:
    """Run a recipe. Closing the iterator stops the work between two parts of an evaluation.

    Args:
        content: ``(3, H, W)`` in [0, 1], at the working size.
        style: ``(3, h, w)`` in [0, 1]; strokes come out at the size that they have in it.
        network: the features, already on the device of the pictures.
        start: the picture to start from when the recipe's init is ``image``.

    Yields:
        ``None`` inside evaluations, a :class:`Step` after each, and one :class:`Finished`.

    Raises:
        PictureError, SettingsError, DivergedError.
    """
    check_pictures(content, style)
    count = work_octaves(content, style, network.smallest_side)
    contents, styles = octaves(content, count), octaves(style, count)
    total = (count - 1) * recipe.coarse_steps + recipe.steps
    generator = torch.Generator().manual_seed(recipe.seed)
    pixels = octaves(_start(recipe, content, style, start, generator), count)[-1]
    done = 0
    losses: dict[str, float] = {}
    for octave in reversed(range(count)):
        if octave < count - 1:
            pixels = _next_octave(pixels, contents[octave], recipe, generator)
        objective = build_objective(network.at(octave), contents[octave], styles[octave], recipe)
        yield None
        optimiser: Optimiser = (Lbfgs if recipe.optimiser == "lbfgs" else Adam)(pixels)
        budget = recipe.steps if octave == 0 else recipe.coarse_steps
        for index in range(budget):
            evaluation = yield from objective.evaluate(optimiser.ask())
            optimiser.tell(evaluation.loss, evaluation.gradient)
            if index == 0 or evaluation.loss < losses["total"]:
                losses = evaluation.losses
            yield Step(done + index + 1, total, octave, losses, _picture_of(optimiser))
            if optimiser.converged:
                break
        done += budget
        pixels = optimiser.best()
    yield Finished(pixels.clamp(0, 1), losses)


def _picture_of(optimiser: Optimiser) -> Callable[[], Tensor]:
    return lambda: optimiser.best().clamp(0, 1)


def work_octaves(content: Tensor, style: Tensor, smallest_side: int) -> int:
    """How many sizes to work at, each half of the next, so that neither picture gets too small."""
    long_side = max(content.shape[1:])
    short_side = min(*content.shape[1:], *style.shape[1:])
    count = 1
    while long_side >= 2 * COARSEST and short_side >= 2 * smallest_side:
        long_side, short_side, count = long_side // 2, short_side // 2, count + 1
    return count


def _start(
    recipe: Recipe, content: Tensor, style: Tensor, start: Tensor | None, random: torch.Generator
) -> Tensor:
    """The picture that the optimisation starts from, at the content's size."""
    if recipe.init == "image":
        if start is None:
            raise SettingsError(
                "A start from an image needs the image: choose one, or another start."
            )
        return resize(start, content.shape[1], content.shape[2])
    if recipe.init == "noise":
        noise = torch.randn(content.shape, generator=random)
        return (0.5 + 0.15 * noise).clamp(0, 1).to(content)
    return recolour(content, style) if recipe.init == "palette" else content


def _next_octave(
    pixels: Tensor, content: Tensor, recipe: Recipe, random: torch.Generator
) -> Tensor:
    """The result of an octave as the next finer one's start.

    A little noise gives the fine octave something to make strokes of: an enlarged picture has no
    detail, and a gradient that depends on detail cannot invent it from none.
    """
    larger = interpolate(pixels, content.shape[1], content.shape[2])
    noise = torch.randn(larger.shape, generator=random).to(larger)
    return larger + recipe.octave_noise * noise


def build_objective(
    extractor: Extractor, content: Tensor, style: Tensor, recipe: Recipe
) -> Objective:
    """The terms of one octave, with the targets' features taken from the pictures."""
    content_layers = _shares(recipe.content_layers or _coarse(extractor), extractor)
    style_layers = _shares(recipe.style_layers or _all(extractor), extractor)
    terms: list[Term] = []
    if recipe.style_weight > 0:
        taps = extractor.forward(style, remember=False).taps
        for layer, share in style_layers:
            statistic = _style_statistic(taps[layer], recipe)
            terms.append(Term("style", layer, recipe.style_weight * share, statistic))
    if recipe.content_weight > 0:
        taps = extractor.forward(content, remember=False).taps
        for layer, share in content_layers:
            statistic = _content_statistic(taps[layer], recipe)
            terms.append(Term("content", layer, recipe.content_weight * share, statistic))
    return Objective(extractor, terms)


def _coarse(extractor: Extractor) -> Layers:
    """All octaves but the finest two, which belong to the strokes; at least the coarsest two."""
    coarse = [layer for layer in extractor.layers if layer not in FINEST_OCTAVES]
    return tuple((layer, 1.0) for layer in coarse or extractor.layers[-2:])


def _all(extractor: Extractor) -> Layers:
    return tuple((layer, 1.0) for layer in extractor.layers)


def _shares(layers: Layers, extractor: Extractor) -> Layers:
    """The layers that this octave has, their weights as shares of their sum.

    A fine octave's filters are not there while a coarser one is worked at; a name that no octave
    has was refused when the network was made.
    """
    present = [(name, weight) for name, weight in layers if name in extractor.layers]
    total = sum(weight for _, weight in present)
    if total == 0:
        return ()
    return tuple((name, weight / total) for name, weight in present)


def _style_statistic(features: Tensor, recipe: Recipe) -> Statistic:
    if recipe.style_statistic == "moments":
        return Moments.of(features, recipe.style_distance)
    target = gram_matrix(features)
    scale = _inverse(target.square().mean()) if recipe.relative else 1.0
    return Gram(target, scale, recipe.style_distance)


def _content_statistic(features: Tensor, recipe: Recipe) -> Statistic:
    centred = features - features.mean(dim=(1, 2), keepdim=True)
    scale = _inverse(centred.square().mean()) if recipe.relative else 1.0
    return Content(features, scale, recipe.content_distance)


def _inverse(energy: Tensor) -> float:
    """1 / energy, bounded for a target that is all but empty (one flat colour)."""
    return 1.0 / max(float(energy), 1e-8)


__all__ = ["Finished", "Step", "build_objective", "transfer", "work_octaves"]
