"""Style transfer from Python: pictures in, a picture out.

::

    import gramarye

    result = gramarye.stylize("photo.jpg", "painting.jpg", recipe="warm", strength=60)
    result                      # in a notebook: shows itself
    result.save("painted.png")  # repeat it with recipe="painted.png"

The same studio does the work as for the command line and the daemon, so the same job gives the same
bytes everywhere.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from gramarye_protocol import GarbageError, Settings
from gramarye_protocol.checks import build
from gramarye_protocol.messages import INITS

from .arrays import PictureLike, as_pixels, to_array, to_image, to_tensor
from .engine.errors import SettingsError
from .engine.presets import DEFAULT
from .engine.recipe import Recipe
from .moments import Rendered, Update
from .pictures import save
from .raster import Pixels
from .recipes import recipe_of, recipe_settings
from .studio import Studio

Regions = Sequence[tuple[PictureLike, int | None]]
"""Masks of the content, white where they count, each with its style's place in the list from 0 on;
``None`` keeps the content there."""
Progress = Callable[[Update], object]


@dataclass(frozen=True)
class Result:
    """A finished transfer, in the content's layout and depth; a notebook shows the picture.

    ``recipe`` is what it was made with, in full, and ``features`` what looked at the pictures.
    ``notice`` says what was replaced or left out, if anything was; ``losses`` has each term at the
    end. ``made_with`` is JSON with all that decided the bytes.
    """

    pixels: Pixels = field(repr=False)
    recipe: Recipe = field(repr=False)
    features: str
    notice: str
    losses: dict[str, float] = field(repr=False)
    made_with: str = field(repr=False)

    @property
    def image(self) -> Image.Image:
        """An 8-bit Pillow picture."""
        return to_image(self.pixels)

    @property
    def array(self) -> np.ndarray[Any, Any]:
        """``(H, W, C)``, or ``(H, W)`` for grey, in the content's depth."""
        return to_array(self.pixels)

    @property
    def tensor(self) -> Tensor:
        """``(C, H, W)``, float32 in [0, 1]."""
        return to_tensor(self.pixels)

    def save(self, path: str | PathLike[str]) -> str:
        """Write a picture file of the content's depth, in sRGB; a PNG remembers the recipe.

        Returns a sentence where the format could not keep something, else an empty text.

        Raises:
            PictureFileError: the file cannot be written.
        """
        return save(self.pixels, Path(path), self.made_with)

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.image.save(file, "PNG")
        return file.getvalue()

    def _repr_html_(self) -> str:
        """The picture with what it was made with, and what was replaced, below it."""
        picture = base64.b64encode(self._repr_png_()).decode()
        told = f"{self.recipe.name or 'recipe'}, {self.features}. {self.notice}"
        return f'<img src="data:image/png;base64,{picture}"><p>{html.escape(told)}</p>'


def stylize(
    content: PictureLike,
    style: PictureLike | Sequence[PictureLike],
    *,
    recipe: str | PathLike[str] | Recipe = DEFAULT,
    quality: str = "good",
    size: int | None = None,
    strength: float | None = None,
    features: str = "auto",
    weights: str | PathLike[str] | None = None,
    device: str = "auto",
    init: PictureLike | None = None,
    regions: Regions = (),
    style_masks: Mapping[int, PictureLike] | None = None,
    progress: Progress | None = None,
    **overrides: Any,
) -> Result:
    """Paint the content in the style of one picture, or of several.

    Example::

        def show(update):
            print(update.step, "of", update.steps, update.losses["total"])

        result = gramarye.stylize(
            photo, [waves, stars], strength=65, size=768, style_shares=(2, 1), progress=show
        )

    Args:
        content: a path, Pillow picture, numpy array ``(H, W, 3)`` (8 or 16 bits, or floats from 0
            to 1; 4 channels with alpha) or torch tensor ``(3, H, W)``.
        style: one such picture, or a list of them.
        recipe: a recipe's name, a :class:`Recipe`, its .json or .toml file, or a result's PNG to
            do the same again.
        quality: ``draft``, ``good`` or ``best``, for recipes by name.
        size: the result's long side; by default the content's own.
        strength: of the style, from 0 to 100; 50 is the recipe's.
        features: ``auto``, ``builtin``, ``vgg19`` or ``vgg16``.
        weights: a VGG checkpoint to use.
        device: ``auto``, or torch's name of a device; ``cuda:0,cuda:1`` share a large canvas.
        init: what to start from: ``palette``, ``content``, ``noise``, or a picture.
        regions: masks with the places of their styles in the list (from 0; ``None`` keeps the
            content), such as ``[(sky, 0), (house, None)]``.
        style_masks: the place of a style in the list → a mask of what to take from it.
        progress: called with an :class:`Update` after every step.
        overrides: further settings in place of the recipe's, such as ``steps``, ``seed``,
            ``keep_colours``, ``style_scale``, ``content_weight``: every field of
            :class:`gramarye_protocol.Settings`.

    Raises:
        EngineError: whatever the pictures or the settings do not allow, in a sentence.
        PictureFileError: a file that cannot be read.
    """
    moments = steps(
        content,
        style,
        recipe=recipe,
        quality=quality,
        size=size,
        strength=strength,
        features=features,
        weights=weights,
        device=device,
        init=init,
        regions=regions,
        style_masks=style_masks,
        **overrides,
    )
    with closing(moments):
        for moment in moments:
            if isinstance(moment, Result):
                return moment
            if progress is not None:
                progress(moment)
    raise AssertionError("a transfer ends with its result or with an error")


