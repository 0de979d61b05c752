"""Style transfer by optimisation, coarse to fine: the loop that everything else is a part of.

Gatys, Ecker & Bethge 2016 (CVPR) optimise the pixels of one picture; working octave by octave
(Gatys et al. 2017, arXiv:1611.07865, section 6) lets large strokes form before fine ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .canvas import SMALLEST_PICTURE, Canvas
from .colour import finish, prepare
from .errors import SettingsError
from .nearest import Repainted, repaint, rounds_in
from .nearest.scenes import scenes_of
from .networks import Network
from .optimisers import Adam, Lbfgs, Optimiser, preconditioner
from .palette import recolour
from .profile import span
from .pyramid import interpolate, octaves, resize
from .recipe import Recipe
from .targets import build_objective

OPENING_SIDE = 128
"""The opening's long side is from this to just under twice this, where the canvas is as large."""


@dataclass(frozen=True)
class Step:
    """After one evaluation: ``number`` of ``total`` over all octaves, which falls where one of them
    ends before its budget is used up.

    ``losses`` has each term of the octave's best picture so far, and ``preview()`` is what the
    result would be now, ``(3, h, w)`` in [0, 1], at the octave's size.
    """

    number: int
    total: int
    octave: int
    losses: dict[str, float]
    preview: Callable[[], Tensor]


@dataclass(frozen=True)
class Finished:
    """The result, ``(3, H, W)`` in [0, 1] at the content's size, and its losses.

    ``notes`` are sentences about what the pictures did not allow.
    """

    picture: Tensor
    losses: dict[str, float]
    notes: tuple[str, ...] = ()


def transfer(canvas: Canvas, recipe: Recipe, network: Network) -> Iterator[Step | Finished | None]:
    """Run a recipe. Closing the iterator stops the work between two parts of an evaluation.

    Args:
        canvas: the pictures at the working size, on the network's device; strokes come out at the
            size that they have in the styles.
        network: the features; built-in ones were fitted to ``prepare(canvas, recipe.colour)``.

    Yields:
        ``None`` inside evaluations, a :class:`Step` after each, and one :class:`Finished`.

    Raises:
        SettingsError, DivergedError.
    """
    schedule = recipe.schedule
    count = work_octaves(canvas, schedule.coarsest, network.smallest_side)
    canvases, optimised = canvas.octaves(count), prepare(canvas, recipe.colour).octaves(count)
    painted = optimised[: recipe.patches.octaves]
    total = sum(map(schedule.budget, range(count)))
    total += sum(rounds_in(recipe.patches, octave) for octave in range(len(painted)))
    generator = torch.Generator().manual_seed(recipe.seed)
    starts = octaves(starting_picture(optimised[0], recipe, generator), count)
    pixels = starts[-1]
    optimiser: Optimiser | None = None
    done = 0
    losses: dict[str, float] = {}
    notes: dict[str, None] = {}
    for octave in reversed(range(count)):
        if octave < count - 1:
            pixels = _enlarged(pixels, starts[octave].shape, schedule.noise, generator)
            if recipe.start.kind != "noise":
                pixels += _detail(starts[octave], starts[octave + 1])
        with span("targets", "forward"):
            objective = build_objective(network.at(octave), optimised[octave], recipe)
        notes |= dict.fromkeys(objective.notes)
        yield None
        optimiser = _optimiser(recipe, pixels, canvases[octave].styled, optimiser)
        budget = schedule.budget(octave)
        for index in range(budget):
            with span("optimiser", "step"):
                point = optimiser.ask()
            evaluation = yield from objective.evaluate(point)
            with span("optimiser", "step"):
                optimiser.tell(evaluation.loss, evaluation.gradient)
            if index == 0 or evaluation.loss < losses["total"]:
                losses = evaluation.losses
            done += 1
            if optimiser.converged:
                total -= budget - index - 1
            preview = _preview(optimiser.best, canvases[octave], recipe)
            yield Step(done, total, octave, losses, preview)
            if optimiser.converged:
                break
        pixels = optimiser.best()
    scenes = scenes_of(pixels.clamp(0, 1), painted, recipe.style.augment)
    for moment in repaint(scenes, recipe.patches, generator):
        if not isinstance(moment, Repainted):
            yield None
            continue
        done, pixels = done + 1, moment.picture
        losses = {**losses, "patches": moment.energy}
        preview = _preview(pixels, canvases[moment.octave], recipe)
        yield Step(done, total, moment.octave, losses, preview)
    yield Finished(_result(pixels, canvas, recipe), losses, tuple(notes))


