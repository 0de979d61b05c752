"""Style transfer by optimisation, coarse to fine: the loop that everything else is a part of.

Gatys, Ecker & Bethge 2016 (CVPR) optimise the pixels of one picture; working octave by octave
(Gatys et al. 2017, arXiv:1611.07865, section 6) lets large strokes form before fine ones.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from .canvas import SMALLEST_PICTURE, Canvas
from .checkpoint import Checkpoint
from .colour import finish, prepare
from .device import is_lost, is_memory_short
from .errors import CheckpointError
from .memo import Memo
from .nearest import Repainted, repaint, rounds_in
from .nearest.scenes import scenes_of
from .networks import Network
from .optimisers import LARGEST_FOR_PAIRS, Adam, Lbfgs, Optimiser, preconditioner
from .profile import span
from .pyramid import interpolate, octaves, reduce_by_strips, resize
from .recipe import Recipe
from .starting import carried, starting_picture
from .tiles.crews import Crew, Hand
from .tiles.objective import Looked
from .tiles.retrying import Evaluator
from .tiles.shelf import Shelf
from .tiles.workplace import WHOLE, Workplace

LIGHT_RATE = 0.04
"""A step of Adam's there; of 0.01, 0.02 and 0.04 the one whose loss came nearest to L-BFGS'."""
PREVIEW_SIDE = 1024
"""A preview of a larger picture is made from a coarser octave of it."""
OPENING_SIDE = 128
"""The opening's long side is from this to just under twice this, where the canvas is as large."""


@dataclass(frozen=True)
class Step:
    """After one evaluation: ``number`` of ``total`` over all octaves, which falls where one of them
    ends before its budget is used up.

    ``losses`` has each term of the octave's best picture so far, and ``preview()`` is what the
    result would be now, ``(3, h, w)`` in [0, 1], at the octave's size. ``checkpoint()`` is what to
    go on from; there is none while patches are painted, which is then begun again.
    """

    number: int
    total: int
    octave: int
    losses: dict[str, float]
    preview: Callable[[], Tensor]
    checkpoint: Callable[[], Checkpoint] | None = None


@dataclass(frozen=True)
class Finished:
    """The result, ``(3, H, W)`` in [0, 1] at the content's size, and its losses.

    ``notes`` are sentences about what the pictures did not allow.
    """

    picture: Tensor
    losses: dict[str, float]
    notes: tuple[str, ...] = ()


def transfer(
    canvas: Canvas,
    recipe: Recipe,
    network: Network,
    workplace: Workplace = WHOLE,
    resume: Checkpoint | None = None,
) -> Generator[Step | Looked | Finished | None, None, None]:
    """Run a recipe. Closing the iterator stops the work between two parts of an evaluation.

    Args:
        canvas: the pictures at the working size, on the network's device or where the workplace
            keeps large ones; strokes come out at the size that they have in the styles.
        network: the features; built-in ones were fitted to ``prepare(canvas, recipe.colour)``.
        workplace: whether and how large canvases are cut, and where their planes lie.
        resume: go on from here; the same job on the same machine ends with the same bits.

    Yields:
        ``None`` inside evaluations, or :class:`Looked` after each look at a tile; a :class:`Step`
        after each evaluation, and one :class:`Finished`.

    Raises:
        SettingsError, DivergedError, MemoryShortError, StorageError, CheckpointError.
    """
    return _Transfer(canvas, recipe, network, workplace).run(resume)


