"""Loss against time as a PNG, drawn with Pillow: panels side by side, a curve for each side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 560, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 50, 50
COLOURS = ("#b0413e", "#22577a")
HEADROOM = 4.0
"""Losses are shown from the lowest to so many times that; starts may be far higher."""


@dataclass(frozen=True)
class Curve:
    """A name, and its losses by the seconds that they took."""

    name: str
    points: Sequence[tuple[float, float]]


def plot(file: Path, panels: Sequence[tuple[str, Sequence[Curve]]]) -> None:
    """Write the panels, each a title and its curves, beside one another."""
    picture = Image.new("RGB", (WIDTH * len(panels), HEIGHT), "white")
    for place, (title, curves) in enumerate(panels):
        picture.paste(_panel(title, curves), (WIDTH * place, 0))
    picture.save(file, optimize=True)


def _panel(title: str, curves: Sequence[Curve]) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    longest = max(seconds for curve in curves for seconds, _ in curve.points)
    lowest = min(loss for curve in curves for _, loss in curve.points)
    frame = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM)

    def at(seconds: float, loss: float) -> tuple[float, float]:
        height = min(1.0, math.log(loss / lowest) / math.log(HEADROOM))
        return (
            frame[0] + (frame[2] - frame[0]) * seconds / longest,
            frame[3] - (frame[3] - frame[1]) * height,
        )

    for factor in (1, 1.25, 1.5, 2, 3, HEADROOM):
        left, level = at(0, lowest * factor)
        draw.line((left, level, frame[2], level), "#e0e0e0")
        draw.text((left - 6, level), f"{lowest * factor:.3g}", "black", font, anchor="rm")
    for part in range(5):
        across, bottom = at(longest * part / 4, lowest)
        draw.text((across, bottom + 8), f"{longest * part / 4:.0f} s", "black", font, anchor="mt")
    draw.text((LEFT, 14), f"{title}: loss against time", "black", font)
    for place, curve in enumerate(curves):
        colour = COLOURS[place % len(COLOURS)]
        shown = [point for point in curve.points if point[1] <= HEADROOM * lowest]
        draw.line([at(*point) for point in shown], colour, 2, joint="curve")
        draw.text((frame[2] - 8, TOP + 8 + 18 * place), curve.name, colour, font, anchor="rt")
    draw.rectangle(frame, outline="black")
    return image


def plot_logarithms(file: Path, panels: Sequence[tuple[str, str, Sequence[Curve]]]) -> None:
    """Write panels, each a title, the abscissa's unit and curves, with logarithmic axes."""
    picture = Image.new("RGB", (WIDTH * len(panels), HEIGHT), "white")
    for place, panel in enumerate(panels):
        picture.paste(_logarithmic(*panel), (WIDTH * place, 0))
    picture.save(file, optimize=True)


def _logarithmic(title: str, unit: str, curves: Sequence[Curve]) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13)
    frame = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM)
    points = [point for curve in curves for point in curve.points]
    bounds = [_decades([point[axis] for point in points]) for axis in (0, 1)]

    def at(across: float, up: float) -> tuple[float, float]:
        parts = [
            (math.log10(value) - low) / (high - low)
            for value, (low, high) in zip((across, up), bounds, strict=True)
        ]
        return (
            frame[0] + (frame[2] - frame[0]) * parts[0],
            frame[3] - (frame[3] - frame[1]) * parts[1],
        )

    for power in range(bounds[0][0], bounds[0][1] + 1):
        x, _ = at(10**power, 10 ** bounds[1][0])
        draw.line((x, frame[1], x, frame[3]), "#e0e0e0")
        draw.text((x, frame[3] + 8), f"{10**power:g} {unit}", "black", font, anchor="mt")
    for power in range(bounds[1][0], bounds[1][1] + 1):
        _, y = at(10 ** bounds[0][0], 10**power)
        draw.line((frame[0], y, frame[2], y), "#e0e0e0")
        draw.text((frame[0] - 6, y), f"{10**power:g}", "black", font, anchor="rm")
    draw.text((LEFT, 14), title, "black", font)
    for place, curve in enumerate(curves):
        colour = COLOURS[place % len(COLOURS)]
        draw.line([at(*point) for point in curve.points], colour, 2, joint="curve")
        for point in curve.points:
            x, y = at(*point)
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
        draw.text((frame[0] + 8, TOP + 8 + 18 * place), curve.name, colour, font, anchor="lt")
    draw.rectangle(frame, outline="black")
    return image


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around these values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)
