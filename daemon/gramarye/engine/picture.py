"""A picture as the engine takes it: colour, and what of it is visible."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .pyramid import resize


@dataclass(frozen=True)
class Picture:
    """Colour ``(3, H, W)`` in [0, 1] and straight alpha ``(H, W)`` or ``None``, float32.

    Colour under zero alpha has been replaced by that of the nearest visible pixels
    (:func:`~gramarye.engine.alpha.fill_hidden`).
    """

    colour: Tensor
    alpha: Tensor | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.colour.shape[1], self.colour.shape[2]

    def to(self, device: torch.device) -> Picture:
        """The same on another device."""
        alpha = None if self.alpha is None else self.alpha.to(device)
        return Picture(self.colour.to(device), alpha)


def fitted_size(
    size: tuple[int, int], long_side: int | None, enlarge: bool = True
) -> tuple[int, int]:
    """A (height, width) brought to this ``long_side``; enlarged only if ``enlarge``."""
    longest = max(size)
    if long_side is None or (long_side > longest and not enlarge):
        return size
    height, width = (max(1, round(side * long_side / longest)) for side in size)
    return height, width


def fitted(picture: Picture, long_side: int | None, enlarge: bool = True) -> Picture:
    """The picture resized as :func:`fitted_size` says."""
    height, width = fitted_size(picture.size, long_side, enlarge)
    if (height, width) == picture.size:
        return picture
    return Picture(
        resize(picture.colour, height, width), resize_plane(picture.alpha, height, width)
    )


def resize_plane(plane: Tensor | None, height: int, width: int) -> Tensor | None:
    """A plane ``(h, w)`` of alpha or a mask, resized like a picture."""
    return None if plane is None else resize(plane[None], height, width)[0]
