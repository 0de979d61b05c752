"""From the artist's choices to what is asked of the daemon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gramarye_protocol import Settings

from ..errors import Refusal
from ..translate import tr
from .choices import PAPERS, Choices
from .sizes import working_side

DRAFT_STEPS = 60
"""As many as a preview takes where the quality does not decide."""


def settings_for(choices: Choices, width: int, height: int) -> Settings:
    """What to ask of the daemon for a layer of this size in pixels.

    Raises:
        Refusal: no style was chosen, or the layer is too small.
    """
    if not choices.styles:
        raise Refusal(
            tr("Choose a style first: a picture of the painting to imitate, from the gallery.")
        )
    given: dict[str, Any] = {
        "recipe": choices.recipe,
        "quality": choices.quality,
        "strength": float(choices.strength),
        "size": working_side(choices.size, width, height),
    }
    if choices.stroke != 100:
        given["style_scale"] = choices.stroke / 100
    if choices.colours != "off":
        given["keep_colours"] = choices.colours
    if len(choices.styles) > 1:
        given["style_shares"] = tuple(float(style.share) for style in choices.styles)
    return Settings(**{**given, **choices.advanced})


def style_side(choices: Choices, settings: Settings) -> int:
    """The long side to read a style's file at: what its strokes need, and never more."""
    assert settings.size is not None
    return max(16, round(settings.size * min(1.0, choices.stroke / 100)))


@dataclass(frozen=True)
class Crop:
    """A part of a picture to try a style on: where it lies in the picture, in its pixels, and the
    long side that it is computed at."""

    x: int
    y: int
    width: int
    height: int
    side: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x, y, width, height."""
        return self.x, self.y, self.width, self.height


def crop_of(
    area: tuple[int, int, int, int], size: int, centre: tuple[float, float], side: int
) -> Crop:
    """The part of an area (x, y, width, height) that is ``side`` pixels long at the working size.

    ``size`` is the area's working long side; ``centre`` the part's middle, each from 0 to 1.
    """
    left, top, width, height = area
    span = max(1, round(side * max(width, height) / size))
    part = min(span, width), min(span, height)
    x = left + _start(width, part[0], centre[0])
    y = top + _start(height, part[1], centre[1])
    shown = max(part) * size / max(width, height)
    return Crop(x, y, *part, max(16, min(side, round(shown))))


def preview_settings(settings: Settings, crop: Crop, style_longest: int) -> Settings:
    """The same job for a part of the picture, as a quick draft.

    A style's strokes are measured by the canvas' long side, and a part's is shorter: the scale
    makes up for it, so that the strokes have the size that they will have in the whole picture.
    ``style_longest`` is the long side of the longest style that is sent, in pixels.
    """
    assert settings.size is not None
    scale = settings.style_scale or 1.0
    wanted = settings.size * scale
    if scale <= 1:  # a style that is smaller than the canvas stays as small as it is
        wanted = min(wanted, style_longest)
    return replace(
        settings,
        quality="draft",
        size=crop.side,
        style_scale=min(10.0, max(0.1, wanted / crop.side)),
        steps=_few(settings),
        tile="auto",
    )


def _few(settings: Settings) -> int | None:
    """A draft's steps, where the quality does not decide them."""
    if settings.steps is None and settings.recipe not in PAPERS:
        return None
    return min(settings.steps or DRAFT_STEPS, DRAFT_STEPS)


def _start(whole: int, part: int, centre: float) -> int:
    return min(max(0, round(whole * centre - part / 2)), whole - part)
