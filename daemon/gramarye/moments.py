"""What a studio's job yields as it goes along; without torch, for those who only carry it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .raster import Pixels
from .service.store.checkpoints import Checkpoint

if TYPE_CHECKING:
    from PIL import Image

    from .engine.plan import Plan
    from .saved import Checkpoint


@dataclass(frozen=True)
class Quote:
    """What a job would take, from the descriptions of its planes alone.

    ``seconds`` from its first octave to its result, ``memory`` in bytes at its peak, ``layout`` how
    its canvas is cut at the finest octave, and into how many ``tiles`` (1: it is not). A further
    device that is lent for them needs ``tile_memory`` bytes beside its network (0: none is of use).
    """

    seconds: float
    memory: int
    layout: str
    tiles: int = 1
    tile_memory: int = 0


@dataclass(frozen=True)
class Begun:
    """A job before its first step.

    ``plan()`` says what it will take, and ``preview()`` shows what it starts from; both cost time,
    so call them only when somebody looks. ``layout`` says how its canvas is cut.
    """

    plan: Callable[[], Plan]
    preview: Callable[[], Pixels]
    layout: str = ""


@dataclass(frozen=True)
class Working:
    """Inside a step of a canvas that is cut: ``part`` of ``parts`` of it is done."""

    step: int
    steps: int
    stage: str
    part: int
    parts: int

    @property
    def words(self) -> str:
        """Such as ``full size, tile 3 of 18``."""
        return f"{self.stage}, tile {self.part} of {self.parts}"


@dataclass(frozen=True)
class Update:
    """A running job after one step: ``step`` of ``steps`` over all octaves, each loss term.

    ``preview()`` makes a small picture (long side at most 256 px, role ``preview``, RGB u8) of the
    pixels as they stand; call it only when somebody looks, it costs time.

    ``checkpoint()`` is what the job can go on from, in this process or another (``None``: there is
    nothing new since the last one). Its arrays are the job's own memory: write or copy them before
    the next moment is asked for.
    """

    step: int
    steps: int
    losses: dict[str, float]
    stage: str
    preview: Callable[[], Pixels]
    checkpoint: Callable[[], Checkpoint] | None = None

    @property
    def image(self) -> Image.Image:
        """The preview as a Pillow picture, for a notebook."""
        from .arrays import to_image  # torch comes with it

        return to_image(self.preview())


@dataclass(frozen=True)
class Rendered:
    """The finished job: ``features`` says what it was made with, ``notice`` what was replaced.

    ``made_with`` is JSON: the whole recipe, and what else decided the bytes. ``memory`` is what the
    job took at its peak in bytes, ``None`` where the system does not tell.
    """

    pixels: Pixels
    features: str
    notice: str
    losses: dict[str, float]
    made_with: str = "{}"
    memory: int | None = None
