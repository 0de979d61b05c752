"""What the dialog offers, in words for the artist. The docker tells of a job in the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..translate import tr
from .sizes import LAYER_SIZE

T = TypeVar("T", str, int)


def word_for(value: T, offered: Sequence[tuple[str, T]]) -> str:
    """The word that a value is offered by; the value itself where it is not among them."""
    return next((word for word, one in offered if one == value), str(value))


def recipes() -> list[tuple[str, str]]:
    """The daemon's recipes with a line for the artist each."""
    return [
        (tr("Warm – the usual one"), "warm"),
        (tr("Crisp – the sharpest strokes"), "crisp"),
        (tr("Texture – the style alone"), "texture"),
        (tr("Gatys 2015 – from noise"), "article"),
        (tr("Gatys 2016 – the paper's own"), "gatys-2016"),
        (tr("Johnson – the classic tool's"), "johnson-implementation"),
    ]


def colours() -> list[tuple[str, str]]:
    """Whose colours the result has."""
    return [
        (tr("The style's colours"), "off"),
        (tr("Keep the picture's colours"), "luminance"),
        (tr("Style recoloured to the picture"), "match"),
    ]


def sizes() -> list[tuple[str, int]]:
    """In which size it is painted, in pixels."""
    return [
        (tr("Small – 256 pixels"), 256),
        (tr("Medium – 512 pixels"), 512),
        (tr("Large – 768 pixels"), 768),
        (tr("Very large – 1024 pixels"), 1024),
        (tr("Huge – 2048 pixels"), 2048),
        (tr("The layer's own size"), LAYER_SIZE),
    ]


def qualities() -> list[tuple[str, str]]:
    """How long it may take."""
    return [
        (tr("Draft – a quick look"), "draft"),
        (tr("Good"), "good"),
        (tr("Best – takes its time"), "best"),
    ]
