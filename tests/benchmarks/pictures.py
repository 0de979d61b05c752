"""The pictures that benchmarks work on: the project's own samples, made square."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gramarye import samples


def pair(size: int, scene: str = "lakeside", painting: str = "glass") -> tuple[Tensor, Tensor]:
    """A content and a style, each ``(3, size, size)`` in [0, 1], float32."""
    pictures = samples.content(scene, size), samples.painting(painting, size)
    content, style = (_square(picture, size) for picture in pictures)
    return content, style


def _square(picture: Image.Image, size: int) -> Tensor:
    array = np.asarray(picture.resize((size, size), Image.Resampling.LANCZOS))
    return (torch.from_numpy(array.copy()).permute(2, 0, 1).float() / 255).contiguous()
