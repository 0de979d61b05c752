"""The chosen styles as planes, and pictures from elsewhere kept as styles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gramarye_protocol import Plane

from . import paths
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
