"""Style transfer by optimisation, coarse to fine: the loop that everything else is a part of.

Gatys, Ecker & Bethge 2016 (CVPR) optimise the pixels of one picture; working octave by octave
(Gatys et al. 2017, arXiv:1611.07865, section 6) lets large strokes form before fine ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .canvas import SMALLEST_PICTURE, Canvas
from .colour import finish, prepare
from .nearest import Repainted, repaint, rounds_in
from .nearest.scenes import scenes_of
from .networks import Network
from .optimisers import LARGEST_FOR_PAIRS, Adam, Lbfgs, Optimiser, preconditioner
from .profile import span
from .pyramid import interpolate, octaves, reduce_by_strips, resize
from .recipe import Recipe
from .starting import carried, starting_picture
from .tiles.objective import Looked
from .tiles.retrying import Evaluator
from .tiles.shelf import Shelf
from .tiles.workplace import WHOLE, Workplace

LIGHT_RATE, LIGHT_AVERAGING = 0.02, 0.8
PREVIEW_SIDE = 1024
"""A preview of a larger picture is made from a coarser octave of it."""
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


def transfer(
    canvas: Canvas, recipe: Recipe, network: Network, workplace: Workplace = WHOLE
) -> Iterator[Step | Looked | Finished | None]:
    """Run a recipe. Closing the iterator stops the work between two parts of an evaluation.

    Args:
        canvas: the pictures at the working size, on the network's device or where the workplace
            keeps large ones; strokes come out at the size that they have in the styles.
        network: the features; built-in ones were fitted to ``prepare(canvas, recipe.colour)``.
        workplace: whether and how large canvases are cut, and where their planes lie.

    Yields:
        ``None`` inside evaluations, or :class:`Looked` after each look at a tile; a :class:`Step`
        after each evaluation, and one :class:`Finished`.

    Raises:
        SettingsError, DivergedError, MemoryShortError, StorageError.
    """
    schedule = recipe.schedule
    count = work_octaves(canvas, schedule.coarsest, network.smallest_side)
    shelf = Shelf(workplace.folder if workplace.layout(0).filed else None)
    prepared = prepare(canvas, recipe.colour)
    canvases = canvas.octaves(count)
    optimised = canvases if prepared is canvas else prepared.octaves(count)
    painted = optimised[: recipe.patches.octaves]
    total = sum(map(schedule.budget, range(count)))
    total += sum(rounds_in(recipe.patches, octave) for octave in range(len(painted)))
    generator = torch.Generator().manual_seed(recipe.seed)
    starts = octaves(starting_picture(optimised[0], recipe, generator, shelf.like), count)
    pixels = starts[-1]
    optimiser: Optimiser | None = None
    done = 0
    losses: dict[str, float] = {}
    notes: dict[str, None] = {}
    for octave in reversed(range(count)):
        size = canvases[octave].content.size
        if octave < count - 1:
            detailed = recipe.start.kind != "noise"
            pair = (starts[octave], starts[octave + 1]) if detailed else None
            pixels = carried(pixels, pair, size, schedule.noise, generator, shelf.like)
            del pair, starts[octave + 1 :]  # large ones go as soon as they are not needed
        extractors = [each.at(octave) for each in (network, *workplace.helpers)]
        objective = Evaluator(
            extractors, optimised[octave], recipe, workplace.layout(octave), shelf
        )
        with span("targets", "forward"):
            yield from objective.prepare()
        notes |= dict.fromkeys(objective.notes)
        optimiser = _optimiser(recipe, pixels, canvases[octave].styled, optimiser, shelf)
        budget = schedule.budget(octave)
        for index in range(budget):
            with span("optimiser", "step"):
                point = optimiser.ask()
            evaluation = yield from objective.evaluate(point)
            notes |= dict.fromkeys(objective.notes)
            with span("optimiser", "step"):
                optimiser.tell(evaluation.loss, evaluation.gradient)
            if index == 0 or evaluation.loss < losses["total"]:
                losses = evaluation.losses
            done += 1
            if optimiser.converged:
                total -= budget - index - 1
            preview = _preview(optimiser.best, canvases[octave:], recipe)
            yield Step(done, total, octave, losses, preview)
            if optimiser.converged:
                break
        pixels = optimiser.best()
    starts.clear()
    optimiser = None
    scenes = scenes_of(pixels.clamp(0, 1), painted, recipe.style.augment) if painted else []
    for moment in repaint(scenes, recipe.patches, generator):
        if not isinstance(moment, Repainted):
            yield None
            continue
        done, pixels = done + 1, moment.picture
        losses = {**losses, "patches": moment.energy}
        preview = _preview(pixels, canvases[moment.octave :], recipe)
        yield Step(done, total, moment.octave, losses, preview)
    yield Finished(_result(pixels, canvas, recipe, shelf.like), losses, tuple(notes))


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


def _optimiser(
    recipe: Recipe, start: Tensor, free: Tensor | None, coarser: Optimiser | None, shelf: Shelf
) -> Optimiser:
    """An octave's own, with what the coarser octave's has learnt of the loss's curvature.

    Losses are means over pixels, so a gradient spreads over as many pixels as there are more.
    """
    search = recipe.search
    height, width = start.shape[1:]
    if search.optimiser == "adam":
        return Adam(start, search.rate, averaging=search.averaging, copied=shelf.copy)
    if height * width > LARGEST_FOR_PAIRS:
        return Adam(start, LIGHT_RATE, averaging=LIGHT_AVERAGING, copied=shelf.copy)
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
    pixels: Tensor | Callable[[], Tensor], canvases: Sequence[Canvas], recipe: Recipe
) -> Callable[[], Tensor]:
    """What the result would be; of a large canvas, at the size of the first small octave of it.

    ``canvases`` are those of the pixels' own octave and of the coarser ones.
    """

    def make() -> Tensor:
        small, octave = pixels() if callable(pixels) else pixels, 0
        while max(small.shape[1:]) > PREVIEW_SIDE and octave + 1 < len(canvases):
            small, octave = reduce_by_strips(small), octave + 1
        return _result(small, canvases[octave], recipe)

    return make


def _result(
    pixels: Tensor,
    canvas: Canvas,
    recipe: Recipe,
    like: Callable[[Tensor], Tensor] = torch.empty_like,
) -> Tensor:
    """The optimised pixels as a picture: in range, in its colours, the rest as it was."""
    picture = finish(torch.clamp(pixels, 0, 1, out=like(pixels)), canvas, recipe.colour)
    styled = canvas.styled
    return picture if styled is None else torch.lerp(canvas.content.colour, picture, styled)
