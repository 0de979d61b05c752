"""The built-in features: whitened k-means patch filters on every octave of a binomial pyramid.

They are learnt from the job's own style in about a second and need no pretrained network: after
Coates, Lee & Ng 2011 (whitened patches, k-means) with spherical k-means (Coates & Ng 2012). They
know strokes, edges and colours, and nothing of objects; they are not VGG.

:func:`fit_patches` makes a frozen :class:`PatchBank` from the whole pictures, once for each job;
:class:`PatchPyramid` computes with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .calibration import calibration_pictures
from .features import finished
from .naming import octave_name
from .pyramid import add_reduced_gradient, octaves, reduce, reduce_by_strips
from .receptive import pyramid_reach
from .tiles.grid import Tile, cores

SIDE = 7
"""Side of a patch in pixels: with the pyramid, structure up to about 56 px is seen."""
FILTERS = 96
PATCHES_A_FILTER = 62
"""At most so many patches are drawn from each picture at each octave, for each filter."""
ITERATIONS = 10
SMALLEST_SIDE = 8
"""No octave has a side below this."""
COARSEST_SIDE = 32
"""Octaves go on until the long side is about this."""
VERSION = 1
"""Raised whenever the same pictures and seed would give other filters."""


@dataclass(frozen=True)
class PatchBank:
    """Fitted filters, octave 1 (the finest) first.

    ``filters[k]`` is ``(K, 3, 7, 7)`` and ``biases[k]`` ``(K,)``, for RGB shifted to [-2, 2];
    responses have zero mean and unit variance over the pictures that they were fitted to.
    """

    filters: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]

    @property
    def size(self) -> int:
        """Bytes of all filters and biases."""
        return sum(one.numel() * one.element_size() for one in self.filters + self.biases)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the recipe's version and every filter, in hexadecimal."""
        return fingerprint(self.filters + self.biases, f"gramarye patches {VERSION}")


def fingerprint(tensors: Iterable[Tensor], kind: str) -> str:
    """SHA-256 over a word and the bytes of tensors on the CPU, in hexadecimal."""
    digest = hashlib.sha256(kind.encode())
    for tensor in tensors:
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def octave_count(sizes: Iterable[tuple[int, int]]) -> int:
    """How many octaves pictures of these (height, width) sizes all have; at least 1."""
    counts: list[int] = []
    for height, width in sizes:
        count = 1
        while max(height, width) > COARSEST_SIDE * 1.5 and min(height, width) >= 2 * SMALLEST_SIDE:
            height, width, count = (height + 1) // 2, (width + 1) // 2, count + 1
        counts.append(count)
    return min(counts)


def fit_patches(
    pictures: Sequence[Tensor], count: int, seed: int = 0, filters: int = FILTERS
) -> PatchBank:
    """Learn the filters of ``count`` octaves from whole pictures, each ``(3, H, W)`` in [0, 1].

    The calibration pictures are always added. Runs on the CPU; the same pictures, seed and number
    of threads give the same bank.
    """
    generator = torch.Generator().manual_seed(seed)
    calibration = calibration_pictures(generator)
    # Calibration pictures look alike at every scale, so their coarsest useful octave stands for
    # all coarser ones.
    depth = min(count, octave_count([(calibration[0].shape[1], calibration[0].shape[2])]))
    levels = [octaves(one, depth) for one in calibration]
    own = [octaves(one.cpu(), count) for one in pictures]
    fitted = []
    for octave in range(count):
        sources = [each[octave] for each in own] + [each[min(octave, depth - 1)] for each in levels]
        drawn = PATCHES_A_FILTER * filters
        patches = torch.cat([draw_patches(source, generator, drawn) for source in sources])
        fitted.append(_fit_octave(_shifted(patches), filters, generator))
    return PatchBank(tuple(f for f, _ in fitted), tuple(b for _, b in fitted))


def _shifted(pixels: Tensor) -> Tensor:
    return (pixels - 0.5) / 0.25


