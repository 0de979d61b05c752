"""One device with its networks warm: turns settings and planes into a finished plane.

The daemon's worker and the in-process command line both call :meth:`Studio.render`, so the same
job gives the same bytes on either way.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

import torch

from gramarye_protocol import Plane, Settings, __version__

from .composing import compose_canvas, compose_recipe, moved, named_features
from .engine.canvas import Canvas
from .engine.colour import prepare
from .engine.cost import Job, largest_side
from .engine.device import (
    PeakMemory,
    choose_device,
    compute_exactly,
    describe_device,
    free_memory,
)
from .engine.errors import RoomError, WeightsError
from .engine.networks import Network, PatchNetwork, VggNetwork
from .engine.places import cache_home, find_weights
from .engine.plan import Plan
from .engine.precision import computed, type_of
from .engine.recipe import FeatureKind, Features, Recipe
from .engine.tiles.objective import Looked
from .engine.tiles.planning import PLACES, Arrangement, Memory, Tiling, arrange
from .engine.tiles.shelf import Shelf
from .engine.tiles.workplace import Workplace
from .engine.transfer import Finished, Step, opening, transfer, work_octaves
from .engine.vgg import convolution_indices
from .engine.weights import State, load_weights
from .estimating import Estimator
from .moments import Begun, Rendered, Update, Working
from .pixels import preview_pixels, to_pixels
from .raster import Pixels
from .stopwatch import Stopwatch

BUILTIN_NOTICE = (
    "No VGG weights were found, so the built-in patch features are used (learnt from your style, "
    "no pretrained network). For better strokes: gramarye weights fetch vgg19"
)

SHARE_OF_MEMORY, SHARE_OF_DEVICE = 0.6, 0.9
"""What of the free memory a job takes before its canvas is cut: a painter's other programs share a
computer's memory, and nobody a GPU's."""

__all__ = ["Begun", "Pixels", "Rendered", "Studio", "Update", "Working"]


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
        self._device, *self._others = (choose_device(name) for name in device.split(","))
        compute_exactly()
        self._states: dict[str, State] = {}
        self._vgg: tuple[tuple[Any, ...], VggNetwork] | None = None
        self._places: dict[str, Path] = {}
        self._estimator = Estimator(
            self._device, lambda canvas, recipe: self._network(recipe, canvas)
        )
        for network in ("vgg16", "vgg19"):
            place = find_weights(network)
            if place is not None:
                self._places[network] = place
        if weights is not None:
            network, state = load_weights(weights)
            self._states[network] = state
            self._places = {network: weights}
        found = [network for network in ("vgg19", "vgg16") if network in self._places]
        self.device_name = describe_device(self._device)
        self.available: tuple[str, ...] = ("builtin", *found)
        self.features: FeatureKind = found[0] if found else "builtin"  # type: ignore[assignment]
        self.notice = "" if found else BUILTIN_NOTICE

    @property
    def memory(self) -> int | None:
        """Bytes of the device that are free now; ``None`` where nobody tells."""
        return free_memory(self._device)

    def warm(self) -> None:
        """Bring the network that ``auto`` uses to the device, and let torch start its threads."""
        if self.features != "builtin":
            self._warm_vgg(self.recipe(Settings()))
        torch.ones(8, 8, device=self._device).matmul(torch.ones(8, 8, device=self._device))

    def rehearse(self) -> None:
        """Measure this device, for estimates: a second or two, once a machine. For idle times."""
        self._estimator.rates(Features(self.features), self._widths(self.features))

    def render(
        self, settings: Settings, planes: Sequence[Pixels]
    ) -> Generator[Begun | Working | Update | Rendered | None, None, None]:
        """Run a job on planes whose roles say what they are for.

        Several may be under way: each computes only while it is asked for its next moment, with the
        threads of its own settings.

        Yields one :class:`Begun`, ``None`` often (inside an evaluation: a moment to look for a
        cancel), :class:`Working` after each tile of a canvas that is cut, an :class:`Update` after
        each step and one :class:`Rendered` at the end, in the content's layout and depth, at the
        working size. Closing the iterator stops the job.

        Raises:
            EngineError: whatever the pictures or the settings do not allow.
        """
        clock = Stopwatch()
        with closing(self._painted(settings, planes, clock)) as moments:
            while True:
                with _threads(settings.threads), clock:
                    moment = next(moments)
                yield moment
                if isinstance(moment, Rendered):
                    return

    def _painted(
        self, settings: Settings, planes: Sequence[Pixels], clock: Stopwatch
    ) -> Generator[Begun | Working | Update | Rendered | None, None, None]:
        """The job's moments; ``clock`` runs while it computes."""
        recipe = self.recipe(settings)
        canvas = compose_canvas(settings, recipe, planes)
        job = self._job(recipe, canvas)
        arrangement = self._arranged(job, settings)
        like = next(one.plane for one in planes if one.plane.role == "content")
        canvas = self._placed(canvas, arrangement, job)
        begun, plans = self._begun(job, canvas, like, arrangement, settings.threads)
        yield begun
        before, memory = clock.seconds, PeakMemory(self._device)
        network = self._network(recipe, canvas)
        yield None
        done, steps, stage = 0, job.steps, "starting"
        helpers = [network.on(other) for other in self._others] if arrangement.cut else []
        workplace = Workplace(arrangement.layout, cache_home() / "canvas", helpers)
        for moment in transfer(canvas, recipe, network, workplace):
            if isinstance(moment, Step):
                update = _update(moment, like)
                done, steps, stage = update.step, update.steps, update.stage
                yield update
            elif isinstance(moment, Looked):
                yield Working(done, steps, stage, moment.number, moment.total)
            elif isinstance(moment, Finished):
                notice = " ".join((*self._replaced(settings), *moment.notes))
                for plan in plans[-1:]:
                    took = clock.seconds - before
                    self._estimator.learn(recipe.features, plan.seconds, took)
                yield Rendered(
                    to_pixels(moment.picture, canvas.content.alpha, like, "result"),
                    network.identity,
                    notice,
                    moment.losses,
                    self._made_with(settings, recipe, network, arrangement),
                    memory.bytes(),
                )
            else:
                yield None

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

    def _made_with(
        self, settings: Settings, recipe: Recipe, network: Network, arrangement: Arrangement
    ) -> str:
        """What it takes to get the same bytes again from the same pictures, as JSON."""
        return json.dumps(
            {
                "software": f"gramarye {__version__}",
                "recipe": asdict(
                    replace(recipe, features=replace(recipe.features, precision=network.precision))
                ),
                **({} if settings.size is None else {"size": settings.size}),
                "features": network.identity,
                "fingerprint": network.fingerprint,
                "device": describe_device(self._device),
                "threads": torch.get_num_threads(),
                "dtype": str(_dtype(network)).removeprefix("torch."),
                "plan": arrangement.line,
            },
            separators=(",", ":"),
        )

    def _replaced(self, settings: Settings) -> tuple[str, ...]:
        automatic = settings.features == "auto" and named_features(settings) is None
        return (self.notice,) if automatic and self.notice else ()

    def _network(self, recipe: Recipe, canvas: Canvas) -> Network:
        if recipe.features.kind == "builtin":
            return PatchNetwork.fitted(prepare(canvas, recipe.colour), recipe, self._device)
        return self._warm_vgg(recipe)

    def _warm_vgg(self, recipe: Recipe) -> VggNetwork:
        """The network on the device; the last one is kept, since most jobs want the same."""
        features = recipe.features
        layers = recipe.content.layers, recipe.style.layers
        wanted = (features.kind, features.pooling, features.precision, *layers)
        if self._vgg is None or self._vgg[0] != wanted:
            network = VggNetwork(recipe, self._state(features.kind), self._device)
            self._vgg = wanted, network
        return self._vgg[1]

    def _state(self, network: str) -> State:
        if network not in self._states:
            place = self._places[network]
            found, state = load_weights(place)
            if found != network:
                raise WeightsError(f"{place} holds {found}, not {network}: rename or replace it.")
            self._states[network] = state
        return self._states[network]

    def _widths(self, kind: FeatureKind) -> tuple[int, ...]:
        """A VGG's channels, for the cost of what it computes."""
        if kind == "builtin":
            return ()
        state, places = self._state(kind), convolution_indices(kind)
        keys = [f"features.{place}.weight" for place in places]
        return tuple(state[key].shape[0] for key in keys if key in state)

    def _job(self, recipe: Recipe, canvas: Canvas) -> Job:
        """What decides the cost of a recipe on a canvas."""
        kind = recipe.features.kind
        smallest = (PatchNetwork if kind == "builtin" else VggNetwork).smallest_side
        return Job(
            recipe,
            canvas.content.size,
            tuple(style.picture.size for style in canvas.styles),
            work_octaves(canvas, recipe.schedule.coarsest, smallest),
            len(canvas.guides),
            self._widths(kind),
            self._feature_bytes(recipe.features),
            8 if recipe.features.precision == "float64" else 4,
        )

    def _feature_bytes(self, features: Features) -> int:
        if features.kind == "builtin":
            return 8 if features.precision == "float64" else 4
        return type_of(computed(features.precision, features.pooling, self._device)).itemsize

    def _begun(
        self,
        job: Job,
        canvas: Canvas,
        like: Plane,
        arrangement: Arrangement,
        threads: int | None,
    ) -> tuple[Begun, list[Plan]]:
        """The job's first moment, and the plan once somebody has looked at it."""
        plans: list[Plan] = []

        def plan() -> Plan:
            with _threads(threads):
                plans[:] = plans or [replace(self._estimator.plan(job), memory=arrangement.memory)]
            return plans[0]

        def preview() -> Pixels:
            with _threads(threads):
                return preview_pixels(opening(canvas, job.recipe), like)

        return Begun(plan, preview, arrangement.line), plans

    def _arranged(self, job: Job, settings: Settings) -> Arrangement:
        """How the job is worked on in the memory that there is.

        Raises:
            RoomError: it would not fit, and would take the memory away from others.
        """
        free = free_memory(self._device)
        host = free_memory(torch.device("cpu"))
        unknown = 1 << 60
        share = SHARE_OF_MEMORY if self._device.type == "cpu" else SHARE_OF_DEVICE
        memory = Memory(
            min(int(share * (free or unknown)), settings.max_memory or unknown),
            min(int(SHARE_OF_MEMORY * (host or unknown)), settings.max_memory or unknown),
        )
        tiling = cast(Tiling, settings.tile)
        arrangement = arrange(job, memory, tiling, self._device.type)
        at_most = settings.max_memory or unknown
        most = {"device": min(free or unknown, at_most)}
        if self._device.type != "cpu":
            most["host"] = most["files"] = min(host or unknown, at_most)
        most = {planes: most.get(planes, most["device"]) for planes in PLACES}
        if arrangement.memory <= most[arrangement.planes]:
            return arrangement

        def fits(smaller: Job) -> bool:
            one = arrange(smaller, memory, tiling, self._device.type)
            return one.memory <= most[one.planes]

        height, width = job.content
        side = largest_side(job, fits)
        more = "allow it more memory" if at_most < (free or unknown) else "close other programs"
        words = [f"choose a size of at most {side}" if side else more]
        if tiling == "off":
            words.append("or let the canvas be cut into tiles")
        if job.recipe.patches.octaves:
            words.append("or take a recipe without patches, which paint a canvas as a whole")
        raise RoomError(
            f"{width}×{height} pixels need about {arrangement.memory / 1e9:.1f} GB and "
            f"{most[arrangement.planes] / 1e9:.1f} GB may be used: {', '.join(words)}."
        )

    def _placed(self, canvas: Canvas, arrangement: Arrangement, job: Job) -> Canvas:
        """The canvas where the job wants it, in its dtype."""
        dtype = torch.float64 if job.pixel_bytes == 8 else torch.float32
        if arrangement.planes == "device":
            return moved(canvas, lambda plane: plane.to(self._device, dtype))
        if arrangement.planes == "host":
            return moved(canvas, lambda plane: plane.to(dtype))
        shelf = Shelf(cache_home() / "canvas")
        return moved(canvas, lambda plane: shelf.copy(plane.to(dtype)))


def _update(step: Step, like: Plane) -> Update:
    stage = f"octave {step.octave + 1}" if step.octave else "full size"
    return Update(
        step.number, step.total, step.losses, stage, lambda: preview_pixels(step.preview(), like)
    )


def _dtype(network: Network) -> torch.dtype:
    if network.precision == "auto":
        return torch.float32
    return type_of(network.precision)


@contextmanager
def _threads(count: int | None) -> Iterator[None]:
    """Compute with so many threads, as the job to be repeated did: sums depend on them."""
    before = torch.get_num_threads()
    if count is not None:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
