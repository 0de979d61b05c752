"""Finding and reading VGG weights: a path, the user's cache, or torch hub's cache.

Only tensors are read (``weights_only=True`` or safetensors), never code.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import platformdirs
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from .errors import WeightsError
from .vgg import PLANS, convolution_indices

HUB_FILES = {"vgg16": "vgg16-397923af.pth", "vgg19": "vgg19-dcbb9e9d.pth"}
"""The names under which torchvision keeps its ImageNet checkpoints."""

State = dict[str, Tensor]


def cache_directory() -> Path:
    """Where this user's converted weights lie (``$GRAMARYE_CACHE`` overrides it)."""
    override = os.environ.get("GRAMARYE_CACHE")
    base = Path(override) if override else Path(platformdirs.user_cache_dir("gramarye"))
    return base / "weights"


def find_weights(network: str) -> Path | None:
    """The first checkpoint of ``network`` in the user's cache, then in torch hub's."""
    places = (
        cache_directory() / f"{network}.safetensors",
        cache_directory() / f"{network}.pth",
        Path(torch.hub.get_dir()) / "checkpoints" / HUB_FILES[network],
    )
    return next((place for place in places if place.is_file()), None)


def load_weights(path: Path) -> tuple[str, State]:
    """Read a checkpoint; returns which network it holds, and its convolutions in float32.

    A checkpoint may end early (it then serves the layers that it has), and its widths may differ
    from the original's. Classifier entries are left out.

    Raises:
        WeightsError: unreadable, or neither a VGG-16 nor a VGG-19.
    """
    entries = _read(path)
    state = {
        key: value.to(torch.float32)
        for key, value in entries.items()
        if key.startswith("features.") and isinstance(value, Tensor)
    }
    network = _recognise(state, path)
    _check_shapes(network, state, path)
    return network, state


def _read(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        entries = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise WeightsError(f"There is no weights file at {path}: check the path.") from error
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} holds more than tensors, or is no checkpoint, and was not opened: "
            "use a state dict or a safetensors file."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, SafetensorError) as error:
        raise WeightsError(
            f"{path} cannot be read as weights: fetch the file again, it may be cut short."
        ) from error
    if not isinstance(entries, dict):
        raise WeightsError(f"{path} holds no state dict: use torchvision's VGG checkpoint.")
    return entries


def _recognise(state: State, path: Path) -> str:
    """Which plan's convolutions these are, from the first on without a gap.

    The two networks differ from the eighth convolution on (conv3_4 or conv4_1).
    """
    present = {int(parts[1]) for key in state if (parts := key.split("."))[1].isdigit()}
    for network in PLANS:
        indices = convolution_indices(network)
        if len(present) > 7 and present == set(indices[: len(present)]):
            return network
    raise WeightsError(
        f"{path} holds neither a VGG-16 nor a VGG-19 as torchvision names their layers "
        "(features.0.weight, …): use such a checkpoint."
    )


def _check_shapes(network: str, state: State, path: Path) -> None:
    channels = 3
    for index in convolution_indices(network):
        weight, bias = (state.get(f"features.{index}.{part}") for part in ("weight", "bias"))
        if weight is None and bias is None:
            return
        if (
            weight is None
            or bias is None
            or weight.ndim != 4
            or tuple(weight.shape[1:]) != (channels, 3, 3)
            or tuple(bias.shape) != (weight.shape[0],)
        ):
            raise WeightsError(
                f"{path} does not fit {network}: layer features.{index} has the wrong shape. "
                "Use torchvision's checkpoint of that network."
            )
        channels = weight.shape[0]
