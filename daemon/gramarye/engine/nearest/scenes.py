"""From the canvas' octaves to what the patches are painted from."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..canvas import Canvas, Style
from ..pyramid import octaves
from ..targets import variants
from .dictionary import Source
from .repaint import Scene


def scenes_of(guide: Tensor, canvases: Sequence[Canvas], augment: bool) -> list[Scene]:
    """A scene for each octave's canvas, the finest first, with the ``guide`` at its size."""
    levels = octaves(guide, len(canvases)) if canvases else []
    return [_scene(level, canvas, augment) for level, canvas in zip(levels, canvases, strict=True)]


def _scene(guide: Tensor, canvas: Canvas, augment: bool) -> Scene:
    """Without regions all styles' patches serve everywhere; with them each serves its regions."""
    if not canvas.regions:
        styles = [style for style in canvas.styles if style.weight > 0]
        return Scene(guide, [one for style in styles for one in _sources(style, augment)])
    used = sorted({style for _, style, _ in canvas.guides})
    sources, labels = [], []
    for place in used:
        masks = [mask for mask, style, _ in canvas.guides if style == place and mask is not None]
        own = _sources(canvas.styles[place], augment)
        sources += own
        labels += [torch.stack(masks).sum(0).clamp(0, 1)] * len(own)
    return Scene(guide, sources, torch.stack(labels))


def _sources(style: Style, augment: bool) -> list[Source]:
    """A style, and with ``augment`` its turns and mirror images, with what may be used of each."""
    planes = [plane for plane in (style.mask, style.picture.alpha) if plane is not None]
    usable = torch.stack(planes).prod(0) if planes else None
    colours = variants(style.picture.colour, augment)
    usables = [None] * len(colours) if usable is None else variants(usable, augment)
    return list(zip(colours, usables, strict=True))