def opening(canvas: Canvas, recipe: Recipe) -> Tensor:
    """What the result would be before the first step, ``(3, h, w)`` in [0, 1], at a small size."""
    if canvas.start is not None:
        canvas = replace(canvas, start=resize(canvas.start, *canvas.content.size))
    small = canvas.octaves(work_octaves(canvas, OPENING_SIDE, SMALLEST_PICTURE))[-1]
    generator = torch.Generator().manual_seed(recipe.seed)
    start = starting_picture(prepare(small, recipe.colour), recipe, generator)
    return _result(start, small, recipe)


def work_octaves(canvas: Canvas, coarsest: int, smallest_side: int) -> int:
    """How many sizes to work at, each half of the next.

    The coarsest has a long side from ``coarsest`` to just under twice that, and no side of any
    picture gets shorter than ``smallest_side``.
    """
    long_side = max(canvas.content.size)
    sizes = [canvas.content.size, *(style.picture.size for style in canvas.styles)]
    short_side = min(min(size) for size in sizes)
    count = 1
    while long_side >= 2 * coarsest and short_side >= 2 * smallest_side:
        long_side, short_side, count = long_side // 2, short_side // 2, count + 1
    return count


def starting_picture(canvas: Canvas, recipe: Recipe, random: torch.Generator) -> Tensor:
    """The picture that the optimisation starts from, at the content's size."""
    content = canvas.content.colour
    if recipe.start.kind == "image":
        if canvas.start is None:
            raise SettingsError(
                "A start from an image needs the image: choose one, or another start."
            )
        return resize(canvas.start, *canvas.content.size)
    if recipe.start.kind == "noise":
        noise = torch.randn(content.shape, generator=random)
        return (0.5 + recipe.start.sigma * noise).to(content)
    return _in_palette(canvas) if recipe.start.kind == "palette" else content


def _in_palette(canvas: Canvas) -> Tensor:
    """The content recoloured to its styles, each region to its own."""
    content, visible = canvas.content.colour, canvas.content.alpha
    likes = [(s.picture.colour, s.mask, s.weight) for s in canvas.styles]
    if not canvas.regions:
        return recolour(content, [like for like in likes if like[2] > 0], visible)
    result = content.clone()
    for mask, style, _ in canvas.guides:
        assert mask is not None
        colours, part, _ = likes[style]
        result = torch.lerp(result, recolour(content, [(colours, part, 1.0)], mask), mask)
    return result


def _enlarged(pixels: Tensor, shape: torch.Size, sigma: float, random: torch.Generator) -> Tensor:
    """The result of an octave as the next finer one's start.

    A little noise gives the fine octave something to make strokes of: an enlarged picture has no
    detail, and a gradient that depends on detail cannot invent it from none.
    """
    larger = interpolate(pixels, *shape[1:])
    return larger + sigma * torch.randn(larger.shape, generator=random).to(larger)


def _detail(start: Tensor, coarser: Tensor) -> Tensor:
    """What a start has and its coarser octave has not, ``(3, H, W)``; noise's would be only noise.

    Added to an enlarged result it makes it the start with the enlarged change: as a multigrid
    method carries corrections (Brandt 1977), and a Laplacian pyramid (Burt & Adelson 1983) detail.
    """
    return start - interpolate(coarser, *start.shape[1:])


def _optimiser(
    recipe: Recipe, start: Tensor, free: Tensor | None, coarser: Optimiser | None
) -> Optimiser:
    """An octave's own, with what the coarser octave's has learnt of the loss's curvature.

    Losses are means over pixels, so a gradient spreads over as many pixels as there are more.
    """
    search = recipe.search
    if search.optimiser == "adam":
        return Adam(start, search.rate, averaging=search.averaging)
    height, width = start.shape[1:]
    smoothing = preconditioner(height, width, search.precondition, free)
    finer = Lbfgs(start, search.history, precondition=smoothing, plateau=recipe.schedule.plateau)
    if isinstance(coarser, Lbfgs):
        inside = 1.0 if free is None else (free > 0).to(start)
        for displacement, change in coarser.pairs:
            share = displacement.numel() / start.numel()
            larger = [interpolate(each, height, width) for each in (displacement, change)]
            finer.learn(inside * larger[0], share * larger[1])
    return finer


def _preview(
    pixels: Tensor | Callable[[], Tensor], canvas: Canvas, recipe: Recipe
) -> Callable[[], Tensor]:
    return lambda: _result(pixels() if callable(pixels) else pixels, canvas, recipe)


def _result(pixels: Tensor, canvas: Canvas, recipe: Recipe) -> Tensor:
    """The optimised pixels as a picture: in range, in its colours, the rest as it was."""
    picture = finish(pixels.clamp(0, 1), canvas, recipe.colour)
    styled = canvas.styled
    return picture if styled is None else torch.lerp(canvas.content.colour, picture, styled)
