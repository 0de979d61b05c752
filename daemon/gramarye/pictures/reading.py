"""Reading: a file's samples, upright, as RGB or RGBA, with the depth and profile that it has."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from gramarye_protocol import describe

from ..raster import Pixels
from .encoding import DEPTHS, DTYPES, Encoding, Samples, as_float, depth_of, dtype_of, to_depth
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
from .png import read_png16
from .profiles import SRGB, SRGB_PROFILE, ProfileError, Space, convert, model, space_of
from .strips import Rows, Step, strips
from .tiff import read_tiff
from .turning import ORIENTATION, upright

READABLE = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
"""Pillow knows more, but some of those start other programs, and none of them is a painting."""

METADATA_KEY = "gramarye"
"""The PNG text that holds what a result was made with, as JSON."""

_MASKS = ("region", "style-mask")
_BITS_PER_SAMPLE = 258

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTH = 24  # the place of the bit depth in a PNG's header, which always comes first
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

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

        A mask's numbers are no colours and stay as they are. Where nothing is to be changed, the
        plane is the file's own samples and takes no memory.
        """
        steps: list[Step] = []
        found = depth_of(self.samples)
        if role not in _MASKS and not space.holds(self.profile):
            steps.append(partial(_in_space, space=space, profile=self.profile))
            found = "float"
        depth = max(found, depth, key=DEPTHS.index)
        if depth != found:
            steps.append(partial(to_depth, depth=depth))
        samples = Rows(self.samples, steps, self.samples.shape[2], dtype_of(depth)).whole()
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
    """What Pillow cannot read: PNG of 16 bits, and TIFF of 16 bits or float."""
    with path.open("rb") as file:
        head = file.read(_PNG_DEPTH + 1)
    read = None
    if head.startswith(_PNG) and len(head) > _PNG_DEPTH and head[_PNG_DEPTH] == 16:
        read = read_png16(path)
    elif head.startswith(_TIFF):
        read = read_tiff(path)
    if read is None:
        return None
    samples, profile = read
    return _file(path, samples, profile, depth_of(samples))


def _shallow(path: Path) -> PictureFile:
    with Image.open(path, formats=READABLE) as image:
        check_size(path, *image.size)
        if image.mode == "F" or (image.mode == "I" and image.format != "PPM"):
            raise too_deep(path)
        if image.format == "TIFF" and max(_bits(image)) > 8:
            raise damaged(path)  # a deep one that could not be told from its header
        profile = image.info.get("icc_profile") or b""
        image.load()
        orientation = image.getexif().get(ORIENTATION, 1)
    if image.mode.startswith("I"):
        return _file(path, _taken(image, image.mode, orientation, "u2"), profile, "16")
    if image.mode == "CMYK" and profile[16:20] == b"CMYK":
        return _inked(path, image, profile, orientation)
    grey = image.mode in ("1", "L", "LA")
    mode = ("L" if grey else "RGB") + ("A" if image.has_transparency_data else "")
    return _file(path, _taken(image, mode, orientation), profile, "8")


def _bits(image: Image.Image) -> tuple[int, ...]:
    tags: Any = getattr(image, "tag_v2", {})
    return tags.get(_BITS_PER_SAMPLE, (8,))


def _taken(image: Image.Image, mode: str, orientation: Any, dtype: str = "u1") -> Samples:
    """Pillow's pixels in one of its modes, upright."""
    channels = 1 if mode.startswith("I") else len(mode)
    samples, stored = upright((image.height, image.width, channels), np.dtype(dtype), orientation)
    for rows in strips(image.height, image.width):
        part = image.crop((0, rows.start, image.width, rows.stop))
        if part.mode != mode:
            part = part.convert(mode)
        stored[rows] = np.asarray(part).reshape(stored[rows].shape)
    return samples


def _inked(path: Path, image: Image.Image, profile: bytes, orientation: Any) -> PictureFile:
    """CMYK with the profile of its inks becomes sRGB; without a sound one it is a guess."""

    def printed(inks: Samples) -> Samples:
        return np.clip(convert(inks, profile, SRGB_PROFILE), 0, 1)

    inks = _taken(image, "CMYK", orientation)
    try:
        return PictureFile(Rows(inks, [printed], 3, dtype_of("float")).whole(), b"", "8")
    except ProfileError:
        return PictureFile(_taken(image, "RGB", orientation), b"", "8", _unusable(path))


def _file(path: Path, samples: Samples, profile: bytes, depth: str) -> PictureFile:
    """A picture from grey or RGB samples; a profile that does not fit them is said to be so."""
    notice = ""
    grey, channels = samples.shape[2] < 3, 3 if samples.shape[2] % 2 else 4
    try:
        if profile and grey and model(profile) == "gray":
            step = partial(_in_space, space=SRGB, profile=profile)
            samples = Rows(samples, [step], channels, dtype_of("float")).whole()
            grey, profile = False, b""
        elif profile and model(profile) != "rgb":
            profile, notice = b"", _unusable(path)
        space_of(profile)
    except ProfileError:
        profile, notice = b"", _unusable(path)
    if samples.dtype.kind == "f" and not (samples.min() >= 0 and samples.max() <= 1):
        notice = notice or (
            f"{path} has values darker than black or brighter than white: they are clipped."
        )
    if grey:
        samples = Rows(samples, [_grey_as_rgb], channels, samples.dtype).whole()
    return PictureFile(samples, profile, depth, notice)


def _unusable(path: Path) -> str:
    return f"The colour profile in {path} cannot be used: its colours are taken as sRGB."


def _grey_as_rgb(samples: Samples) -> Samples:
    return samples[:, :, [0, 0, 0, 1][: samples.shape[2] + 2]]


def _in_space(samples: Samples, space: Space, profile: bytes) -> Samples:
    """Samples of a profile as floats of a space, as RGB; alpha stays."""
    colours = samples.shape[2] - (samples.shape[2] + 1) % 2
    unit = as_float(samples)
    colour = space.take(unit[:, :, :colours], profile)
    return np.concatenate([colour, unit[:, :, colours:]], axis=2)
