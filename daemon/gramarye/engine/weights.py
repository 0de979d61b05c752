"""Reading VGG weights.

Only tensors are read (``weights_only=True`` or safetensors), never code.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from .convention import INPUT_KEY, TORCHVISION, InputConvention, State
from .errors import WeightsError
from .places import missing
from .recognition import recognise_input
from .vgg import PLANS, convolution_indices, layer_names


def load_weights(path: Path) -> tuple[str, State]:
    """Read a checkpoint; returns which network it holds, and its convolutions in float32.

    A checkpoint may end early (it then serves the layers that it has), and its widths may differ
    from the original's. Classifier entries are left out. Layers may be named as torchvision does
    (``features.0.weight``) or as Caffe does (``conv1_1.weight``). The state carries the input that
    the network expects: what the file says or shows, else torchvision's.

    Raises:
        WeightsError: unreadable, or neither a VGG-16 nor a VGG-19.
    """
    file = _read(path)
    entries = {
        key: value.to(torch.float32)
        for key, value in _torchvision_names(file.entries).items()
        if isinstance(value, Tensor)
    }
    network = _recognise(entries, path)
    _check_shapes(network, entries, path)
    return network, State(entries, *_input(file, entries["features.0.weight"]))


class _File(NamedTuple):
    names: Collection[str]
    entries: Mapping[str, Tensor]
    metadata: Mapping[str, str]


def _read(path: Path) -> _File:
    try:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                names = list(file.keys())
                entries = {key: file.get_tensor(key) for key in names if _is_convolution(key)}
                return _File(names, entries, file.metadata() or {})
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise missing(path) from error
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} holds more than tensors, or is no checkpoint, and was not opened: "
            "use a state dict or a safetensors file."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, SafetensorError) as error:
        raise WeightsError(
            f"{path} cannot be read as weights: fetch the file again, it may be cut short."
        ) from error
    if not isinstance(content, dict):
        raise WeightsError(f"{path} holds no state dict: use torchvision's VGG checkpoint.")
    names = [key for key in content if isinstance(key, str)]
    return _File(names, {key: content[key] for key in names if _is_convolution(key)}, {})


def _is_convolution(key: str) -> bool:
    return key.startswith(("features.", "conv"))


def _torchvision_names(entries: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``conv1_1.weight`` becomes ``features.0.weight``; what is called so already stays."""
    layers = layer_names("vgg19" if "conv3_4.weight" in entries else "vgg16")
    renamed: dict[str, Tensor] = {}
    for key, value in entries.items():
        layer, _, part = key.partition(".")
        name = f"features.{layers.index(layer)}.{part}" if layer in layers else key
        if name.startswith("features."):
            renamed[name] = value
    return renamed


def _input(file: _File, first: Tensor) -> tuple[InputConvention, str]:
    if INPUT_KEY in file.metadata:
        return InputConvention.from_json(file.metadata[INPUT_KEY]), "the file says so"
    return recognise_input(file.names, first) or (TORCHVISION, "")


def _recognise(entries: Mapping[str, Tensor], path: Path) -> str:
    """Which plan's convolutions these are, from the first on without a gap.

    The two networks differ from the eighth convolution on (conv3_4 or conv4_1).
    """
    present = {int(parts[1]) for key in entries if (parts := key.split("."))[1].isdigit()}
    for network in PLANS:
        indices = convolution_indices(network)
        if len(present) > 7 and present == set(indices[: len(present)]):
            return network
    raise WeightsError(
        f"{path} holds neither a VGG-16 nor a VGG-19 as torchvision names their layers "
        "(features.0.weight, …) or Caffe does (conv1_1.weight, …): use such a checkpoint."
    )


def _check_shapes(network: str, entries: Mapping[str, Tensor], path: Path) -> None:
    channels = 3
    for index in convolution_indices(network):
        weight, bias = (entries.get(f"features.{index}.{part}") for part in ("weight", "bias"))
        if weight is None and bias is None:
            return
        if (
            weight is None
            or bias is None
            or weight.ndim != 4
            or not weight.numel()
            or tuple(weight.shape[1:]) != (channels, 3, 3)
            or tuple(bias.shape) != (weight.shape[0],)
        ):
            raise WeightsError(
                f"{path} does not fit {network}: layer features.{index} has the wrong shape. "
                "Use torchvision's checkpoint of that network."
            )
        channels = weight.shape[0]
