"""Reading: a file's samples, upright, as RGB or RGBA, with the depth and profile that it has."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gramarye_protocol import describe

from ..raster import Pixels
from .deep import decode_deep, upright
from .encoding import DEPTHS, DTYPES, Encoding, Samples, as_float, depth_of, to_depth
from .errors import (
    MAX_PIXELS,
    PictureFileError,
    check_file,
    check_size,
    damaged,
    too_deep,
    too_large,
    unreadable,
)
from .profiles import SRGB, SRGB_PROFILE, ProfileError, Space, convert, model, space_of

READABLE = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
"""Pillow knows more, but some of those start other programs, and none of them is a painting."""

METADATA_KEY = "gramarye"
"""The PNG text that holds what a result was made with, as JSON."""

_MASKS = ("region", "style-mask")
_BITS_PER_SAMPLE = 258

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class PictureFile:
    """What a file holds: samples ``(height, width, 3 or 4)`` in the colours of ``profile``.

    An empty profile means sRGB. ``depth`` is the file's, where ``samples`` may be finer.
    ``notice`` is a sentence about what could not be taken as it was, or empty.
    """

    samples: Samples
    profile: bytes
    depth: str
    notice: str = ""

    @property
    def encoding(self) -> Encoding:
        """How a result is written that is to be like this file."""
        return Encoding(self.depth, space_of(self.profile))

    def pixels(self, role: str, space: Space = SRGB, depth: str = "8") -> Pixels:
        """A plane in a space, at least as deep as asked and as the file.

        A mask's numbers are no colours and stay as they are.
        """
        samples = self.samples
        if role not in _MASKS and not space.holds(self.profile):
            samples = _converted(samples, self.profile, space)
        depth = max(depth_of(samples), depth, key=DEPTHS.index)
        samples = np.ascontiguousarray(to_depth(samples, depth))
        height, width, channels = samples.shape
        layout = "RGBA" if channels == 4 else "RGB"
        plane = describe(role, width, height, layout, DTYPES[depth], samples)
        return Pixels(plane, samples.data.cast("B"))


def load(path: Path, role: str) -> Pixels:
    """Read a picture, upright, as an sRGB plane of the given role (its first frame if it moves).

    Raises:
        PictureFileError: there is no such picture, or it cannot be used.
    """
    return read(path).pixels(role)


def read(path: Path) -> PictureFile:
    """Read a picture with its depth and profile.

    Raises:
        PictureFileError: there is no such picture, or it cannot be used.
    """
    check_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata and large sizes: the limits here decide
        try:
            return _deep(path) or _shallow(path)
        except PictureFileError:
            raise
        except Image.DecompressionBombError as error:
            raise too_large(path) from error
        except UnidentifiedImageError as error:
            raise PictureFileError(
                "not-a-picture",
                f"{path} is not a picture that can be read here. "
                "Give a PNG, JPEG, TIFF, WebP, BMP, GIF or PPM file.",
            ) from error
        except PermissionError as error:
            raise unreadable(path) from error
        except Exception as error:  # a damaged file can make a decoder raise nearly anything
            raise damaged(path) from error


def _deep(path: Path) -> PictureFile | None:
    deep = decode_deep(path)
    if deep is None:
        return None
    samples = upright(deep.samples, deep.orientation)
    return _file(path, samples, deep.profile, depth_of(samples))


def _shallow(path: Path) -> PictureFile:
    with Image.open(path, formats=READABLE) as image:
        check_size(path, *image.size)
        if image.mode == "F" or (image.mode == "I" and image.format != "PPM"):
            raise too_deep(path)
        if image.format == "TIFF" and max(_bits(image)) > 8:
            raise damaged(path)  # a deep one that could not be told from its header
        profile = image.info.get("icc_profile") or b""
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype(np.uint16)[:, :, None]
        return _file(path, grey, profile, "16")
    if image.mode == "CMYK" and profile[16:20] == b"CMYK":
        return _inked(path, image, profile)
    alpha = image.has_transparency_data
    if image.mode in ("1", "L", "LA"):
        return _file(path, np.array(image.convert("LA" if alpha else "L")), profile, "8")
    return _file(path, np.array(image.convert("RGBA" if alpha else "RGB")), profile, "8")


def _bits(image: Image.Image) -> tuple[int, ...]:
    tags: Any = getattr(image, "tag_v2", {})
    return tags.get(_BITS_PER_SAMPLE, (8,))


def _inked(path: Path, image: Image.Image, profile: bytes) -> PictureFile:
    """CMYK with the profile of its inks becomes sRGB; without a sound one it is a guess."""
    try:
        colours = convert(np.array(image), profile, SRGB_PROFILE)
    except ProfileError:
        return PictureFile(np.array(image.convert("RGB")), b"", "8", _unusable(path))
    return PictureFile(np.clip(colours, 0, 1), b"", "8")


def _file(path: Path, samples: Samples, profile: bytes, depth: str) -> PictureFile:
    """A picture from grey or RGB samples; a profile that does not fit them is said to be so."""
    samples = samples.reshape(*samples.shape[:2], -1)
    notice = ""
    try:
        if profile and samples.shape[2] < 3 and model(profile) == "gray":
            samples, profile = _converted(samples, profile, SRGB), b""
        elif profile and model(profile) != "rgb":
            profile, notice = b"", _unusable(path)
        space_of(profile)
    except ProfileError:
        profile, notice = b"", _unusable(path)
    if samples.dtype.kind == "f" and not (samples.min() >= 0 and samples.max() <= 1):
        notice = notice or (
            f"{path} has values darker than black or brighter than white: they are clipped."
        )
    if samples.shape[2] < 3:
        samples = samples[:, :, [0, 0, 0, 1][: samples.shape[2] + 2]]
    return PictureFile(samples, profile, depth, notice)


def _unusable(path: Path) -> str:
    return f"The colour profile in {path} cannot be used: its colours are taken as sRGB."


def _converted(samples: Samples, profile: bytes, space: Space) -> Samples:
    """Samples as floats of another space, as RGB; alpha stays."""
    colours = samples.shape[2] - (samples.shape[2] + 1) % 2
    unit = as_float(samples)
    colour = space.take(unit[:, :, :colours], profile)
    return np.concatenate([colour, unit[:, :, colours:]], axis=2)