def steps(
    content: PictureLike,
    style: PictureLike | Sequence[PictureLike],
    *,
    recipe: str | PathLike[str] | Recipe = DEFAULT,
    quality: str = "good",
    size: int | None = None,
    strength: float | None = None,
    features: str = "auto",
    weights: str | PathLike[str] | None = None,
    device: str = "auto",
    init: PictureLike | None = None,
    regions: Regions = (),
    style_masks: Mapping[int, PictureLike] | None = None,
    **overrides: Any,
) -> Generator[Update | Result, None, None]:
    """Every step of :func:`stylize` as it is made, with the same arguments, and then its result.

    Nothing is computed before the next step is asked for, and leaving the loop stops the work.

    Example::

        for moment in gramarye.steps(photo, painting):
            if isinstance(moment, gramarye.Result):
                moment.save("painted.png")
            elif moment.step % 10 == 0:
                display(moment.image)
    """
    styles = list(style) if isinstance(style, list | tuple) else [style]
    masks = dict(style_masks or {})
    pictures = [("content", content), *(("style", one) for one in styles)]
    if init is not None and not (isinstance(init, str) and init in INITS):
        pictures.append(("init", init))
        init = "image"
    settings = _settings(
        recipe,
        overrides,
        quality=quality,
        size=size,
        strength=strength,
        features=features,
        init=init,
        region_styles=tuple(-1 if place is None else place for _, place in regions),
        style_mask_styles=tuple(masks),
    )
    pictures += [("region", mask) for mask, _ in regions]
    pictures += [("style-mask", mask) for mask in masks.values()]
    planes = [as_pixels(picture, role) for role, picture in pictures]
    return _run(Studio(device, None if weights is None else Path(weights)), settings, planes)


def _run(
    studio: Studio, settings: Settings, planes: list[Pixels]
) -> Generator[Update | Result, None, None]:
    with closing(studio.render(settings, planes)) as moments:
        for moment in moments:
            if isinstance(moment, Update):
                yield moment
            elif isinstance(moment, Rendered):
                yield Result(
                    moment.pixels,
                    recipe_of(moment.made_with),
                    moment.features,
                    moment.notice,
                    moment.losses,
                    moment.made_with,
                )


def _settings(
    recipe: str | PathLike[str] | Recipe, overrides: dict[str, Any], **chosen: Any
) -> Settings:
    """The settings of a call, where what was given goes before what the recipe brings.

    Raises:
        SettingsError: a name that is no setting's, or a value that it cannot have.
    """
    known = {one.name for one in fields(Settings)} - {"recipe", *chosen}
    for name in overrides:
        if name not in known:
            raise SettingsError(
                f"There is no setting {name!r}: besides the named arguments there are "
                f"{', '.join(sorted(known))}."
            )
    given = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in {**chosen, **overrides}.items()
        if value is not None
    }
    try:
        return build(Settings, {**recipe_settings(recipe), **given}, "")
    except GarbageError as error:
        raise SettingsError(f"The setting {error.detail.removeprefix('.')}.") from error
