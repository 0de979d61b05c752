"""How to cut a job's canvases, by arithmetic alone, from its size and the memory that there is.

The order of preference is: whole, as long as that fits; tiles, as large as they may be, with the
canvas' planes on the device; then in the computer's memory; then in files. None of it changes the
result but by rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from ..cost import (
    KEPT,
    LIGHT_PLANES,
    PLANES,
    Job,
    fit_memory,
    optimiser_planes,
    patch_memory,
    whole_memory,
)
from ..recipe import Recipe
from ..vgg import layer_names
from .grid import aligned
from .layout import SMALLEST_CORE, Layout
from .regions import halo_and_alignment

Tiling = Literal["auto", "off"] | int
Planes = Literal["device", "host", "files"]
PLACES: tuple[Planes, ...] = ("device", "host", "files")

LARGEST_CORE = {"cpu": 1024}
"""By the kind of device: what it does in the time that a cancel may take. Larger is not quicker."""
LARGEST_ON_GPU = 2048
PATCH_HALO = 3
TAPE_SHARE = 0.65
"""What a kept tile still holds, masks and taps, of the bytes at the peak of its evaluation."""
CANVAS_PLANES = 7
"""Pictures of the canvas' size: content, start, carried pixels, gradient, result, and octaves."""
ALWAYS_IN_MEMORY = 36
"""Bytes a pixel that are in memory even if the planes are in files: the pictures as they came and
go, coarser octaves, and what is written before it is on the disk."""


@dataclass(frozen=True)
class Memory:
    """Bytes that a job may take: on its device, and in the computer's memory."""

    device: int
    host: int

    @classmethod
    def of_processor(cls, size: int) -> Memory:
        """Where both are the same."""
        return cls(size, size)


@dataclass(frozen=True)
class Arrangement:
    """What was decided: a layout for each octave (the finest, 0, first), where the planes lie, and
    the bytes that it should take at its peak."""

    layouts: tuple[Layout, ...]
    planes: Planes
    memory: int
    line: str

    @property
    def cut(self) -> bool:
        """Whether any octave is."""
        return any(layout.core is not None for layout in self.layouts)

    def layout(self, octave: int) -> Layout:
        """How the canvas ``octave`` halvings below the working size is cut."""
        return self.layouts[octave]


def arrange(job: Job, memory: Memory, tiling: Tiling = "auto", device: str = "cpu") -> Arrangement:
    """Decide how a job is worked on.

    Args:
        job: the pictures' sizes and the recipe.
        memory: what there is, or as much of it as may be used.
        tiling: ``auto``; ``off``: never in tiles; or the side of a tile's core in pixels.
        device: the kind of device, such as ``cpu`` or ``cuda``.
    """
    whole = whole_memory(job, 0)
    if tiling == "off" or (tiling == "auto" and whole <= memory.device):
        layouts = tuple(Layout() for _ in range(job.octaves))
        total = max(fit_memory(job), whole)
        return Arrangement(layouts, "device", total, f"untiled, {_size(total)}")
    plans = [_tiled(job, memory, tiling, planes, device) for planes in _places(job, memory, device)]
    limits = {"device": memory.device, "host": memory.host, "files": memory.host}
    return next((one for one in plans if one.memory <= limits[one.planes]), plans[-1])


def halo_of(recipe: Recipe) -> tuple[int, int]:
    """How far a tile reads beyond its core, and what a core's side is a multiple of, in pixels."""
    kind = recipe.features.kind
    if kind == "builtin":
        return PATCH_HALO, 1
    names = layer_names(kind)
    used = {name for name, _ in (*recipe.content.layers, *recipe.style.layers)}
    last = max((place for place, name in enumerate(names) if name in used), default=0)
    return halo_and_alignment(names[: last + 1])


def _places(job: Job, memory: Memory, device: str) -> list[Planes]:
    """Where the planes may lie, the quickest first. They take at most half of a place, so that
    tiles are not small for their sake."""
    wanted = 2 * _plane_bytes(job)
    places: list[Planes] = []
    if wanted <= memory.device:
        places.append("device")
    if device != "cpu" and wanted <= memory.host:
        places.append("host")
    return [*places, "files"]


def _tiled(job: Job, memory: Memory, tiling: Tiling, planes: Planes, device: str) -> Arrangement:
    """The arrangement with the planes in one place."""
    layouts = tuple(_cut(job, k, memory, tiling, planes, device) for k in range(job.octaves))
    octaves = (_tiled_memory(job, k, layout, planes) for k, layout in enumerate(layouts))
    patches = int(patch_memory(job) + _resident(job, planes))
    total = max(fit_memory(job), patches, *octaves)
    return Arrangement(layouts, planes, total, _line(job, layouts[0], planes, total))


