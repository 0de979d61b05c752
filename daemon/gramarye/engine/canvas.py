"""Everything that a transfer looks at: the content, the styles, and which style goes where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .errors import PictureError, SettingsError
from .picture import Picture
from .pyramid import octaves

SMALLEST_PICTURE = 16


@dataclass(frozen=True)
class Style:
    """A style picture, its share among the styles, and which part of it counts.

    ``mask`` is ``(h, w)`` in [0, 1] at the picture's size; without one, all of it counts.
    """

    picture: Picture
    weight: float = 1.0
    mask: Tensor | None = None


@dataclass(frozen=True)
class Region:
    """A part of the content, ``(H, W)`` in [0, 1], and the place of its style in the canvas' list.

    ``style`` ``None`` keeps the content there.
    """

    mask: Tensor
    style: int | None


@dataclass(frozen=True)
class Canvas:
    """A content, its styles at the size of their strokes, and its regions (none: all is one).

    Raises:
        PictureError: a picture too small to have any style or content.
        SettingsError: weights or regions that do not fit the styles.
    """

    content: Picture
    styles: tuple[Style, ...]
    regions: tuple[Region, ...] = ()
    start: Tensor | None = None

    def __post_init__(self) -> None:
        if not self.styles:
            raise SettingsError("There is no style: choose a picture for it.")
        pictures = [("content", self.content), *(("style", s.picture) for s in self.styles)]
        for name, picture in pictures:
            if min(picture.size) < SMALLEST_PICTURE:
                raise PictureError(
                    f"The {name} has {picture.size[1]}×{picture.size[0]} pixels: use a picture of "
                    f"at least {SMALLEST_PICTURE}×{SMALLEST_PICTURE}."
                )
        if any(s.weight < 0 for s in self.styles) or not sum(s.weight for s in self.styles):
            raise SettingsError("The styles' weights must be zero or more, and not all zero.")
        for region in self.regions:
            if tuple(region.mask.shape) != self.content.size:
                raise SettingsError("A mask has not the content's size: make them the same.")
            if region.style is not None and not 0 <= region.style < len(self.styles):
                raise SettingsError(f"A region asks for style {region.style}, which is not there.")
        if self.regions and all(region.style is None for region in self.regions):
            raise SettingsError("No region has a style: give at least one of them a style.")

    @property
    def guides(self) -> tuple[tuple[Tensor | None, int, float], ...]:
        """Mask or ``None`` for all, style, and share of the style loss, for each pair in use.

        A region's share is its part of the area that is to be styled, so that every pixel of it
        counts alike; without regions the styles share by their weights.
        """
        if not self.regions:
            total = sum(style.weight for style in self.styles)
            pairs = ((None, i, style.weight / total) for i, style in enumerate(self.styles))
            return tuple(pair for pair in pairs if pair[2] > 0)
        styled = [(r.mask, r.style, float(r.mask.sum())) for r in self.regions]
        area = sum(size for _, style, size in styled if style is not None)
        if area == 0:
            raise SettingsError("The regions with a style are empty: paint their masks.")
        return tuple((m, s, size / area) for m, s, size in styled if s is not None and size > 0)

    @property
    def styled(self) -> Tensor | None:
        """How much of each content pixel is to be styled, ``(H, W)``; ``None``: all of it."""
        if not self.regions:
            return None
        masks = [region.mask for region in self.regions if region.style is not None]
        return torch.stack(masks).sum(0).clamp(0, 1)

    def with_colours(self, content: Tensor, styles: Sequence[Tensor]) -> Canvas:
        """The same canvas with other colours in its pictures."""
        pairs = zip(self.styles, styles, strict=True)
        changed = tuple(replace(s, picture=replace(s.picture, colour=c)) for s, c in pairs)
        return replace(self, content=replace(self.content, colour=content), styles=changed)

    def octaves(self, count: int) -> list[Canvas]:
        """The canvas at ``count`` sizes, each half of the one before, the finest (itself) first."""
        contents = _picture_octaves(self.content, count)
        styles = [_style_octaves(style, count) for style in self.styles]
        masks = [_plane_octaves(region.mask, count) for region in self.regions]
        starts = [None] * count if self.start is None else octaves(self.start, count)
        return [
            replace(
                self,
                content=contents[k],
                styles=tuple(each[k] for each in styles),
                regions=tuple(
                    replace(region, mask=each[k])
                    for region, each in zip(self.regions, masks, strict=True)
                ),
                start=starts[k],
            )
            if k
            else self
            for k in range(count)
        ]


def _plane_octaves(plane: Tensor, count: int) -> list[Tensor]:
    return [level[0].clamp(0, 1) for level in octaves(plane[None], count)]


def _picture_octaves(picture: Picture, count: int) -> list[Picture]:
    colours = octaves(picture.colour, count)
    alphas = [None] * count if picture.alpha is None else _plane_octaves(picture.alpha, count)
    return [Picture(*pair) for pair in zip(colours, alphas, strict=True)]


def _style_octaves(style: Style, count: int) -> list[Style]:
    pictures = _picture_octaves(style.picture, count)
    masks = [None] * count if style.mask is None else _plane_octaves(style.mask, count)
    return [
        replace(style, picture=picture, mask=mask)
        for picture, mask in zip(pictures, masks, strict=True)
    ]
