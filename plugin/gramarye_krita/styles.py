"""The chosen styles as planes, and pictures from elsewhere kept as styles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from gramarye_protocol import Plane, Settings, describe

from . import paths
from .canvas.source import Place
from .canvas.stylemap import region_planes
from .canvas.styles import load_style, style_plane
from .errors import Refusal
from .logic.choices import Choices
from .logic.gallery import place_for
from .translate import tr


def style_planes(choices: Choices, side: int, profile: str) -> list[tuple[Plane, Any]]:
    """Each chosen style at this long side at most, in the numbers of the content's profile.

    Raises:
        Refusal: a file is gone, damaged or no picture.
    """
    return [style_plane(load_style(style.path, side), profile) for style in choices.styles]


def with_regions(
    choices: Choices, settings: Settings, place: Place, *, part: bool = False
) -> tuple[Settings, list[tuple[Plane, Any]]]:
    """The settings with the places that the styles go to, and the planes that say where they are.

    Raises:
        Refusal: see :func:`.canvas.stylemap.region_planes`.
    """
    shares = [(style.path, style.share) for style in choices.styles]
    planes, owners = region_planes(shares, choices.regions, place, part=part)
    return replace(settings, region_styles=owners), [*planes]


def outlined_regions(
    choices: Choices, settings: Settings
) -> tuple[Settings, list[tuple[Plane, Any]]]:
    """As many regions as there will be, to ask what a job takes: each is everything."""
    if not choices.regions:
        return settings, []
    white = b"\xff"
    plane = describe("region", 1, 1, "GRAY", "u8", white)
    owners = tuple(range(len(choices.styles)))
    return replace(settings, region_styles=owners), [(plane, white)] * len(owners)


def keep_picture(image: Any, name: str) -> str:
    """Keep a picture that is no file of its own as a style; returns its path.

    Raises:
        Refusal: there is no picture, or it cannot be written.
    """
    folder = paths.styles_dir()
    if image.isNull():
        raise Refusal(tr("That is no picture. Choose another one as the style."))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = place_for(folder, name)
        if not image.save(str(file), "PNG"):
            raise OSError(f"{file} was not written")
        Path(file).chmod(0o600)
    except OSError as error:
        raise Refusal(
            tr(
                "The picture cannot be kept as a style ({reason}). Save it as a file of your own "
                "and choose that.",
                reason=error.strerror or error,
            )
        ) from error
    return str(file)