def _cut(
    job: Job, octave: int, memory: Memory, tiling: Tiling, planes: Planes, device: str
) -> Layout:
    """An octave's layout: whole where it fits, else the largest core that does."""
    size = tuple(ceil(side / 2**octave) for side in job.content)
    alignment = halo_of(job.recipe)[1]
    filed = planes == "files"
    apart = planes != "device" and device != "cpu"
    beside = 0.0 if apart else _beside_tiles(job, octave, planes)
    if isinstance(tiling, int):
        core = aligned(tiling, alignment)
        if core >= max(size) and not apart:
            return Layout(filed=filed)
        return _with_kept(job, octave, Layout(core, 0, filed), memory.device - beside)
    if not apart and whole_memory(job, octave) + _resident(job, planes) <= memory.device:
        return Layout(filed=filed)
    core = LARGEST_CORE.get(device, LARGEST_ON_GPU)
    least = aligned(SMALLEST_CORE, alignment)
    while core > least and tile_memory(job, octave, core) > 0.8 * (memory.device - beside):
        core //= 2
    core = aligned(max(core, least), alignment)
    core = aligned(
        ceil(max(size) / ceil(max(size) / core)), alignment
    )  # as many tiles, and none a sliver
    return _with_kept(job, octave, Layout(core, 0, filed), memory.device - beside)


def _with_kept(job: Job, octave: int, layout: Layout, free: float) -> Layout:
    """With as many kept tiles as there is memory for."""
    assert layout.core is not None
    tile = tile_memory(job, octave, layout.core)
    count = tile_count(job, octave, layout.core)
    kept = int((0.8 * free - tile) / (TAPE_SHARE * tile))
    return Layout(layout.core, max(0, min(count, kept)), layout.filed)


def tile_count(job: Job, octave: int, core: int) -> int:
    """Tiles of an octave; the built-in features cut each of their own octaves by itself."""
    height, width = (ceil(side / 2**octave) for side in job.content)
    levels = len(job.layers(octave)) if job.recipe.features.kind == "builtin" else 1
    return sum(ceil(height / 2**k / core) * ceil(width / 2**k / core) for k in range(levels))


def tile_memory(job: Job, octave: int, core: int) -> float:
    """Bytes at the peak of one tile's evaluation."""
    kind = job.recipe.features.kind
    extent = core + 2 * halo_of(job.recipe)[0]
    layers = job.layers(octave)
    # A tile of the built-in features is of one octave, and each has as many filters.
    floats = layers[0].floats if kind == "builtin" else sum(layer.floats for layer in layers)
    copies = 2.5 if kind == "builtin" else KEPT[kind] * 1.3
    return extent**2 * (job.feature_bytes * copies * floats + 3 * 4 * 6)


def _plane_bytes(job: Job) -> float:
    """Of all planes of the canvas' size, and of what VGG keeps of the content."""
    kept = 0.0
    if job.recipe.features.kind != "builtin" and job.recipe.content.weight > 0:
        used = {name for name, _ in job.recipe.content.layers}
        kept = sum(4 * layer.floats for layer in job.layers(0) if layer.name in used)
    return job.pixels(0) * (3 * job.pixel_bytes * (CANVAS_PLANES + LIGHT_PLANES) + kept)


def _resident(job: Job, planes: Planes) -> float:
    """What is in memory beside any octave's evaluations: planes of the canvas' size, unless they
    are in files, and what comes with them."""
    always = job.pixels(0) * ALWAYS_IN_MEMORY
    return always if planes == "files" else always + _plane_bytes(job)


def _beside_tiles(job: Job, octave: int, planes: Planes) -> float:
    """The same, and what L-BFGS keeps at an octave that is small enough for it."""
    kept = optimiser_planes(job, octave)
    pairs = 3 * job.pixel_bytes * (PLANES + kept) if kept > LIGHT_PLANES else 0
    return _resident(job, planes) + job.pixels(octave) * pairs


def _tiled_memory(job: Job, octave: int, layout: Layout, planes: Planes) -> int:
    if layout.core is None:
        return int(whole_memory(job, octave) + _resident(job, planes))
    tile = tile_memory(job, octave, layout.core)
    return int(_beside_tiles(job, octave, planes) + tile * (1 + TAPE_SHARE * layout.kept))


def _line(job: Job, layout: Layout, planes: Planes, total: int) -> str:
    """Of the finest octave, for people."""
    if layout.core is None:
        return f"untiled, {_size(total)}"
    height, width = job.content
    across, down = ceil(width / layout.core), ceil(height / layout.core)
    words = {"device": "in memory", "host": "in the computer's memory", "files": "in files"}
    return (
        f"{across}x{down} tiles of {layout.core} px, halo {halo_of(job.recipe)[0]}, "
        f"{layout.kept} of {tile_count(job, 0, layout.core)} kept, planes {words[planes]}, "
        f"{_size(total)}"
    )


def _size(count: float) -> str:
    return f"about {count / 1e9:.1f} GB" if count >= 1e9 else f"about {count / 1e6:.0f} MB"
