"""The binomial pyramid: every octave is the one below it, blurred and taken at every second pixel.

Burt & Adelson 1983, with the kernel [1 4 6 4 1]/16 along each axis and mirrored borders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


def reduce_by_strips(picture: Tensor, out: Tensor | None = None) -> Tensor:
    """Like :func:`reduce`, with little memory beside the result's; not for autograd."""
    channels, height, width = picture.shape
    if out is None:
        out = picture.new_empty(channels, -(-height // 2), -(-width // 2))
    with torch.no_grad():
        for rows in strips(out.shape[1], width):
            read = _read_by(rows, height)
            out[:, rows] = _reduced_rows(picture[:, read], rows, height)
    return out


def add_reduced_gradient(gradient: Tensor, into: Tensor) -> None:
    """Add ∂loss/∂picture ``(C, H, W)`` to ``into``, given ∂loss/∂(its :func:`reduce`)."""
    height = into.shape[1]
    for rows in strips(gradient.shape[1], into.shape[2]):
        read = _read_by(rows, height)
        with torch.enable_grad():
            part = torch.zeros_like(into[:, read]).requires_grad_()
            reduced = _reduced_rows(part, rows, height)
        (pulled,) = torch.autograd.grad(reduced, part, gradient[:, rows])
        into[:, read] += pulled


STRIP_PIXELS = 1 << 19
"""Of one strip: a few MB, which is little beside any canvas that is worked on in strips."""


def strips(height: int, width: int) -> Iterator[slice]:
    """Rows of a picture in strips of about :data:`STRIP_PIXELS`, none of a single row."""
    rows = max(8, STRIP_PIXELS // max(1, width))
    top = 0
    while top < height:
        bottom = height if height - top < rows + 8 else top + rows
        yield slice(top, bottom)
        top = bottom


def _read_by(rows: slice, height: int) -> slice:
    """The rows that :func:`reduce` reads of a picture of this height for some of its own."""
    return slice(max(0, 2 * rows.start - 2), min(height, 2 * rows.stop + 1))


def _reduced_rows(part: Tensor, rows: slice, height: int) -> Tensor:
    """:func:`reduce`'s ``rows`` from what they read."""
    channels = part.shape[0]
    above, below = max(0, 2 - 2 * rows.start), max(0, 2 * rows.stop + 1 - height)
    kernel = part.new_tensor(_KERNEL).expand(channels, 1, 5)
    padded = F.pad(part[None], (2, 2, above, below), mode="reflect")
    across = F.conv2d(padded, kernel[:, :, None, :], stride=(1, 2), groups=channels)
    return F.conv2d(across, kernel[:, :, :, None], stride=(2, 1), groups=channels)[0]


def octaves(picture: Tensor, count: int) -> list[Tensor]:
    """``count`` octaves of a picture, the finest (itself) first."""
    levels = [picture]
    for _ in range(count - 1):
        large = levels[-1].shape[1] * levels[-1].shape[2] > STRIP_PIXELS
        levels.append(reduce_by_strips(levels[-1]) if large else reduce(levels[-1]))
    return levels


def interpolate(
    picture: Tensor,
    height: int,
    width: int,
    like: Callable[[Tensor], Tensor] = torch.empty_like,
) -> Tensor:
    """``(C, h, w)`` → ``(C, height, width)``, bicubic, linear in the picture.

    torch's antialiased kernel is Keys' with a = -1/2, which keeps a ramp a ramp; its other one
    (a = -3/4) would add a ripple that an optimiser takes for texture.

    Large ones are made in strips, along one axis and then the other; ``like`` gives their memory.
    """
    channels, rows = picture.shape[:2]
    if height * width <= STRIP_PIXELS:
        return _interpolated(picture, height, width)
    wide = like(picture[:, :, :1].expand(channels, rows, width))
    for part in strips(rows, width):
        wide[:, part] = _interpolated(picture[:, part], part.stop - part.start, width)
    large = like(picture[:, :1, :1].expand(channels, height, width))
    for part in strips(width, height):
        large[:, :, part] = _interpolated(wide[:, :, part], height, part.stop - part.start)
    return large


def _interpolated(picture: Tensor, height: int, width: int) -> Tensor:
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
