"""VGG-16 and VGG-19 as feature extractors by layer name, cut off after the last layer in use.

The layers are those of Simonyan & Zisserman 2015, configurations D and E, numbered as torchvision
does; the widths come from the checkpoint, so a slimmed network of the same plan works too.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .convention import TORCHVISION, Preprocessing, State
from .convolution import Convolution
from .errors import SettingsError
from .features import TapGradients, finished
from .layers import AveragePool, Convolve, Crop, Layer, MaxPool, Memory, Rectify
from .profile import span
from .receptive import vgg_reach
from .recipe import Pooling
from .tiles.box import Box
from .tiles.grid import Tile, cores, positions_at
from .tiles.regions import halo_and_alignment, vgg_regions
from .winograd import Workspace

PLANS: dict[str, tuple[int, ...]] = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
"""Network → convolutions in each of its five blocks."""

IMAGENET_MEAN, IMAGENET_STD = TORCHVISION.mean, TORCHVISION.std
"""What torchvision's networks expect to be taken off RGB in [0, 1], and divided by."""


def layer_names(network: str) -> tuple[str, ...]:
    """All layers in order, one for each module of torchvision's ``features``.

    ``conv3_1`` is the convolution, ``relu3_1`` what the rectifier makes of it, ``pool3`` what ends
    block 3.
    """
    names: list[str] = []
    for block, convolutions in enumerate(PLANS[network], start=1):
        for index in range(1, convolutions + 1):
            names += [f"conv{block}_{index}", f"relu{block}_{index}"]
        names.append(f"pool{block}")
    return tuple(names)


def convolution_indices(network: str) -> tuple[int, ...]:
    """The places of the convolutions in ``features``, as a checkpoint's keys name them."""
    names = layer_names(network)
    return tuple(index for index, name in enumerate(names) if name.startswith("conv"))


class Vgg:
    """A frozen VGG with taps at the layers asked for.

    Args:
        network: ``vgg16`` or ``vgg19``.
        state: checkpoint entries ``features.N.weight`` and ``features.N.bias``, float, from the
            first convolution on; it may end before the network does. A :class:`State` brings the
            input that the network expects; any other mapping is taken for torchvision's.
        layers: the taps.
        pooling: average as Gatys et al. 2016 prefer, or the maximum that the network was trained
            with.

    Raises:
        SettingsError: a layer that the network or this checkpoint does not have.
    """

    keeps_content = True

    def __init__(
        self,
        network: str,
        state: Mapping[str, Tensor],
        layers: Iterable[str],
        pooling: Pooling = "average",
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        winograd: bool = False,
    ) -> None:
        self.network = network
        self.layers = tuple(dict.fromkeys(layers))
        indices = [i for i in convolution_indices(network) if f"features.{i}.weight" in state]
        names = _present_names(network, indices[-1])
        last = max((_place(names, layer, network) for layer in self.layers), default=-1)
        self._names = names[: last + 1]
        self._dtype = dtype
        self._device = torch.device(device)
        convention = state.convention if isinstance(state, State) else TORCHVISION
        self._prepared = Preprocessing(
            convention, device, torch.promote_types(dtype, torch.float32)
        )
        workspace = Workspace() if winograd else None
        self._stack = self._stacked(state, pooling, torch.device(device), workspace)

    def _stacked(
        self,
        state: Mapping[str, Tensor],
        pooling: Pooling,
        device: torch.device,
        workspace: Workspace | None,
    ) -> list[Layer]:
        """The layers up to the last tap; a rectifier joins its convolution if no tap is between."""
        stack: list[Layer] = []
        pool = AveragePool if pooling == "average" else MaxPool
        for index, name in enumerate(self._names):
            if name.startswith("conv"):
                parts = (state[f"features.{index}.{part}"] for part in ("weight", "bias"))
                weight, bias = (part.to(device, self._dtype) for part in parts)
                rectified = name.replace("conv", "relu")
                joined = name not in self.layers and rectified in self._names
                convolution = Convolution(weight, bias, workspace)
                stack.append(Convolve(rectified if joined else name, convolution, joined))
            elif name.startswith("pool"):
                stack.append(pool(name))
            elif stack[-1].name != name:
                stack.append(Rectify(name))
        return stack

    def reach(self, layer: str) -> int:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return vgg_reach(self._names[: self._names.index(layer) + 1])

    def size(self, layer: str, height: int, width: int) -> tuple[int, int]:
        """See :class:`~gramarye.engine.features.Extractor`."""
        stride = self._stride(layer)
        return height // stride, width // stride

    def forward(self, pixels: Tensor, remember: bool = True) -> VggTape:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return finished(self.walk(pixels, remember))

    def walk(self, pixels: Tensor, remember: bool = True) -> Generator[None, None, VggTape]:
        """See :class:`~gramarye.engine.features.Extractor`; it may be left after each layer."""
        tape = VggTape(dict.fromkeys(self.layers, WHOLE), self._prepared)
        yield from tape.record(self._stack, pixels, self._dtype, remember)
        return tape

    @property
    def halo(self) -> int:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return halo_and_alignment(self._names)[0]

    @property
    def alignment(self) -> int:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return halo_and_alignment(self._names)[1]

    def tiles(self, height: int, width: int, core: int) -> list[Tile]:
        """See :class:`~gramarye.engine.features.Extractor`."""
        tiles: list[Tile] = []
        for box in cores(height, width, core):
            positions = {
                layer: positions_at(box, (height, width), self.size(layer, height, width), stride)
                for layer, stride in ((one, self._stride(one)) for one in self.layers)
            }
            positions = {layer: own for layer, own in positions.items() if not own.empty}
            if positions:
                regions = vgg_regions(self._names, positions, (height, width))
                tiles.append(Tile(0, regions, positions))
        return tiles

    def levels(self, pixels: Tensor) -> list[Tensor]:
        """The pixels themselves."""
        return [pixels]

    def joined(self, gradients: list[Tensor]) -> Tensor:
        """The pixels' own gradient."""
        return gradients[0]

    def look(self, tile: Tile, part: Tensor, remember: bool = True) -> VggTape:
        """See :class:`~gramarye.engine.features.Extractor`."""
        stack: list[Layer] = []
        taps: dict[str, Place] = {}
        blocks = iter(tile.regions)
        region: Box = next(blocks)
        left = set(tile.positions)
        for layer in self._stack:
            if not left:
                break
            stack.append(layer)
            pooled = layer.name.startswith("pool")
            region = region.halved() if pooled else region
            if layer.name in left:
                left.remove(layer.name)
                taps[layer.name] = Place.inside(tile.positions[layer.name], region)
            if pooled and left:
                needed = next(blocks)
                if needed != region:
                    stack.append(Crop(needed.within(region)))
                region = needed
        tape = VggTape(taps, self._prepared)
        finished(tape.record(stack, part.to(self._device), self._dtype, remember))
        return tape

    def _stride(self, layer: str) -> int:
        names = self._names[: self._names.index(layer) + 1]
        return 2 ** sum(name.startswith("pool") for name in names)


