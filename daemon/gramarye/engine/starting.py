"""What the pixels start from: of the whole job, and of each finer octave."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .canvas import Canvas
from .errors import SettingsError
from .palette import recolour
from .pyramid import interpolate, resize, strips
from .recipe import Recipe

Like = Callable[[Tensor], Tensor]
"""Memory for a picture of another one's shape and dtype."""


def starting_picture(
    canvas: Canvas,
    recipe: Recipe,
    random: torch.Generator,
    like: Like = torch.empty_like,
) -> Tensor:
    """The picture that the optimisation starts from, at the content's size.

    ``like`` gives the memory for it.
    """
    content = canvas.content.colour
    if recipe.start.kind == "image":
        if canvas.start is None:
            raise SettingsError(
                "A start from an image needs the image: choose one, or another start."
            )
        return resize(canvas.start, *canvas.content.size)
    if recipe.start.kind == "noise":
        start = like(content)
        for rows in strips(*canvas.content.size):
            part = start[:, rows]
            noise = torch.randn(part.shape, generator=random, dtype=torch.float32)
            part.copy_(0.5 + recipe.start.sigma * noise)
        return start
    return _in_palette(canvas, like) if recipe.start.kind == "palette" else content


def _in_palette(canvas: Canvas, like: Like) -> Tensor:
    """The content recoloured to its styles, each region to its own."""
    content, visible = canvas.content.colour, canvas.content.alpha
    likes = [(s.picture.colour, s.mask, s.weight) for s in canvas.styles]
    if not canvas.regions:
        return recolour(content, [one for one in likes if one[2] > 0], visible, like(content))
    result = content.clone()
    for mask, style, _ in canvas.guides:
        assert mask is not None
        colours, part, _ = likes[style]
        result = torch.lerp(result, recolour(content, [(colours, part, 1.0)], mask), mask)
    return result


def carried(
    coarse: Tensor,
    starts: tuple[Tensor, Tensor] | None,
    size: tuple[int, int],
    sigma: float,
    random: torch.Generator,
    like: Like = torch.empty_like,
) -> Tensor:
    """The result of an octave as the next finer one's start, ``(3, *size)``.

    A little noise gives the fine octave something to make strokes of: an enlarged picture has no
    detail, and a gradient that depends on detail cannot invent it from none.

    ``starts`` are the start at the finer octave and at the coarse one; it is then the start with
    the enlarged change, as a multigrid method carries corrections (Brandt 1977), and a Laplacian
    pyramid (Burt & Adelson 1983) detail. ``None``: a start from noise, whose detail is only noise.
    """
    change = coarse if starts is None else coarse - starts[1]
    finer = interpolate(change, *size, like)
    for rows in strips(*size):
        part = finer[:, rows]
        part.add_(torch.randn(part.shape, generator=random, dtype=torch.float32).to(part) * sigma)
        if starts is not None:
            part.add_(starts[0][:, rows])
    return finer
