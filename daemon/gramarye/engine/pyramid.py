"""The binomial pyramid: every octave is the one below it, blurred and taken at every second pixel.

Burt & Adelson 1983, with the kernel [1 4 6 4 1]/16 along each axis and mirrored borders.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .portable import reachable

_KERNEL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def reduce(picture: Tensor) -> Tensor:
    """One octave coarser: ``(C, H, W)`` → ``(C, ⌈H/2⌉, ⌈W/2⌉)``; linear and differentiable.

    Each side must be at least 3 pixels, for the mirrored border.
    """
    channels = picture.shape[0]
    kernel = picture.new_tensor(_KERNEL).expand(channels, 1, 5)
    padded = F.pad(picture[None], (2, 2, 2, 2), mode="reflect")
    rows = F.conv2d(padded, kernel[:, :, None, :], stride=(1, 2), groups=channels)
    return F.conv2d(rows, kernel[:, :, :, None], stride=(2, 1), groups=channels)[0]


def octaves(picture: Tensor, count: int) -> list[Tensor]:
    """``count`` octaves of a picture, the finest (itself) first."""
    levels = [picture]
    for _ in range(count - 1):
        levels.append(reduce(levels[-1]))
    return levels


def interpolate(picture: Tensor, height: int, width: int) -> Tensor:
    """``(C, h, w)`` → ``(C, height, width)``, bicubic, linear in the picture.

    torch's antialiased kernel is Keys' with a = -1/2, which keeps a ramp a ramp; its other one
    (a = -3/4) would add a ripple that an optimiser takes for texture.
    """
    larger = F.interpolate(
        reachable(picture)[None],
        size=(height, width),
        mode="bicubic",
        antialias=True,
        align_corners=False,
    )
    return larger[0].to(picture)


def resize(picture: Tensor, height: int, width: int) -> Tensor:
    """Like :func:`interpolate`, but within the picture's own range."""
    if picture.shape[1:] == (height, width):
        return picture
    resized = interpolate(picture, height, width)
    low = picture.amin(dim=(1, 2), keepdim=True)
    high = picture.amax(dim=(1, 2), keepdim=True)
    return torch.clamp(resized, low, high)