@dataclass(frozen=True)
class Place:
    """Where a tap lies in what was computed, of ``height`` and ``width``; no box: all of it."""

    box: Box | None = None
    height: int = 0
    width: int = 0

    @classmethod
    def inside(cls, box: Box, region: Box) -> Place:
        """A box in a region, both in the plane's coordinates."""
        return WHOLE if box == region else cls(box.within(region), region.height, region.width)

    def of(self, features: Tensor) -> Tensor:
        """The tap's features ``(C, h, w)``, channels last."""
        if self.box is None:
            return features
        return self.box.of(features)[None].contiguous(memory_format=torch.channels_last)[0]

    def empty(self, like: Tensor) -> Tensor:
        """Zeros at all that was computed, channels last."""
        zeros = like.new_zeros(1, self.height, self.width, len(like))
        return zeros.permute(0, 3, 1, 2)[0]


WHOLE = Place()


class VggTape:
    """One forward pass; see :class:`~gramarye.engine.features.Tape`."""

    def __init__(self, taps: Mapping[str, Place], prepared: Preprocessing) -> None:
        self.taps: dict[str, Tensor] = {}
        self._places = taps
        self._prepared = prepared
        self._passed: list[tuple[Layer, Memory]] = []

    @torch.no_grad()
    def record(
        self, stack: Sequence[Layer], pixels: Tensor, dtype: torch.dtype, remember: bool
    ) -> Generator[None, None, None]:
        """Pass the pixels through the layers; once. Yields after each."""
        current = self._prepared(pixels.detach())[None].to(dtype)
        current = current.contiguous(memory_format=torch.channels_last)
        for layer in stack:
            tapped = layer.name in self._places
            with span(layer.name, "forward"):
                current, memory = layer.forward(current, remember, tapped)
            if tapped:
                self.taps[layer.name] = self._places[layer.name].of(current[0])
            if remember:
                self._passed.append((layer, memory))
            yield

    def backward(self, gradients: Mapping[str, Tensor]) -> Tensor:
        """See :class:`~gramarye.engine.features.Tape`; what is passed is forgotten on the way."""
        return finished(self.walk_back(gradients))

    @torch.no_grad()
    def walk_back(self, gradients: Mapping[str, Tensor]) -> Generator[None, None, Tensor]:
        """See :class:`~gramarye.engine.features.Tape`; it may be left after each layer."""
        gradient: Tensor | None = None
        while self._passed:
            layer, memory = self._passed.pop()
            place = self._places.get(layer.name, WHOLE)
            gradient = _with(gradients, layer.name, gradient, place)
            self.taps.pop(layer.name, None)
            if gradient is not None:
                with span(layer.name, "backward"):
                    gradient = layer.backward(gradient[None], memory)[0]
            del memory
            yield
        if gradient is None:
            raise ValueError("no gradient at any tap, or a tape that was used before")
        return self._prepared.backward(
            gradient.float() if gradient.dtype == torch.bfloat16 else gradient
        ).contiguous()


def _with(
    gradients: Mapping[str, Tensor], layer: str, gradient: Tensor | None, place: Place
) -> Tensor | None:
    """The gradient so far and this layer's own, which is nobody else's afterwards."""
    if place.box is not None and layer in gradients:
        own = gradients[layer]
        gradient = place.empty(own) if gradient is None else gradient
        place.box.of(gradient).add_(own)
        return gradient
    if isinstance(gradients, TapGradients):
        return gradients.added(layer, gradient)
    if layer not in gradients:
        return gradient
    own = gradients[layer]
    return own.clone() if gradient is None else gradient.add_(own)


def _present_names(network: str, last_convolution: int) -> tuple[str, ...]:
    """The layers up to the last convolution's rectifier, and the pooling if it ends the block."""
    names = layer_names(network)
    end = last_convolution + 2
    return names[: end + 1] if names[end].startswith("pool") else names[:end]


def _place(names: tuple[str, ...], layer: str, network: str) -> int:
    if layer in names:
        return names.index(layer)
    if layer in layer_names(network):
        raise SettingsError(
            f"These weights end before {layer}: choose layers up to {names[-1]}, "
            "or weights of the whole network."
        )
    raise SettingsError(
        f"{network} has no layer {layer!r}: use names such as relu4_2, conv4_2 or pool3."
    )
