"""What a job will take, by arithmetic alone: floating-point work, seconds and bytes.

The work of an evaluation is counted (a convolution of k×k from c to d channels is 2·k²·c·d at each
of its positions, and as much again on the way back); how fast a device does such work is measured
by :mod:`~gramarye.engine.measuring`. Memory is counted in kept activations, times a factor that was
measured once for each kind of features.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .naming import octave_name, shares
from .nearest import rounds_in
from .optimisers import LARGEST_FOR_PAIRS
from .patches import PATCHES_A_FILTER, SIDE, octave_count
from .plan import Plan, Stage
from .recipe import FeatureKind, Recipe
from .vgg import PLANS, layer_names

FULL_WIDTHS = (64, 128, 256, 512, 512)
"""Channels of a VGG's convolutions in each of its blocks."""
CALIBRATION_PICTURES = 8
TURNS = 8
"""Variants of a style that is used in every direction."""

# The constants below were fitted to the peak resident memory of jobs: docs/benchmarks.md, by
# `python -m tests.benchmarks.memory`. Measure anew when an evaluation keeps more or less.
KEPT: dict[FeatureKind, float] = {"builtin": 1.35, "vgg16": 0.55, "vgg19": 0.55}
"""Bytes at the peak of an evaluation over those of all layers' features together."""
PLANES = 22
"""Pictures in float32 beside the optimiser's pairs: the octaves, targets and results, a line
search's gradients, a smoothed direction on its way. At 2048², 12 fell short by a tenth of all."""
FIT_COPIES = 3.7
"""Copies of an octave's patches at the peak of the fit."""
FIT_LEFT = 0.5
"""Of the fit's bytes, what the allocator keeps afterwards in many small pieces."""
ROUND_FLOPS = 90e3
"""What a round of painting with patches is worth for each pixel: about 0.7 of an evaluation of the
built-in features, measured at 512 px. It reads more than it computes."""
PATCH_BYTES = 450
"""Bytes at the peak of painting with patches for each pixel of the canvas and of the styles; 380
were measured between 512² and 768²."""
LIGHT_PLANES = 4
"""What Adam keeps: the point, two moments, and the best point or the average."""
FLOOR_BYTES = 60e6
"""What no job is without: code and buffers that come with the first evaluation."""


@dataclass(frozen=True)
class Layer:
    """What a network computes on the way to one of its layers.

    ``channels`` of features at 1/``stride``² of the picture's positions, and ``flops`` for each
    pixel of the picture since the layer before.
    """

    name: str
    channels: int
    stride: int
    flops: float

    @property
    def floats(self) -> float:
        """Features for each pixel of the picture."""
        return self.channels / self.stride**2


@dataclass(frozen=True)
class Job:
    """All of a job that decides what it takes. Sizes are (height, width) at the working size.

    ``octaves`` are those of the work; ``guides`` the pairs of a region and a style; ``widths`` the
    channels of a VGG's convolutions (empty: the original's); ``feature_bytes`` a feature's size and
    ``pixel_bytes`` that of a pixel's channel.
    """

    recipe: Recipe
    content: tuple[int, int]
    styles: tuple[tuple[int, int], ...]
    octaves: int = 1
    guides: int = 1
    widths: tuple[int, ...] = ()
    feature_bytes: int = 4
    pixel_bytes: int = 4

    @property
    def steps(self) -> int:
        """The most that it takes, over all octaves and rounds of patches."""
        patches = self.recipe.patches
        octaves = range(min(patches.octaves, self.octaves))
        rounds = sum(rounds_in(patches, octave) for octave in octaves)
        return rounds + sum(map(self.recipe.schedule.budget, range(self.octaves)))

    def pixels(self, octave: int) -> float:
        """Of the picture that is optimised, ``octave`` halvings below the working size."""
        return self.content[0] * self.content[1] / 4**octave

    def style_pixels(self, octave: int) -> float:
        """Of all the styles, and of each as often as it is turned."""
        turns = TURNS if self.recipe.style.augment else 1
        return turns * sum(height * width for height, width in self.styles) / 4**octave

    def layers(self, octave: int) -> list[Layer]:
        """The network's layers at an octave, up to the last one in use."""
        recipe = self.recipe
        if recipe.features.kind == "builtin":
            count = octave_count((self.content, *self.styles))
            return _patch_layers(octave, max(count, octave + 1), recipe.features.filters)
        used = {name for name, _ in (*recipe.content.layers, *recipe.style.layers)}
        layers = _vgg_layers(recipe.features.kind, self.widths)
        last = max((i for i, layer in enumerate(layers) if layer.name in used), default=0)
        return layers[: last + 1]

    def style_layers(self, octave: int) -> list[Layer]:
        """Those that the styles are compared at."""
        layers = {layer.name: layer for layer in self.layers(octave)}
        used = shares(self.recipe.style.layers, list(layers))
        return [layers[name] for name, _ in used]

    def forward_flops(self, octave: int) -> float:
        """Of one pass through the network, for each pixel."""
        return sum(layer.flops for layer in self.layers(octave))

    def evaluation_flops(self, octave: int) -> float:
        """Of one evaluation, for each pixel: there, back, and the statistics of the styles.

        A matrix of C × C moments takes 2·C² at each position, and 2·C² to come back from.
        """
        statistics = 0.0
        if self.recipe.style.weight > 0 and self.recipe.style.statistic != "mean-variance":
            moments = (4 * one.channels * one.floats for one in self.style_layers(octave))
            statistics = self.guides * sum(moments)
        return 2 * self.forward_flops(octave) + statistics

    @property
    def fit_units(self) -> float:
        """The work of fitting built-in features: octaves × patches × filters."""
        if self.recipe.features.kind != "builtin":
            return 0.0
        turns = TURNS if self.recipe.style.augment else 1
        pictures = CALIBRATION_PICTURES + turns * len(self.styles)
        count = octave_count((self.content, *self.styles))
        return count * pictures * PATCHES_A_FILTER * self.recipe.features.filters**2


