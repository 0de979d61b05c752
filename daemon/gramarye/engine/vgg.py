"""VGG-16 and VGG-19 as feature extractors by layer name, cut off after the last layer in use.

The layers are torchvision's own definition (Simonyan & Zisserman 2015, configurations D and E);
only the widths come from the checkpoint, so a slimmed network of the same plan works too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
import torchvision
from torch import Tensor, nn

from .convention import TORCHVISION, Preprocessing, State
from .errors import SettingsError
from .features import AutogradTape
from .receptive import vgg_reach
from .recipe import Pooling

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


def build_features(network: str, widths: Iterable[int]) -> nn.Sequential:
    """torchvision's ``features`` with these widths, one for each convolution from the first on."""
    remaining = list(widths)
    plan: list[str | int] = []
    for convolutions in PLANS[network]:
        plan += [remaining.pop(0) for _ in range(min(convolutions, len(remaining)))]
        plan.append("M")
        if not remaining:
            break
    return torchvision.models.vgg.make_layers(plan)  # type: ignore[arg-type]


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

    def __init__(
        self,
        network: str,
        state: Mapping[str, Tensor],
        layers: Iterable[str],
        pooling: Pooling = "average",
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.network = network
        self.layers = tuple(dict.fromkeys(layers))
        indices = [i for i in convolution_indices(network) if f"features.{i}.weight" in state]
        names = _present_names(network, indices[-1])
        last = max((_place(names, layer, network) for layer in self.layers), default=-1)
        features = build_features(
            network, (state[f"features.{i}.weight"].shape[0] for i in indices)
        )
        features.load_state_dict(
            {key.removeprefix("features."): value for key, value in state.items()}, strict=True
        )
        modules = [_frozen(module, pooling) for module in list(features)[: last + 1]]
        self._modules = nn.ModuleList(modules).to(device=device, dtype=dtype)
        self._modules = self._modules.to(memory_format=torch.channels_last)
        self._modules.requires_grad_(False)
        self._names = names[: last + 1]
        convention = state.convention if isinstance(state, State) else TORCHVISION
        self._prepared = Preprocessing(convention, device, dtype)

    def reach(self, layer: str) -> int:
        """See :class:`~gramarye.engine.features.Extractor`."""
        return vgg_reach(self._names[: self._names.index(layer) + 1])

    def size(self, layer: str, height: int, width: int) -> tuple[int, int]:
        """See :class:`~gramarye.engine.features.Extractor`."""
        names = self._names[: self._names.index(layer) + 1]
        stride = 2 ** sum(name.startswith("pool") for name in names)
        return height // stride, width // stride

    def forward(self, pixels: Tensor, remember: bool = True) -> AutogradTape:
        """See :class:`~gramarye.engine.features.Extractor`."""
        with torch.set_grad_enabled(remember):
            start = pixels.detach().requires_grad_(remember)
            current = self._prepared(start)[None]
            current = current.contiguous(memory_format=torch.channels_last)
            live: dict[str, Tensor] = {}
            for name, module in zip(self._names, self._modules, strict=True):
                current = module(current)
                if name in self.layers:
                    live[name] = current[0]
        return AutogradTape(start, live)


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


def _frozen(module: nn.Module, pooling: Pooling) -> nn.Module:
    """The module as a pure function of its input.

    torchvision's rectifiers work in place and would turn a tap at ``conv4_2`` into ``relu4_2``.
    """
    if isinstance(module, nn.ReLU):
        return nn.ReLU(inplace=False)
    if isinstance(module, nn.MaxPool2d) and pooling == "average":
        return nn.AvgPool2d(kernel_size=2, stride=2)
    return module
