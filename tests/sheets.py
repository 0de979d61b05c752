"""Pictures for the eye, made by the project itself: ``python -m tests.sheets result|controls``.

``result`` is the README's: scenes, paintings, and the scenes in the paintings' style.
``controls`` shows what each control does to one pair, and below that G'MIC's *stylize* (``apt
install gmic``) beside ours on other pairs. Both are written to docs/images.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from gramarye import samples
from gramarye.moments import Rendered
from gramarye.raster import Pixels
from gramarye.studio import Studio
from gramarye_protocol import Settings, describe

from . import gmic

IMAGES = Path(__file__).parent.parent / "docs" / "images"
GAP = 12
LABEL = 18


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet: its words, its settings, and the planes beside the content."""

    label: str
    settings: dict[str, Any] = field(default_factory=dict)
    styles: tuple[str, ...] = ("flow",)
    content: str = "lakeside"
    left_half: bool = False


CONTROLS = (
    Tile("strength 25", {"strength": 25.0}),
    Tile("strength 50 (default)"),
    Tile("strength 75", {"strength": 75.0}),
    Tile("strokes x 0.5", {"style_scale": 0.5}),
    Tile("strokes x 2", {"style_scale": 2.0}),
    Tile("every direction", {"augment": True}),
    Tile("keep colours: luminance", {"keep_colours": "luminance"}),
    Tile("keep colours: match", {"keep_colours": "match"}),
    Tile("style's exact histogram", {"match_histogram": True}),
    Tile("two styles, alike", styles=("flow", "mosaic")),
    Tile("left flow, right mosaic", styles=("flow", "mosaic"), left_half=True),
    Tile("left flow, right kept", {"region_styles": (0, -1)}, left_half=True),
    Tile("Gram", {"style_statistic": "gram"}),
    Tile("mean and variance", {"style_statistic": "mean-variance"}),
    Tile("Wasserstein-2", {"style_statistic": "wasserstein"}),
    Tile("crisp", {"recipe": "crisp"}),
    Tile("texture", {"recipe": "texture"}),
    Tile("draft", {"quality": "draft"}),
    Tile("best", {"quality": "best"}),
)


SHOWN = (("lakeside", "flow", "warm"), ("cup", "brush", "crisp"), ("lakeside", "glass", "crisp"))
"""The README's rows: a scene, a painting, and the recipe."""
COMPARED = (("portrait", "woodcut"), ("cup", "brush"), ("portrait", "mosaic"))
"""Pairs on which G'MIC's stylize is shown beside ours."""


def pixels_of(image: Image.Image, role: str) -> Pixels:
    """A picture as a plane."""
    data = image.tobytes()
    return Pixels(describe(role, image.width, image.height, image.mode, "u8", data), data)


def paint(studio: Studio, tile: Tile, size: int) -> Image.Image:
    """One job on the sample pictures."""
    content = samples.content(tile.content, size)
    planes = [pixels_of(content, "content")]
    planes += [pixels_of(samples.painting(name, size), "style") for name in tile.styles]
    settings = dict(tile.settings)
    if tile.left_half:
        planes += [_region(half, role="region") for half in _halves(content)]
        settings.setdefault("region_styles", (0, 1))
    *_, last = studio.render(Settings(**settings), planes)
    assert isinstance(last, Rendered)
    plane = last.pixels.plane
    return Image.frombytes("RGB", (plane.width, plane.height), bytes(last.pixels.data))


def _halves(content: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """A soft mask of the left half, and its complement."""
    ramp = np.clip((content.width / 2 - np.arange(content.width)) / 24 + 0.5, 0, 1)
    left = np.rint(255 * np.tile(ramp, (content.height, 1))).astype(np.uint8)
    return left, 255 - left


def _region(mask: np.ndarray, role: str) -> Pixels:
    height, width = mask.shape
    return Pixels(describe(role, width, height, "GRAY", "u8", mask.tobytes()), mask.tobytes())


def result(size: int = 512, width: int = 420) -> Image.Image:
    """Content, style and result in a row, for each of the shown pairs."""
    studio = Studio()
    rows = []
    for scene, painting, recipe in SHOWN:
        print(scene, painting, recipe, flush=True)
        painted = paint(studio, Tile("", {"recipe": recipe}, (painting,), scene), size)
        row = [samples.content(scene, size), samples.painting(painting, size), painted]
        height = round(width * painted.height / painted.width)
        rows.append([_scaled(one, height) for one in row])
    widths = [sum(one.width + GAP for one in row) - GAP for row in rows]
    heights = [row[0].height for row in rows]
    sheet = Image.new("RGB", (max(widths), sum(heights) + GAP * (len(rows) - 1)), "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for one in row:
            sheet.paste(one, (left, top))
            left += one.width + GAP
        top += height + GAP
    return sheet


def _scaled(picture: Image.Image, height: int) -> Image.Image:
    width = round(picture.width * height / picture.height)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def controls(size: int = 320, columns: int = 3) -> Image.Image:
    """Every control on one pair, with its words above it; then other pairs beside G'MIC's."""
    studio = Studio()
    painted = []
    for tile in CONTROLS:
        print(tile.label, flush=True)
        painted.append((tile.label, paint(studio, tile, size)))
    rows = [painted[first : first + columns] for first in range(0, len(painted), columns)]
    return in_rows([*rows, *(_compared(studio, *pair, size) for pair in COMPARED)], size)


def in_rows(rows: Sequence[Sequence[tuple[str, Image.Image]]], size: int) -> Image.Image:
    """Pictures with their words above them, row below row."""
    heights = [max(one.height for _, one in row) + LABEL for row in rows]
    columns = max(len(row) for row in rows)
    height = sum(heights) + GAP * (len(rows) - 1)
    sheet = Image.new("RGB", (columns * (size + GAP) - GAP, height), "white")
    draw = ImageDraw.Draw(sheet)
    top = 0
    for row, tall in zip(rows, heights, strict=True):
        for column, (label, one) in enumerate(row):
            left = column * (size + GAP)
            draw.text((left + 2, top + 2), label, fill="black")
            sheet.paste(one, (left, top + LABEL))
        top += tall + GAP
    return sheet


def _compared(
    studio: Studio, scene: str, painting: str, size: int
) -> list[tuple[str, Image.Image]]:
    """G'MIC's stylize, the default recipe and the crisp one on the same pair."""
    print(scene, painting, flush=True)
    ours = [
        (f"ours, {recipe}", paint(studio, Tile("", {"recipe": recipe}, (painting,), scene), size))
        for recipe in ("warm", "crisp")
    ]
    theirs = gmic.stylize(samples.content(scene, size), samples.painting(painting, size))
    return [(f"G'MIC stylize: {scene}, {painting}", theirs), *ours]


SHEETS = {"result": result, "controls": controls}


def main(names: list[str]) -> None:
    """Make the sheets that were named, or all of them."""
    for name in names or SHEETS:
        sheet = SHEETS[name]().quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
        sheet.save(IMAGES / f"{name}.png", optimize=True)
        print(IMAGES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])
