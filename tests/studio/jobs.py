"""Pictures and small jobs for the studio's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from gramarye.engine.recipe import FeatureKind
from gramarye.pixels import Pixels
from gramarye.recipes import recipe_json
from gramarye.studio import Rendered, Studio
from gramarye_protocol import Settings, describe
from tests.engine.helpers import changed, picture, quick, random_state


def pixels(role: str, height: int, width: int, seed: int = 0, layout: str = "RGB") -> Pixels:
    """A random picture as a plane; with alpha, its left quarter is transparent."""
    colour = (picture(height, width, seed) * 255).byte().permute(1, 2, 0).numpy()
    if layout == "BGRA":
        alpha = np.full((height, width, 1), 255, np.uint8)
        alpha[:, : width // 4] = 0
        colour = np.concatenate([colour[..., ::-1], alpha], axis=2)
    data = colour.tobytes()
    return Pixels(describe(role, width, height, layout, "u8", data), data)


def pair() -> list[Pixels]:
    """A content and a style."""
    return [pixels("content", 80, 104, 1), pixels("style", 72, 80, 2)]


def small_job(kind: FeatureKind, optimiser: str = "lbfgs", steps: int = 4, **more: Any) -> Settings:
    """Two octaves of so many steps each; ``more`` are further settings."""
    recipe = changed(
        quick(kind),
        schedule={"coarsest": 48, "steps": steps, "coarse_steps": steps},
        search={"optimiser": optimiser},
    )
    return Settings(recipe=recipe_json(recipe), **more)


def slim_vgg(folder: Path) -> Path:
    """A checkpoint of a slim random VGG-19."""
    path = folder / "slim.pth"
    torch.save(random_state("vgg19"), path)
    return path


def rendered(
    studio: Studio, settings: Settings, planes: list[Pixels], resume: Any = None
) -> Rendered:
    """A job's end."""
    last = list(studio.render(settings, planes, resume))[-1]
    assert isinstance(last, Rendered)
    return last
