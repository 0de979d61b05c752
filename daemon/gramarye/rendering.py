"""One job from its planes to its picture, wherever it has to be computed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace

import torch

from gramarye_protocol import Plane, Settings, __version__

from .arranging import PROCESSOR, Room, settled
from .composing import compose_canvas, moved
from .engine.cache import Cache
from .engine.canvas import Canvas
from .engine.checkpoint import Checkpoint as Point
from .engine.cost import Job
from .engine.device import PeakMemory, describe_device, forget_unused_memory, is_memory_short
from .engine.errors import CheckpointError, EngineError, MemoryShortError
from .engine.networks import Network
from .engine.places import cache_home
from .engine.plan import Plan
from .engine.precision import type_of
from .engine.recipe import Recipe
from .engine.tiles.objective import Looked
from .engine.tiles.planning import Arrangement
from .engine.tiles.shelf import Shelf
from .engine.tiles.workplace import Workplace
from .engine.transfer import Finished, Step, opening, transfer
from .estimating import Estimator
from .lending import Lending
from .moments import Begun, Rendered, Update, Working
from .pixels import preview_pixels, to_pixels
from .raster import Pixels
from .saved import Checkpoint
from .saving import Circumstances, State, name_of_job, on_processor
from .stock import Stock
from .stopwatch import Stopwatch
from .threads import computing_with

Moments = Generator[Begun | Working | Update | Rendered | None, None, None]

OTHER_JOB = (
    "The saved state was of other pictures, settings or software, so this job began anew. "
    "Nothing else is lost."
)
CUT_OTHERWISE = (
    "The job went on on another device or in other memory than it began, so its last digits may "
    "differ."
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Equipment:
    """What jobs are computed with: devices, what is warm there, and what is kept between jobs.

    ``others`` always share the tiles of a canvas that is cut on ``device``.
    """

    device: torch.device
    others: tuple[torch.device, ...]
    stock: Stock
    lending: Lending
    cache: Cache
    estimator: Callable[[torch.device], Estimator]


class Rendering:
    """One job on its way.

    Args:
        notices: sentences that its result is to carry.
        resume: where it is to go on from; if that is not of this job, it begins anew and says so.
        enough: once it says so, the picture as it stands is the result.
    """

    def __init__(
        self,
        equipment: Equipment,
        settings: Settings,
        recipe: Recipe,
        planes: Sequence[Pixels],
        notices: Sequence[str],
        resume: Checkpoint | None,
        enough: Callable[[], bool],
    ) -> None:
        self._equipment = equipment
        self._settings = settings
        self._recipe = recipe
        self._planes = planes
        self._notices = dict.fromkeys(notices)
        self._enough = enough
        self._name = name_of_job(recipe, settings, [one.plane for one in planes])
        self._before = self._read(resume)
        self._point = self._before.point if self._before else None
        self._newest: Callable[[], Point] | None = None
        self._device = equipment.device
        self._plan: Plan | None = None
        self._began: float | None = None
        self._as_promised = resume is None
        self.threads = settings.threads
        """Those that it is computed with, as sums depend on them; ``None``: the device's own."""
        if self.threads is None and self._before is not None:
            self.threads = self._before.within.threads

    def moments(self, clock: Stopwatch) -> Moments:
        """All of it; ``clock`` runs while it computes."""
        while True:
            try:
                yield from self._attempt(clock)
                return
            except CheckpointError as error:
                if self._point is None:
                    raise
                self._begin_anew(error.sentence)
            except (EngineError, RuntimeError, MemoryError) as error:
                if not self._may_go_on_elsewhere(error):
                    raise
                self._leave_device(error)
            forget_unused_memory()

    def _attempt(self, clock: Stopwatch) -> Moments:
        """The rest of the job, on the device where it is now."""
        canvas = compose_canvas(self._settings, self._recipe, self._planes)
        job, arrangement = self._settled(canvas)
        canvas = self._placed(canvas, arrangement, job)
        if self._began is None:
            yield self._begun(canvas, job, arrangement)
            self._began = clock.seconds
        memory = PeakMemory(self._device)
        stock, cache = self._equipment.stock, self._equipment.cache
        found = cache.found
        network = stock.network(self._recipe, canvas, self._device, cache)
        self._as_promised &= cache.found == found  # plans have a fit in them
        yield None
        within = Circumstances(
            self._name,
            network.fingerprint,
            torch.get_num_threads(),
            self._device.type,
            arrangement,
        )
        self._check(within)
        done, steps, stage = 0, job.steps, "starting"
        if self._point is not None:
            done, steps = self._point.done, self._point.total
        workplace = self._workplace(network, arrangement)
        try:
            with closing(
                transfer(canvas, self._recipe, network, workplace, self._point, self._enough)
            ) as moments:
                for moment in moments:
                    if isinstance(moment, Step):
                        update = self._update(moment, within)
                        done, steps, stage = update.step, update.steps, update.stage
                        yield update
                    elif isinstance(moment, Looked):
                        yield Working(done, steps, stage, moment.number, moment.total)
                    elif isinstance(moment, Finished):
                        if moment.stopped is None:
                            self._learn(clock)
                        yield self._rendered(moment, canvas, network, arrangement, memory)
                    else:
                        yield None
        finally:
            self._equipment.lending.forget(network)

    def _settled(self, canvas: Canvas) -> tuple[Job, Arrangement]:
        """How the job is worked on, as before if it goes on; the device is where there is room."""
        stock, guides = self._equipment.stock, len(canvas.guides)
        device, job, arrangement = settled(
            self._device, lambda one: stock.job(self._recipe, canvas, guides, one), self._settings
        )
        if device != self._device:
            self._leave_device(None)
        if self._before is None:
            return job, arrangement
        before = self._before.within
        alike = before.device == device.type and len(before.arrangement.layouts) == job.octaves
        if alike and Room(device, self._settings).fits(before.arrangement):
            return job, before.arrangement
        cores = [[one.core for one in each.layouts] for each in (before.arrangement, arrangement)]
        if not alike or cores[0] != cores[1]:
            self._say(CUT_OTHERWISE)
        return job, arrangement

    def _placed(self, canvas: Canvas, arrangement: Arrangement, job: Job) -> Canvas:
        """The canvas where the job wants it, in its dtype."""
        dtype = torch.float64 if job.pixel_bytes == 8 else torch.float32
        if arrangement.planes == "device":
            return moved(canvas, lambda plane: plane.to(self._device, dtype))
        if arrangement.planes == "host":
            return moved(canvas, lambda plane: plane.to(dtype))
        shelf = Shelf(cache_home() / "canvas")
        return moved(canvas, lambda plane: shelf.copy(plane.to(dtype)))

    def _workplace(self, network: Network, arrangement: Arrangement) -> Workplace:
        equipment, folder = self._equipment, cache_home() / "canvas"
        if self._device != equipment.device or not arrangement.cut:
            return Workplace(arrangement.layout, folder, cache=equipment.cache)
        helpers = [network.on(other) for other in equipment.others]
        leases = equipment.lending.leases
        return Workplace(arrangement.layout, folder, helpers, leases, equipment.cache)

    def _read(self, resume: Checkpoint | None) -> State | None:
        """Where the job is to go on from, if that is its own."""
        if resume is None:
            return None
        try:
            state = State.unpack(resume)
        except CheckpointError as error:
            self._say(error.sentence)
            return None
        if state.within.job != self._name:
            self._say(OTHER_JOB)
            return None
        return state

    def _check(self, within: Circumstances) -> None:
        """The state that the job goes on from must have been computed with these very filters."""
        if self._before is not None and self._before.within.fingerprint != within.fingerprint:
            self._begin_anew(OTHER_JOB)

    def _begin_anew(self, why: str) -> None:
        self._point = self._before = None
        self._say(why)

    def _may_go_on_elsewhere(self, error: Exception) -> bool:
        short = isinstance(error, MemoryShortError) or is_memory_short(error)
        return short and self._device != PROCESSOR

    def _leave_device(self, error: Exception | None) -> None:
        """Go on on the CPU, from the newest state that is sure to be whole: an error that came from
        beside the evaluations may have left an optimiser half way."""
        if isinstance(error, MemoryShortError) and self._newest is not None:
            self._point = on_processor(self._newest())
        _log.warning("%s has too little memory: going on on the CPU", self._device)
        self._say(
            f"There was too little memory on {self._device}, so this was computed on the CPU: that "
            "takes longer, and the result is as good."
        )
        self._device, self._newest, self._before = PROCESSOR, None, None
        self._as_promised = False

    def _say(self, sentence: str) -> None:
        """Add to what the result's notice says."""
        self._notices[sentence] = None

    def _learn(self, clock: Stopwatch) -> None:
        """What the job took, beside what was promised, if it went as promises suppose."""
        if self._plan is not None and self._began is not None and self._as_promised:
            estimator = self._equipment.estimator(self._device)
            took = clock.seconds - self._began
            estimator.learn(self._recipe.features, self._plan.seconds, took)

    @property
    def _like(self) -> Plane:
        """The content's description, which the result shares."""
        return next(one.plane for one in self._planes if one.plane.role == "content")

    def _update(self, step: Step, within: Circumstances) -> Update:
        like, save = self._like, step.checkpoint
        if self._device != PROCESSOR:
            self._newest = save
        stage = f"octave {step.octave + 1}" if step.octave else "full size"
        return Update(
            step.number,
            step.total,
            step.losses,
            stage,
            lambda: preview_pixels(step.preview(), like),
            None if save is None else lambda: State(save(), within).pack(),
        )

    def _rendered(
        self,
        finished: Finished,
        canvas: Canvas,
        network: Network,
        arrangement: Arrangement,
        memory: PeakMemory,
    ) -> Rendered:
        return Rendered(
            to_pixels(finished.picture, canvas.content.alpha, self._like, "result"),
            network.identity,
            " ".join((*self._notices, *finished.notes)),
            finished.losses,
            self._made_with(network, arrangement, finished.stopped),
            memory.bytes(),
        )

    def _made_with(
        self, network: Network, arrangement: Arrangement, stopped: tuple[int, int] | None
    ) -> str:
        """What it takes to get the same bytes again from the same pictures, as JSON; of a job that
        was stopped early, also after which of its steps."""
        recipe, size = self._recipe, self._settings.size
        precise = replace(recipe, features=replace(recipe.features, precision=network.precision))
        early = {} if stopped is None else {"stopped": {"step": stopped[0], "steps": stopped[1]}}
        auto = network.precision == "auto"
        dtype = torch.float32 if auto else type_of(network.precision)  # type: ignore[arg-type]
        return json.dumps(
            {
                "software": f"gramarye {__version__}",
                "recipe": asdict(precise),
                **({} if size is None else {"size": size}),
                "features": network.identity,
                "fingerprint": network.fingerprint,
                "device": describe_device(self._device),
                "threads": torch.get_num_threads(),
                "dtype": str(dtype).removeprefix("torch."),
                "plan": arrangement.line,
                **early,
            },
            separators=(",", ":"),
        )

    def _begun(self, canvas: Canvas, job: Job, arrangement: Arrangement) -> Begun:
        """The job's first moment; its plan is remembered once somebody has looked at it."""
        estimator = self._equipment.estimator(self._device)

        def plan() -> Plan:
            with computing_with(self.threads):
                if self._plan is None:
                    self._plan = replace(estimator.plan(job), memory=arrangement.memory)
            return self._plan

        def preview() -> Pixels:
            with computing_with(self.threads):
                return preview_pixels(opening(canvas, job.recipe), self._like)

        return Begun(plan, preview, arrangement.line)
