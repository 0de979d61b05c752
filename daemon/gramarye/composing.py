"""From a job's settings and planes to what the engine takes: a recipe, and a canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import torch
from torch import Tensor

from gramarye_protocol import Plane, Settings

from .engine.canvas import Canvas, Region, Style
from .engine.errors import SettingsError
from .engine.picture import Picture, fitted, fitted_size, resize_plane
from .engine.presets import DEFAULT, preset
from .engine.recipe import FeatureKind, Layers, Precision, Recipe, weight_for_strength
from .pixels import to_mask, to_picture
from .raster import Pixels
from .recipes import parse_recipe

PRECISIONS: dict[str, Precision] = {
    "float64": "float64", "float32": "exact", "bfloat16": "bfloat16",
}  # fmt: skip
"""What a dtype asks for."""


def whole_recipe(settings: Settings) -> Recipe | None:
    """The recipe that the settings hold as JSON; ``None``: they only name one, or none."""
    if not settings.recipe.lstrip().startswith("{"):
        return None
    return parse_recipe(settings.recipe)


def named_features(settings: Settings) -> FeatureKind | None:
    """The features that a whole recipe in the settings asks for."""
    recipe = whole_recipe(settings)
    return None if recipe is None else recipe.features.kind


def compose_recipe(settings: Settings, kind: FeatureKind) -> Recipe:
    """The recipe that settings mean: the one that they name or hold, and what overrides it.

    Raises:
        SettingsError: settings that contradict each other, or a recipe that cannot be read.
    """
    base = whole_recipe(settings)
    if base is None:
        base = preset(kind, settings.quality, settings.recipe or DEFAULT)
    else:
        base = replace(base, features=replace(base.features, kind=kind))
    content_weight = settings.content_weight
    if content_weight is None and settings.strength is not None:
        content_weight = weight_for_strength(base.content.weight, settings.strength)
    precision = None if settings.dtype is None else PRECISIONS[settings.dtype]
    return replace(
        base,
        features=_changed(base.features, precision=precision),
        content=_changed(
            base.content,
            weight=content_weight,
            layers=_named(settings.content_layers),
            distance=settings.content_distance,
        ),
        style=_changed(
            base.style,
            weight=settings.style_weight,
            layers=_named(settings.style_layers),
            distance=settings.style_distance,
            statistic=settings.style_statistic,
            scale=settings.style_scale,
            augment=settings.augment,
        ),
        regularisers=_changed(base.regularisers, total_variation=settings.total_variation),
        start=_changed(base.start, kind=settings.init),
        search=_changed(base.search, optimiser=settings.optimiser, averaging=settings.averaging),
        schedule=_changed(base.schedule, steps=settings.steps),
        colour=_changed(
            base.colour, keep=settings.keep_colours, histogram=settings.match_histogram
        ),
        seed=base.seed if settings.seed is None else settings.seed,
    )


class Decoder(Protocol):
    """How planes become pictures and masks."""

    def picture(self, pixels: Pixels, long_side: int | None, enlarge: bool = True) -> Picture:
        """A picture as :func:`~gramarye.engine.picture.fitted` has it."""
        ...

    def mask(self, pixels: Pixels, size: tuple[int, int]) -> Tensor:
        """A mask of this (height, width)."""
        ...


class _Decoded:
    """All that the planes show."""

    def picture(self, pixels: Pixels, long_side: int | None, enlarge: bool = True) -> Picture:
        return fitted(to_picture(pixels), long_side, enlarge)

    def mask(self, pixels: Pixels, size: tuple[int, int]) -> Tensor:
        mask = resize_plane(to_mask(pixels), *size)
        assert mask is not None
        return mask


class _Outlined:
    """Only how large everything is, in next to no memory."""

    def picture(self, pixels: Pixels, long_side: int | None, enlarge: bool = True) -> Picture:
        plane = pixels.plane
        size = fitted_size((plane.height, plane.width), long_side, enlarge)
        return Picture(torch.zeros(()).expand(3, *size))

    def mask(self, pixels: Pixels, size: tuple[int, int]) -> Tensor:  # noqa: ARG002
        return torch.ones(()).expand(size)


def outline_canvas(settings: Settings, recipe: Recipe, planes: Sequence[Plane]) -> Canvas:
    """A canvas of the same sizes as that of such planes, all black, from their descriptions alone.

    Raises:
        PictureError: a picture that cannot be used. SettingsError: planes that do not fit.
    """
    return compose_canvas(settings, recipe, [Pixels(one, b"") for one in planes], _Outlined())


def compose_canvas(
    settings: Settings, recipe: Recipe, planes: Sequence[Pixels], decoder: Decoder | None = None
) -> Canvas:
    """The pictures at the working size, on the CPU.

    Raises:
        PictureError: a picture that cannot be used. SettingsError: planes that do not fit.
    """
    decoder = decoder or _Decoded()
    by_role: dict[str, list[Pixels]] = {}
    for pixels in planes:
        by_role.setdefault(pixels.plane.role, []).append(pixels)
    for role in ("content", "style"):
        if role not in by_role:
            raise SettingsError(f"The job has no {role}: choose a picture for it.")
    _check_masks(settings, by_role)
    content = decoder.picture(by_role["content"][0], settings.size)
    masks = dict(zip(settings.style_mask_styles, by_role.get("style-mask", []), strict=True))
    long_side = max(1, round(max(content.size) * recipe.style.scale))
    shares = settings.style_shares or (1.0,) * len(by_role["style"])
    if len(shares) != len(by_role["style"]):
        raise SettingsError(
            f"There are {len(by_role['style'])} styles and {len(shares)} shares: give one each."
        )
    styles: list[Style] = []
    for index, (pixels, share) in enumerate(zip(by_role["style"], shares, strict=True)):
        # At the size of its strokes; never enlarged by itself, which would only blur them.
        picture = decoder.picture(pixels, long_side, enlarge=recipe.style.scale > 1)
        mask = decoder.mask(masks[index], picture.size) if index in masks else None
        styles.append(Style(picture, share, mask))
    regions = zip(by_role.get("region", []), settings.region_styles, strict=True)
    start = by_role.get("init")
    return Canvas(
        content,
        tuple(styles),
        tuple(
            Region(decoder.mask(pixels, content.size), None if style < 0 else style)
            for pixels, style in regions
        ),
        None if start is None else decoder.picture(start[0], None).colour,
    )


def moved(canvas: Canvas, move: Callable[[Tensor], Tensor]) -> Canvas:
    """The same canvas with each of its planes moved to another place, or to another dtype."""

    def perhaps(plane: Tensor | None) -> Tensor | None:
        return None if plane is None else move(plane)

    def picture(one: Picture) -> Picture:
        return Picture(move(one.colour), perhaps(one.alpha))

    return replace(
        canvas,
        content=picture(canvas.content),
        styles=tuple(
            replace(s, picture=picture(s.picture), mask=perhaps(s.mask)) for s in canvas.styles
        ),
        regions=tuple(replace(r, mask=move(r.mask)) for r in canvas.regions),
        start=perhaps(canvas.start),
    )


def _check_masks(settings: Settings, by_role: dict[str, list[Pixels]]) -> None:
    """Each mask belongs to a style that is there, and each style has at most one."""
    styles = len(by_role["style"])
    chosen = settings.style_mask_styles
    if len(chosen) != len(by_role.get("style-mask", [])):
        raise SettingsError("Each style mask needs the place of its style: give one each.")
    if len(settings.region_styles) != len(by_role.get("region", [])):
        raise SettingsError("Each region needs the place of its style: give one each.")
    if any(place >= styles for place in chosen):
        raise SettingsError(
            f"A style mask belongs to style {max(chosen) + 1}, and there are {styles}: give the "
            "place of one that is there."
        )
    if len(set(chosen)) < len(chosen):
        raise SettingsError("A style has two masks: give each style at most one.")


def _changed(part: Any, **changes: Any) -> Any:
    """A part of a recipe with those fields replaced that were given."""
    return replace(part, **{name: value for name, value in changes.items() if value is not None})


def _named(layers: tuple[str, ...]) -> Layers | None:
    return tuple((layer, 1.0) for layer in layers) or None
