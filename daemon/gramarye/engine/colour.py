"""Keeping the content's colours (Gatys et al. 2016, arXiv:1606.05897), and taking on the style's.

``luminance`` works on lightness alone and gives the result the content's chroma; ``match``
recolours the style to the content first. Both change the pictures before the optimisation or after
it, and know nothing of it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .canvas import Canvas
from .palette import recolour
from .portable import wide
from .pyramid import strips
from .recipe import Colour

_LUMA = (0.299, 0.587, 0.114)
"""Rec. 601 luma, of the encoded RGB: the Y of the paper's YIQ."""


def prepare(canvas: Canvas, colour: Colour) -> Canvas:
    """The canvas that is optimised, and that built-in features are fitted to, for the given one."""
    if colour.keep == "off":
        return canvas
    content = canvas.content
    visible = content.alpha
    if colour.keep == "match":
        like = [(content.colour, visible, 1.0)]
        styles = [recolour(s.picture.colour, like, s.picture.alpha) for s in canvas.styles]
        return canvas.with_colours(content.colour, styles)
    grey = luma(content.colour)
    styles = [
        _as_rgb(_matched(luma(s.picture.colour), s.picture.alpha, grey, visible))
        for s in canvas.styles
    ]
    return canvas.with_colours(_as_rgb(grey), styles)


def finish(result: Tensor, canvas: Canvas, colour: Colour) -> Tensor:
    """The optimised picture with the colours that it is to have; ``canvas`` is the given one.

    ``result`` may be overwritten.
    """
    if colour.histogram and colour.keep != "luminance":
        result = match_histograms(result, canvas)
    if colour.keep != "luminance":
        return result
    content = canvas.content.colour
    for rows in strips(*result.shape[1:]):
        result[:, rows] = with_chroma(luma(result[:, rows]), content[:, rows])
    return result


def luma(picture: Tensor) -> Tensor:
    """Y ``(H, W)`` of RGB ``(3, H, W)``."""
    weights = picture.new_tensor(_LUMA)[:, None, None]
    return (picture * weights).sum(0)


def with_chroma(grey: Tensor, picture: Tensor) -> Tensor:
    """``picture`` with its luma replaced by ``grey``, as far as its chroma stays in gamut.

    RGB is luma plus a chroma offset for each channel; adding the offset must stay in [0, 1], so Y
    is clamped to [−min offset, 1 − max offset]. The chroma is then exactly the picture's own.
    """
    offset = picture - luma(picture)
    low, high = -offset.amin(0), 1 - offset.amax(0)
    return torch.minimum(torch.maximum(grey, low), high) + offset


def match_histograms(result: Tensor, canvas: Canvas) -> Tensor:
    """Each channel of the visible result with the histogram of that channel of the styles.

    Exact: the result's values in order take the styles' values at the same places in their order.
    """
    styles = [style.picture for style in canvas.styles if style.weight > 0]
    alpha = canvas.content.alpha
    visible = torch.ones_like(result[0], dtype=torch.bool) if alpha is None else alpha > 0
    matched = result.clone()
    for channel in range(3):
        wanted = torch.cat([_visible(one.colour[channel], one.alpha) for one in styles])
        matched[channel][visible] = _in_order_of(result[channel][visible], wanted)
    return matched


def _in_order_of(values: Tensor, wanted: Tensor) -> Tensor:
    """The ``wanted`` values, as many as there are ``values`` and in their order of size."""
    ordered = wanted.sort().values
    ranks = wide(values.argsort(stable=True).argsort(stable=True))
    places = (ranks + 0.5) * (len(ordered) / len(ranks)) - 0.5
    low = places.floor().long().clamp(0, len(ordered) - 1)
    high = (low + 1).clamp(max=len(ordered) - 1)
    part = (places - low).clamp(0, 1).to(ordered)
    low, high = low.to(ordered.device), high.to(ordered.device)
    return torch.lerp(ordered[low], ordered[high], part)


def _matched(grey: Tensor, weights: Tensor | None, like: Tensor, visible: Tensor | None) -> Tensor:
    """``grey`` with the mean and deviation of ``like`` (the paper's section 4)."""
    mean, deviation = _spread(grey, weights)
    wanted_mean, wanted_deviation = _spread(like, visible)
    return ((grey - mean) * (wanted_deviation / deviation) + wanted_mean).clamp(0, 1)


def _spread(grey: Tensor, alpha: Tensor | None) -> tuple[Tensor, Tensor]:
    values = _visible(grey, alpha)
    return values.mean(), values.std(correction=0).clamp_min(1e-3)


def _visible(plane: Tensor, alpha: Tensor | None) -> Tensor:
    return plane.flatten() if alpha is None else plane[alpha > 0]


def _as_rgb(grey: Tensor) -> Tensor:
    return grey.expand(3, *grey.shape).contiguous()
