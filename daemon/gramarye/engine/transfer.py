"""Style transfer by optimisation, coarse to fine: the loop that everything else is a part of.

Gatys, Ecker & Bethge 2016 (CVPR) optimise the pixels of one picture; working octave by octave
(Gatys et al. 2017, arXiv:1611.07865, section 6) lets large strokes form before fine ones.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
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

    ``notes`` are sentences about what the pictures did not allow. ``stopped``: it was enough after
    so many of so many steps; ``None``: the recipe ran to its end.
    """

    picture: Tensor
    losses: dict[str, float]
    notes: tuple[str, ...] = ()
    stopped: tuple[int, int] | None = None


def transfer(
    canvas: Canvas,
    recipe: Recipe,
    network: Network,
    workplace: Workplace = WHOLE,
    resume: Checkpoint | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Generator[Step | Looked | Finished | None, None, None]:
    """Run a recipe. Closing the iterator stops the work between two parts of an evaluation.

    Args:
        canvas: the pictures at the working size, on the network's device or where the workplace
            keeps large ones; strokes come out at the size that they have in the styles.
        network: the features; built-in ones were fitted to ``prepare(canvas, recipe.colour)``.
        workplace: whether and how large canvases are cut, and where their planes lie.
        resume: go on from here; the same job on the same machine ends with the same bits.
        enough: asked after every moment from the first step on. Once it says so, the picture as it
            stands is the result: a coarse octave's is enlarged as the next octave's start would be,
            so that it has the content's details.

    Yields:
        ``None`` inside evaluations, or :class:`Looked` after each look at a tile; a :class:`Step`
        after each evaluation, and one :class:`Finished`.

    Raises:
        SettingsError, DivergedError, MemoryShortError, StorageError, CheckpointError.
    """
    return _Transfer(canvas, recipe, network, workplace).run(resume, enough)


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
        self._standing: tuple[int, Tensor | Callable[[], Tensor]] | None = None
        """The octave that is worked on, and its best picture so far."""
        self._done = 0
        self._losses: dict[str, float] = {}
        self._notes: dict[str, None] = {}

    def run(
        self, resume: Checkpoint | None, enough: Callable[[], bool]
    ) -> Generator[Step | Looked | Finished | None, None, None]:
        """All of the work, or enough of it, and the result."""
        stopped = None
        with closing(self._work(resume)) as moments:
            for moment in moments:
                yield moment
                if self._done and enough():
                    stopped = self._done, self._total
                    break
        pixels = self._as_it_stands()
        picture = _result(pixels, self._canvases[0], self._recipe, self._shelf.like)
        yield Finished(picture, self._losses, tuple(self._notes), stopped)

    def _work(self, resume: Checkpoint | None) -> Generator[Step | Looked | None, None, None]:
        """Octave by octave, and the patches."""
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
        self._standing = 0, pixels
        del optimiser
        yield from self._repaint(pixels)

    def _as_it_stands(self) -> Tensor:
        """The picture at the canvas' own size. Whatever else it was made with is let go."""
        assert self._standing is not None
        octave, pixels = self._standing
        self._standing = None
        if callable(pixels):
            pixels = pixels()
        for finer in reversed(range(octave)):
            pixels = self._carried(pixels, finer, 0.0)
        return pixels

    def _begun(self, octave: int, coarser: Optimiser | None) -> Optimiser:
        """An octave's optimiser, at the start that the coarser octave leaves to it."""
        pixels = self._starts[octave]
        if coarser is not None:
            pixels = self._carried(coarser.best(), octave, self._recipe.schedule.noise)
        return _optimiser(self._recipe, pixels, self._canvases[octave].styled, coarser, self._shelf)

    def _carried(self, coarse: Tensor, octave: int, sigma: float) -> Tensor:
        """What a coarser octave came to, as the start of this one."""
        starts, size = self._starts, self._canvases[octave].content.size
        kept = self._recipe.start.kind != "noise"
        pair = (starts[octave], starts[octave + 1]) if kept else None
        pixels = carried(coarse, pair, size, sigma, self._random, self._shelf.like)
        del pair, starts[octave + 1 :]  # large ones go as soon as they are not needed
        return pixels

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
        self._standing = octave, optimiser.best
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

    def _repaint(self, pixels: Tensor) -> Iterator[Step | None]:
        """The patches' stage, where the recipe has one. Its coarse rounds leave the picture as it
        is: they only prepare the fine ones."""
        recipe = self._recipe
        painted = self._optimised[: recipe.patches.octaves]
        if not painted:
            return
        scenes = scenes_of(pixels.clamp(0, 1), painted, recipe.style.augment)
        for moment in repaint(scenes, recipe.patches, self._random):
            if not isinstance(moment, Repainted):
                yield None
                continue
            pixels = moment.picture
            if moment.octave == 0:
                self._standing = 0, pixels
            self._done += 1
            self._losses = {**self._losses, "patches": moment.energy}
            preview = _preview(pixels, self._canvases[moment.octave :], recipe)
            yield Step(self._done, self._total, moment.octave, self._losses, preview)


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
