"""An octave's objective that goes on with smaller tiles where memory runs out."""

from __future__ import annotations

import logging
from collections.abc import Generator

from torch import Tensor

from ..canvas import Canvas
from ..device import forget_unused_memory, is_memory_short
from ..errors import MemoryShortError
from ..objective import Evaluation, Objective
from ..recipe import Recipe
from ..targets import Memo, prepare_objective
from .crews import Crew
from .layout import Layout
from .objective import Looked, TiledObjective
from .shelf import Shelf

log = logging.getLogger(__name__)


class Evaluator:
    """Evaluates one octave's loss, whole or in tiles.

    The optimiser asks for the same point until it is told, so an evaluation that ran out of memory
    is simply made again with a smaller layout; nothing else is lost.
    """

    def __init__(
        self,
        crew: Crew,
        canvas: Canvas,
        recipe: Recipe,
        layout: Layout,
        shelf: Shelf,
        memo: Memo | None = None,
    ) -> None:
        self._crew = crew
        self._memo = memo
        self._canvas = canvas
        self._recipe = recipe
        self._shelf = shelf
        self._objective: Objective | TiledObjective | None = None
        self._smaller: tuple[str, ...] = ()
        self.layout = layout

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what the pictures or the memory did not allow."""
        return self._smaller + (self._objective.notes if self._objective else ())

    def prepare(self) -> Generator[None, None, None]:
        """Make the targets; yields where it may be left.

        Raises:
            MemoryShortError: not even the smallest tiles fit.
        """
        while self._objective is None:
            try:
                self._objective = yield from prepare_objective(
                    self._crew, self._canvas, self._recipe, self.layout, self._shelf, self._memo
                )
                return
            except (RuntimeError, MemoryError) as error:
                if not is_memory_short(error):
                    raise
            self._shrink()

    def evaluate(self, pixels: Tensor) -> Generator[Looked | None, None, Evaluation]:
        """Loss and gradient at ``pixels`` ``(3, H, W)``.

        Raises:
            DivergedError: the loss or its gradient is not finite.
            MemoryShortError: not even the smallest tiles fit.
        """
        while True:
            yield from self.prepare()
            assert self._objective is not None
            try:
                return (yield from self._objective.evaluate(pixels))
            except (RuntimeError, MemoryError) as error:
                if not is_memory_short(error):
                    raise
            self._shrink()

    def _shrink(self) -> None:
        """Forget the objective, and take a smaller layout for the next one."""
        self._objective = None
        size = self._canvas.content.size
        smaller = self.layout.smaller(size, self._crew.first.alignment)
        if smaller is None:
            raise MemoryShortError(
                "There is not enough memory even for the smallest tiles: close other programs, or "
                "choose a smaller size."
            )
        log.warning("out of memory at %s: going on with %s", self.layout, smaller)
        self.layout = smaller
        self._smaller = (
            "Memory ran out, so the canvas was worked on in smaller tiles; the result is the same.",
        )
        forget_unused_memory()
