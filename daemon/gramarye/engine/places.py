"""Where VGG weights are looked for: the user's cache, or torch hub's. Without torch."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from .errors import WeightsError

HUB_FILES = {"vgg16": "vgg16-397923af.pth", "vgg19": "vgg19-dcbb9e9d.pth"}
"""The names under which torchvision keeps its ImageNet checkpoints."""


def cache_home() -> Path:
    """What this user keeps for Gramarye and could lose (``$GRAMARYE_CACHE`` overrides it)."""
    override = os.environ.get("GRAMARYE_CACHE")
    return Path(override) if override else Path(platformdirs.user_cache_dir("gramarye"))


def cache_directory() -> Path:
    """Where this user's converted weights lie."""
    return cache_home() / "weights"


def hub_directory() -> Path:
    """Where torch hub keeps checkpoints, as torch's documentation of ``torch.hub`` says."""
    caches = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", os.path.join(caches, "torch"))  # noqa: PTH118 ("" counts)
    return Path(home).expanduser() / "hub" / "checkpoints"


def weight_places(network: str) -> tuple[Path, ...]:
    """Where checkpoints of ``network`` are looked for: the user's cache, then torch hub's."""
    return (
        cache_directory() / f"{network}.safetensors",
        cache_directory() / f"{network}.pth",
        hub_directory() / HUB_FILES[network],
    )


def missing(path: Path) -> WeightsError:
    """What to say of a weights file that is not there."""
    return WeightsError(f"There is no weights file at {path}: check the path.")


def find_weights(network: str) -> Path | None:
    """The first checkpoint of ``network`` in :func:`weight_places`."""
    return next((place for place in weight_places(network) if place.is_file()), None)