@dataclass(frozen=True)
class Rates:
    """How fast one device is with one kind of features.

    ``fixed`` seconds for each evaluation however small, ``flops`` a second beyond that, ``fit``
    seconds for each unit of :attr:`Job.fit_units`. ``correction`` is what jobs really took over
    what these rates promised.
    """

    fixed: float
    flops: float
    fit: float = 0.0
    correction: float = 1.0

    def learned(self, promised: float, took: float, weight: float = 0.3) -> Rates:
        """With the correction moved towards what a job that was promised so many seconds took."""
        ratio = min(max(took / promised, 0.1), 10.0)
        correction = self.correction * ratio**weight
        return replace(self, correction=min(max(correction, 0.05), 20.0))


def plan(job: Job, rates: Rates) -> Plan:
    """The job's octaves on a device of these rates."""
    stages: list[Stage] = []
    for octave in reversed(range(job.octaves)):
        step = rates.fixed + job.evaluation_flops(octave) * job.pixels(octave) / rates.flops
        pictures = job.pixels(octave) + job.style_pixels(octave)
        preparation = rates.fixed + job.forward_flops(octave) * pictures / rates.flops
        if not stages:
            preparation += job.fit_units * rates.fit
        steps = job.recipe.schedule.budget(octave)
        stages.append(Stage(steps, step * rates.correction, preparation * rates.correction))
    patches = job.recipe.patches
    for octave in reversed(range(min(patches.octaves, job.octaves))):
        seconds = ROUND_FLOPS * job.pixels(octave) / rates.flops
        stages.append(Stage(rounds_in(patches, octave), seconds * rates.correction, 0.0))
    return Plan(tuple(stages), peak_memory(job))


def peak_memory(job: Job) -> int:
    """Bytes that a job takes at its peak where its canvas is not cut, beyond what the program and
    its networks have already."""
    return max(fit_memory(job), whole_memory(job, 0))


def fit_memory(job: Job) -> int:
    """Bytes at the peak of fitting built-in features."""
    return int(FLOOR_BYTES + 4 * _fit_floats(job))


def patch_memory(job: Job) -> float:
    """Bytes at the peak of painting with patches, which is never cut."""
    if not job.recipe.patches.octaves:
        return 0.0
    return PATCH_BYTES * (job.pixels(0) + job.style_pixels(0))


def whole_memory(job: Job, octave: int) -> int:
    """Bytes at the peak of an octave whose canvas is not cut."""
    features = KEPT[job.recipe.features.kind] * sum(layer.floats for layer in job.layers(octave))
    planes = 3 * job.pixel_bytes * (PLANES + optimiser_planes(job, octave))
    evaluation = job.pixels(octave) * (job.feature_bytes * features + planes)
    targets = job.style_pixels(octave) * sum(one.floats for one in job.style_layers(octave))
    work = max(evaluation, job.feature_bytes * targets)
    if job.recipe.patches.octaves > octave:
        work = max(work, patch_memory(job))
    return int(FLOOR_BYTES + FIT_LEFT * 4 * _fit_floats(job) + work)


def largest_side(job: Job, fits: Callable[[Job], bool]) -> int:
    """The largest long side of the content, a multiple of 16, at which the job fits.

    The styles shrink with the content, as they do where a size is chosen. 0: not even 16 fits.
    """
    longest = max(job.content)
    for side in range((longest - 1) // 16 * 16, 0, -16):
        scale = side / longest
        sizes = [(int(h * scale), int(w * scale)) for h, w in (job.content, *job.styles)]
        if fits(replace(job, content=sizes[0], styles=tuple(sizes[1:]))):
            return side
    return 0


def optimiser_planes(job: Job, octave: int) -> int:
    """Pictures of an octave's size that its optimiser keeps: pairs of differences, those of the
    coarser octaves among them; or moments and the best."""
    search, schedule = job.recipe.search, job.recipe.schedule
    if search.optimiser == "lbfgs" and job.pixels(octave) <= LARGEST_FOR_PAIRS:
        steps = sum(map(schedule.budget, range(octave, job.octaves)))
        return 2 * min(search.history, steps)
    return LIGHT_PLANES


def _fit_floats(job: Job) -> float:
    if job.recipe.features.kind != "builtin":
        return 0.0
    pictures = CALIBRATION_PICTURES + (TURNS if job.recipe.style.augment else 1) * len(job.styles)
    patches = PATCHES_A_FILTER * job.recipe.features.filters
    return pictures * patches * (FIT_COPIES * 3 * SIDE**2 + 2 * job.recipe.features.filters)


def _vgg_layers(network: str, widths: Sequence[int]) -> list[Layer]:
    full = zip(FULL_WIDTHS, PLANS[network], strict=True)
    remaining = list(widths) or [width for width, count in full for _ in range(count)]
    layers: list[Layer] = []
    channels, stride = 3, 1
    for name in layer_names(network):
        flops = 0.0
        if name.startswith("conv"):
            if not remaining:
                break
            before, channels = channels, remaining.pop(0)
            flops = 2 * 9 * before * channels / stride**2
        elif name.startswith("pool"):
            stride *= 2
        layers.append(Layer(name, channels, stride, flops))
    return layers


def _patch_layers(first: int, count: int, filters: int) -> list[Layer]:
    """The built-in features of the picture at octave ``first``, which is the bank's ``first``."""
    flops = 2 * 3 * SIDE**2 * filters
    return [
        Layer(octave_name(k), filters, 2 ** (k - first), flops / 4 ** (k - first))
        for k in range(first, count)
    ]
