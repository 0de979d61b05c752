"""Small networks and pictures for tests; nothing here is downloaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from gramarye.engine.presets import preset
from gramarye.engine.recipe import FeatureKind, Recipe, Schedule
from gramarye.engine.vgg import PLANS, convolution_indices

SLIM_WIDTHS = {"vgg16": (4, 4, 8, 8, 8, 8, 8) + (12,) * 6, "vgg19": (4, 4) + (8,) * 6 + (12,) * 8}


def random_state(
    network: str, widths: tuple[int, ...] | None = None, seed: int = 0
) -> dict[str, Tensor]:
    """A checkpoint of He-initialised convolutions, in float32, keyed as torchvision's."""
    generator = torch.Generator().manual_seed(seed)
    state: dict[str, Tensor] = {}
    channels = 3
    for index, width in zip(
        convolution_indices(network), widths or SLIM_WIDTHS[network], strict=False
    ):
        spread = (2 / (9 * channels)) ** 0.5
        state[f"features.{index}.weight"] = spread * torch.randn(
            width, channels, 3, 3, generator=generator
        )
        state[f"features.{index}.bias"] = 0.1 * torch.randn(width, generator=generator)
        channels = width
    return state


def full_widths(network: str) -> tuple[int, ...]:
    """The paper's widths."""
    blocks = zip(PLANS[network], (64, 128, 256, 512, 512), strict=True)
    return tuple(width for count, width in blocks for _ in range(count))


def picture(height: int, width: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """A smooth random picture with some grain, ``(3, height, width)`` in [0, 1]."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, 3, 5, 5, generator=generator, dtype=torch.float64)
    smooth = torch.nn.functional.interpolate(coarse, (height, width), mode="bicubic")[0]
    grain = 0.1 * torch.randn(3, height, width, generator=generator, dtype=torch.float64)
    return (smooth + grain).clamp(0, 1).to(dtype)


def relative_error(got: Tensor, wanted: Tensor) -> float:
    """‖got − wanted‖ / ‖wanted‖."""
    return float((got - wanted).norm() / wanted.norm())


def quick(kind: FeatureKind) -> Recipe:
    """The default recipe with few steps and few filters."""
    recipe = preset(kind)
    return replace(
        recipe,
        features=replace(recipe.features, filters=16),
        schedule=Schedule(steps=6, coarse_steps=4),
    )


def changed(recipe: Recipe, **parts: Any) -> Recipe:
    """The recipe with fields of its parts replaced, as in ``search={"optimiser": "adam"}``."""
    new = {
        name: replace(getattr(recipe, name), **part) if isinstance(part, dict) else part
        for name, part in parts.items()
    }
    return replace(recipe, **new)