def draw_patches(level: Tensor, generator: torch.Generator, most: int) -> Tensor:
    """Random patches ``(n, 147)`` of one octave, ``(3, H, W)``; at most four from each place."""
    windows = level.unfold(1, SIDE, 1).unfold(2, SIDE, 1)
    rows, columns = windows.shape[1:3]
    drawn = min(most, 4 * rows * columns)
    row = torch.randint(rows, (drawn,), generator=generator)
    column = torch.randint(columns, (drawn,), generator=generator)
    return windows[:, row, column].transpose(0, 1).reshape(drawn, -1)


def _fit_octave(patches: Tensor, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Filters and biases whose responses are normalised over ``patches``."""
    mean = patches.mean(0)
    centred = patches - mean
    whitening = _zca(centred)
    whitened = F.normalize(centred @ whitening, dim=1)
    centroids = _spherical_kmeans(whitened, count, generator)
    weights = centroids @ whitening
    responses = centred @ weights.T
    deviation = responses.std(0).clamp_min(1e-6)
    weights = weights / deviation[:, None]
    offset = responses.mean(0) / deviation
    biases = -(weights @ mean) - offset
    return weights.view(count, 3, SIDE, SIDE).contiguous(), biases


def _zca(centred: Tensor) -> Tensor:
    """The symmetric whitening matrix, damped so that directions with no energy stay quiet."""
    covariance = centred.T @ centred / len(centred)
    values, vectors = torch.linalg.eigh(covariance.double())
    damped = (values.clamp_min(0) + 0.001 * values.max() + 1e-4).rsqrt()
    return ((vectors * damped) @ vectors.T).to(centred.dtype)


def _spherical_kmeans(points: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """``count`` unit centroids of unit ``points`` by cosine; dead ones restart at random points."""
    start = torch.randperm(len(points), generator=generator)[:count]
    centroids = points[start.repeat(-(-count // len(start)))[:count]]
    for _ in range(ITERATIONS):
        nearest = (points @ centroids.T).argmax(1)
        sums = torch.zeros_like(centroids).index_add_(0, nearest, points)
        dead = sums.norm(dim=1) < 1e-6
        spare = torch.randint(len(points), (count,), generator=generator)
        centroids = F.normalize(torch.where(dead[:, None], points[spare], sums), dim=1)
    return centroids


class PatchPyramid:
    """Features of a picture whose finest octave is the bank's octave ``first``.

    Working at half size uses the same filters one octave on, so targets agree across scales.
    """

    halo = SIDE // 2
    alignment = 1
    keeps_content = False

    def __init__(
        self,
        bank: PatchBank,
        first: int = 0,
        device: torch.device | str = "cpu",
        dtype: torch.dtype | None = None,
    ) -> None:
        dtype = dtype or bank.filters[0].dtype
        pairs = zip(bank.filters, bank.biases, strict=True)
        self._filters = {
            octave_name(octave): (
                f.to(device, dtype, memory_format=torch.channels_last),
                b.to(device, dtype),
            )
            for octave, (f, b) in enumerate(pairs)
        }
        self._first = first
        self._device = torch.device(device)
        self._dtype = dtype
        self.layers = tuple(self._filters)[first:]

    def reach(self, layer: str) -> int:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return pyramid_reach(self.layers.index(layer), SIDE)

    def size(self, layer: str, height: int, width: int) -> tuple[int, int]:
        """See :class:`~gramarye.engine.features.Extractor`."""
        stride = 2 ** self.layers.index(layer)
        return -(-height // stride), -(-width // stride)

    def forward(self, pixels: Tensor, remember: bool = True) -> PatchTape:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return finished(self.walk(pixels, remember))

    def walk(self, pixels: Tensor, remember: bool = True) -> Generator[None, None, PatchTape]:
        """See :class:`~gramarye.engine.features.Extractor`; it may be left after each octave."""
        with torch.set_grad_enabled(remember):
            start = pixels.detach().to(self._dtype).requires_grad_(remember)
            level = _shifted(start)
            padded: dict[str, Tensor] = {}
            for octave in range(self._first, len(self._filters)):
                if octave > self._first:
                    level = reduce(level)
                padded[octave_name(octave)] = F.pad(level[None], (SIDE // 2,) * 4, mode="reflect")
        tape = PatchTape(start, padded, {name: self._filters[name] for name in self.layers})
        yield from tape.record()
        return tape

    def tiles(self, height: int, width: int, core: int) -> list[Tile]:
        """Each octave is cut by itself; see :class:`~gramarye.engine.features.Extractor`."""
        tiles: list[Tile] = []
        for level, layer in enumerate(self.layers):
            size = self.size(layer, height, width)
            for box in cores(*size, core):
                tiles.append(Tile(level, (box.grown(self.halo, *size),), {layer: box}))
        return tiles

    def levels(self, pixels: Tensor) -> list[Tensor]:
        """The pyramid."""
        levels = [pixels]
        for _ in self.layers[1:]:
            levels.append(reduce_by_strips(levels[-1]))
        return levels

    def joined(self, gradients: list[Tensor]) -> Tensor:
        """Down through the pyramid's adjoint."""
        for level in reversed(range(1, len(gradients))):
            add_reduced_gradient(gradients[level], gradients[level - 1])
        return gradients[0]

    def look(self, tile: Tile, part: Tensor, remember: bool = True) -> PatchTape:
        """See :class:`~gramarye.engine.features.Extractor`; borders are mirrored at true ones."""
        ((name, core),) = tile.positions.items()
        extent, around = tile.extent, self.halo
        sides = (
            around - (core.left - extent.left),
            around - (extent.right - core.right),
            around - (core.top - extent.top),
            around - (extent.bottom - core.bottom),
        )
        with torch.set_grad_enabled(remember):
            start = part.detach().to(self._device, self._dtype).requires_grad_(remember)
            padded = F.pad(_shifted(start)[None], sides, mode="reflect")
        tape = PatchTape(start, {name: padded}, {name: self._filters[name]})
        finished(tape.record())
        return tape


class PatchTape:
    """One pass through a pyramid: see :class:`~gramarye.engine.features.Tape`.

    Autograd remembers the pyramid, which is small; the way back through the filters is our own, in
    the memory of the gradients themselves.

    Args:
        pixels: the picture; padded: each octave of it with its border, on autograd's graph.
        filters: the octaves' filters and biases.
    """

    def __init__(
        self,
        pixels: Tensor,
        padded: dict[str, Tensor],
        filters: dict[str, tuple[Tensor, Tensor]],
    ) -> None:
        self._pixels = pixels
        self._padded = padded
        self._filters = filters
        self.taps: dict[str, Tensor] = {}

    def record(self) -> Generator[None, None, None]:
        """Filter each octave; once. Yields after each."""
        for name, padded in self._padded.items():
            self.taps[name] = _respond(padded.detach(), *self._filters[name])
            yield

    def backward(self, gradients: Mapping[str, Tensor]) -> Tensor:
        """See :class:`~gramarye.engine.features.Tape`; the gradients may be overwritten."""
        return finished(self.walk_back(gradients))

    def walk_back(self, gradients: Mapping[str, Tensor]) -> Generator[None, None, Tensor]:
        """See :class:`~gramarye.engine.features.Tape`; it may be left after each octave."""
        sources, pulled = [], []
        for name in gradients:
            sources.append(self._padded[name])
            pulled.append(self._pulled(name, gradients[name]))
            yield
        (gradient,) = torch.autograd.grad(sources, self._pixels, pulled)
        self._padded.clear()
        return gradient

    def _pulled(self, name: str, gradient: Tensor) -> Tensor:
        """Through the rectifier, in place, and the filters, to the octave with its border."""
        features = self.taps[name]
        torch.ops.aten.threshold_backward.grad_input(gradient, features, 0, grad_input=gradient)
        return F.conv_transpose2d(gradient[None], self._filters[name][0])


def _respond(padded: Tensor, filters: Tensor, biases: Tensor) -> Tensor:
    padded = padded.contiguous(memory_format=torch.channels_last)
    return F.conv2d(padded, filters, biases).relu_()[0]