class _Transfer:
    """One run of a recipe, and how far it is."""

    def __init__(
        self, canvas: Canvas, recipe: Recipe, network: Network, workplace: Workplace
    ) -> None:
        schedule = recipe.schedule
        self._recipe = recipe
        self._network = network
        self._workplace = workplace
        self._shelf = Shelf(workplace.folder if workplace.layout(0).filed else None)
        self._count = work_octaves(canvas, schedule.coarsest, network.smallest_side)
        prepared = prepare(canvas, recipe.colour)
        self._canvases = canvas.octaves(self._count)
        self._optimised = self._canvases if prepared is canvas else prepared.octaves(self._count)
        painted = range(min(recipe.patches.octaves, self._count))
        self._total = sum(map(schedule.budget, range(self._count)))
        self._total += sum(rounds_in(recipe.patches, octave) for octave in painted)
        self._random = torch.Generator().manual_seed(recipe.seed)
        start = starting_picture(self._optimised[0], recipe, self._random, self._shelf.like)
        self._starts = octaves(start, self._count)
        self._done = 0
        self._losses: dict[str, float] = {}
        self._notes: dict[str, None] = {}

    def run(
        self, resume: Checkpoint | None
    ) -> Generator[Step | Looked | Finished | None, None, None]:
        """Octave by octave, the patches, and the result."""
        if resume is None:
            octave, steps = self._count - 1, 0
            optimiser = self._begun(octave, None)
        else:
            octave, steps = resume.octave, resume.steps
            optimiser = self._resumed(resume)
        yield from self._optimise(octave, optimiser, steps)
        for finer in reversed(range(octave)):
            optimiser = self._begun(finer, optimiser)
            yield from self._optimise(finer, optimiser, 0)
        pixels = optimiser.best()
        del optimiser
        pixels = yield from self._repaint(pixels)
        picture = _result(pixels, self._canvases[0], self._recipe, self._shelf.like)
        yield Finished(picture, self._losses, tuple(self._notes))

    def _begun(self, octave: int, coarser: Optimiser | None) -> Optimiser:
        """An octave's optimiser, at the start that the coarser octave leaves to it."""
        canvas, starts = self._canvases[octave], self._starts
        pixels = starts[octave]
        if coarser is not None:
            kept = self._recipe.start.kind != "noise"
            pair = (starts[octave], starts[octave + 1]) if kept else None
            sigma, like = self._recipe.schedule.noise, self._shelf.like
            size = canvas.content.size
            pixels = carried(coarser.best(), pair, size, sigma, self._random, like)
            del pair, starts[octave + 1 :]  # large ones go as soon as they are not needed
        return _optimiser(self._recipe, pixels, canvas.styled, coarser, self._shelf)

    def _resumed(self, point: Checkpoint) -> Optimiser:
        """The optimiser as it was, and all the rest with it."""
        try:
            if not 0 <= point.octave < self._count:
                raise ValueError(point.octave)
            canvas, start = self._canvases[point.octave], self._starts[point.octave]
            optimiser = _optimiser(self._recipe, start, canvas.styled, None, self._shelf)
            optimiser.load_state_dict(point.optimiser)
            self._random.set_state(point.random)
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            if is_memory_short(error) or is_lost(error):
                raise
            raise CheckpointError(
                "A job's saved state is not of this job, so it begins anew. Nothing else is lost."
            ) from error
        del self._starts[point.octave + 1 :]
        self._done, self._total = point.done, point.total
        self._losses, self._notes = point.losses, dict.fromkeys(point.notes)
        return optimiser

    def _optimise(
        self, octave: int, optimiser: Optimiser, steps: int
    ) -> Iterator[Step | Looked | None]:
        """The rest of an octave's evaluations, of which ``steps`` are made."""
        recipe, canvas = self._recipe, self._optimised[octave]
        layout = self._workplace.layout(octave)
        crew, memo = self._crew(octave), self._memo()
        objective = Evaluator(crew, canvas, recipe, layout, self._shelf, memo)
        with span("targets", "forward"):
            yield from objective.prepare()
        preview = _preview(optimiser.best, self._canvases[octave:], recipe)
        budget = recipe.schedule.budget(octave)
        while steps < budget and not optimiser.converged:
            with span("optimiser", "step"):
                point = optimiser.ask()
            evaluation = yield from objective.evaluate(point)
            with span("optimiser", "step"):
                optimiser.tell(evaluation.loss, evaluation.gradient)
            if steps == 0 or evaluation.loss < self._losses["total"]:
                self._losses = evaluation.losses
            del point, evaluation
            steps, self._done = steps + 1, self._done + 1
            if optimiser.converged:
                self._total -= budget - steps
            self._notes |= dict.fromkeys(objective.notes)
            saved = self._saving(octave, steps, optimiser)
            yield Step(self._done, self._total, octave, self._losses, preview, saved)

    def _crew(self, octave: int) -> Crew:
        """Who works on an octave's tiles."""
        own, workplace = self._network, self._workplace

        def lent() -> list[Hand]:
            return [
                Hand(partial(lease.extractor, own, octave), lease) for lease in workplace.leases()
            ]

        helpers = [network.at(octave) for network in workplace.helpers]
        return Crew(own.at(octave), helpers, lent)

    def _memo(self) -> Memo | None:
        """Where targets of styles with these features are kept."""
        network, cache = self._network, self._workplace.cache
        if cache is None:
            return None
        computed = network.fingerprint, network.precision, self._recipe.features
        return Memo(cache, f"{computed} {network.device} {torch.get_num_threads()}")

    def _saving(self, octave: int, steps: int, optimiser: Optimiser) -> Callable[[], Checkpoint]:
        done, total, losses, notes = self._done, self._total, self._losses, tuple(self._notes)
        random = self._random.get_state()  # which the next octave's start goes on to use
        return lambda: Checkpoint(
            octave, steps, done, total, losses, notes, random, optimiser.state_dict()
        )

    def _repaint(self, pixels: Tensor) -> Generator[Step | None, None, Tensor]:
        """The patches' stage, where the recipe has one."""
        recipe = self._recipe
        painted = self._optimised[: recipe.patches.octaves]
        if not painted:
            return pixels
        scenes = scenes_of(pixels.clamp(0, 1), painted, recipe.style.augment)
        for moment in repaint(scenes, recipe.patches, self._random):
            if not isinstance(moment, Repainted):
                yield None
                continue
            pixels = moment.picture
            self._done += 1
            self._losses = {**self._losses, "patches": moment.energy}
            preview = _preview(pixels, self._canvases[moment.octave :], recipe)
            yield Step(self._done, self._total, moment.octave, self._losses, preview)
        return pixels


def opening(canvas: Canvas, recipe: Recipe) -> Tensor:
    """What the result would be before the first step, ``(3, h, w)`` in [0, 1], at a small size."""
    if canvas.start is not None:
        canvas = replace(canvas, start=resize(canvas.start, *canvas.content.size))
    small = canvas.octaves(work_octaves(canvas, OPENING_SIDE, SMALLEST_PICTURE))[-1]
    generator = torch.Generator().manual_seed(recipe.seed)
    start = starting_picture(prepare(small, recipe.colour), recipe, generator)
    return _result(start, small, recipe)


def work_octaves(canvas: Canvas, coarsest: int, smallest_side: int) -> int:
    """:func:`octaves_between` of a canvas' pictures."""
    styles = [style.picture.size for style in canvas.styles]
    return octaves_between(canvas.content.size, styles, coarsest, smallest_side)


def octaves_between(
    content: tuple[int, int],
    styles: Sequence[tuple[int, int]],
    coarsest: int,
    smallest_side: int,
) -> int:
    """How many sizes to work at, each half of the next, for pictures of these (height, width).

    The coarsest has a long side from ``coarsest`` to just under twice that, and no side of any
    picture gets shorter than ``smallest_side``.
    """
    long_side = max(content)
    short_side = min(min(size) for size in (content, *styles))
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
        return Adam(start, LIGHT_RATE, copied=shelf.copy)
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
