"""One device with its networks warm: turns settings and planes into a finished plane.

The daemon's worker and the in-process command line both call :meth:`Studio.render`, so the same
job gives the same bytes on either way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

import torch

from gramarye_protocol import BUILTIN_NOTICE, Plane, Settings

from .arranging import settled
from .composing import compose_recipe, named_features, outline_canvas
from .engine.cache import Cache
from .engine.device import choose_device, compute_exactly, describe_device, free_memory, is_lost
from .engine.errors import EngineError, WeightsError
from .engine.recipe import FeatureKind, Features, Recipe
from .engine.tiles.planning import tile_count, tile_memory
from .estimating import Estimator
from .lending import Lending
from .moments import Begun, Quote, Rendered, Update, Working
from .raster import Pixels
from .rendering import Equipment, Rendering
from .saved import Checkpoint
from .saving import name_of_job, saved_name
from .stock import Stock
from .stopwatch import Stopwatch
from .threads import computing_with

KEPT_BYTES = 256 << 20
"""Of filters and targets of styles, for later jobs."""

__all__ = ["Begun", "Checkpoint", "Pixels", "Quote", "Rendered", "Studio", "Update", "Working"]


class Studio:
    """Networks on one device.

    Args:
        device: ``auto``, or torch's name of a device; several with commas between them share the
            tiles of a canvas that is cut.
        weights: a VGG checkpoint to use before any in the caches.

    Raises:
        SettingsError: no such device. WeightsError: ``weights`` cannot be used.
    """

    def __init__(self, device: str = "auto", weights: Path | None = None) -> None:
        self._device, *others = (choose_device(name) for name in device.split(","))
        compute_exactly()
        self._stock = Stock(weights)
        self._lending = Lending()
        self._estimators: dict[torch.device, Estimator] = {}
        self._equipment = Equipment(
            self._device,
            tuple(others),
            self._stock,
            self._lending,
            Cache(KEPT_BYTES),
            self._estimator,
        )
        self.device_name = describe_device(self._device)
        self.available: tuple[str, ...] = ()
        self.features: FeatureKind = "builtin"
        self.notice = ""
        self.look_again()

    def look_again(self) -> None:
        """Take the weights that have come into the caches; jobs that have begun go on as they are,
        also from a checkpoint."""
        self._stock.look()
        found = self._stock.found
        self.available = ("builtin", *found)
        self.features = found[0] if found else "builtin"
        self.notice = "" if found else BUILTIN_NOTICE

    @property
    def memory(self) -> int | None:
        """Bytes of the device that are free now; ``None`` where nobody tells."""
        return free_memory(self._device)

    @property
    def borrowing(self) -> bool:
        """Whether anything is computed or kept on a device that is lent, or was lent."""
        return self._lending.in_use

    def is_lost(self, error: Exception) -> bool:
        """Whether an error means that the device is of no more use to this process."""
        return is_lost(error)

    def lend(self, devices: Sequence[str]) -> None:
        """Lend these devices, by torch's names, and no others for the tiles of canvases that are
        cut; may be called between two moments of a job.

        Each takes a tile at a time, and its memory (:attr:`~gramarye.moments.Quote.tile_memory`),
        from the next pass over the tiles on. No tile is begun on a device that is taken back;
        :attr:`borrowing` says when the last one is done and nothing is left there. Devices of the
        same kind as the studio's own change no bit of a result. One that has too little memory is
        not used again until it is taken back and lent anew.

        Raises:
            SettingsError: no such device; those that are lent stay.
        """
        self._lending.lend([choose_device(name) for name in devices])

    def warm(self) -> None:
        """Bring the network that ``auto`` uses to the device, and let torch start its threads."""
        if self.features != "builtin":
            self._stock.warm(self.recipe(Settings()), self._device)
        torch.ones(8, 8, device=self._device).matmul(torch.ones(8, 8, device=self._device))

    def rehearse(self) -> None:
        """Measure this device, for estimates: a second or two, once a machine. For idle times."""
        widths = self._stock.widths(self.features)
        self._estimator(self._device).rates(Features(self.features), widths)

    def quote(self, settings: Settings, planes: Sequence[Plane]) -> Quote:
        """What a job would take, from its planes' descriptions alone: what its
        :class:`~gramarye.moments.Begun` would say now, unless a mask turns out to be empty.

        Milliseconds, once the device has been measured (:meth:`rehearse`) and the weights are
        loaded.

        Raises:
            EngineError: whatever the settings or the sizes do not allow.
        """
        recipe = self.recipe(settings)
        canvas = outline_canvas(settings, recipe, planes)
        guides = sum(region.style is not None for region in canvas.regions)
        guides = guides or sum(style.weight > 0 for style in canvas.styles)
        device, job, arrangement = settled(
            self._device, lambda one: self._stock.job(recipe, canvas, guides, one), settings
        )
        with computing_with(settings.threads):
            seconds = self._estimator(device).plan(job).seconds
        core = arrangement.layout(0).core
        if core is None:
            return Quote(seconds, arrangement.memory, arrangement.line)
        tiles, tile = tile_count(job, 0, core), int(tile_memory(job, 0, core))
        return Quote(seconds, arrangement.memory, arrangement.line, tiles, tile)

    def render(
        self,
        settings: Settings,
        planes: Sequence[Pixels],
        resume: Checkpoint | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> Generator[Begun | Working | Update | Rendered | None, None, None]:
        """Run a job on planes whose roles say what they are for.

        Several may be under way: each computes only while it is asked for its next moment, with the
        threads of its own settings.

        A job goes on from ``resume``, an :class:`Update`'s checkpoint, to the same bytes. One that
        is damaged or of another job is not used; the result's notice says so. Where a GPU's memory
        does not suffice even for small tiles, the job goes on on the CPU, and the notice says that.

        Once ``enough()`` is true, the picture as it stands after the job's first step or a later
        one is the result, at full size; it is asked after every moment.

        Yields one :class:`Begun`, ``None`` often (inside an evaluation: a moment to look for a
        cancel), :class:`Working` after each tile of a canvas that is cut, an :class:`Update` after
        each step and one :class:`Rendered` at the end, in the content's layout and depth, at the
        working size. Closing the iterator stops the job.

        Raises:
            EngineError: whatever the pictures or the settings do not allow.
        """
        clock = Stopwatch()
        recipe = self._begun_with(settings, planes, resume)
        notices = self._replaced(settings, recipe)
        job = Rendering(self._equipment, settings, recipe, planes, notices, resume, enough)
        with closing(job.moments(clock)) as moments:
            while True:
                with computing_with(job.threads), clock:
                    moment = next(moments)
                yield moment
                if isinstance(moment, Rendered):
                    return

    def recipe(self, settings: Settings) -> Recipe:
        """The recipe that settings mean on this machine.

        Raises:
            WeightsError: a network whose weights are not here was asked for by name.
            SettingsError: settings that contradict each other.
        """
        kind: str = named_features(settings) or self.features
        if settings.features != "auto":
            kind = settings.features
        if kind not in self.available:
            raise WeightsError(
                f"There are no weights for {kind} on this machine: fetch them with "
                f"`gramarye weights fetch {kind}`, give a checkpoint with --weights, or choose the "
                "built-in features."
            )
        return compose_recipe(settings, cast(FeatureKind, kind))

    def _begun_with(
        self, settings: Settings, planes: Sequence[Pixels], resume: Checkpoint | None
    ) -> Recipe:
        """The recipe of a job, which may have begun before there were weights."""
        recipe = self.recipe(settings)
        if resume is None or not _automatic(settings):
            return recipe
        begun, described = saved_name(resume), [one.plane for one in planes]
        for kind in ("builtin", *self._stock.found):
            with suppress(EngineError):  # settings may suit one network only
                other = compose_recipe(settings, kind)
                if begun == name_of_job(other, settings, described):
                    return other
        return recipe

    def _replaced(self, settings: Settings, recipe: Recipe) -> tuple[str, ...]:
        replaced = _automatic(settings) and recipe.features.kind == "builtin"
        return (BUILTIN_NOTICE,) if replaced else ()

    def _estimator(self, device: torch.device) -> Estimator:
        """What this device can do. It is measured without what earlier jobs have left."""
        if device not in self._estimators:
            stock = self._stock
            self._estimators[device] = Estimator(
                device, lambda canvas, recipe: stock.network(recipe, canvas, device)
            )
        return self._estimators[device]


def _automatic(settings: Settings) -> bool:
    """Whether a job uses the best features that there are."""
    return settings.features == "auto" and named_features(settings) is None
