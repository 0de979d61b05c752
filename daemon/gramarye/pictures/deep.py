"""Decoding what Pillow cannot: PNG of 16 bits, and TIFF of 16 bits or float."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import tifffile
from PIL import Image
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, TiffPage

from .encoding import Samples
from .errors import check_size, damaged, too_deep, unsupported

logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what is damaged, our errors say

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DEPTH = 24  # the place of the bit depth in a PNG's header, which always comes first
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_COMPRESSIONS = (
    COMPRESSION.NONE,
    COMPRESSION.LZW,
    COMPRESSION.ADOBE_DEFLATE,
    COMPRESSION.DEFLATE,
    COMPRESSION.PACKBITS,
)
_PHOTOMETRICS = (PHOTOMETRIC.MINISBLACK, PHOTOMETRIC.MINISWHITE, PHOTOMETRIC.RGB)
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Deep:
    """Grey or RGB samples with or without alpha, and how to turn them upright (as Exif counts)."""

    samples: Samples
    profile: bytes
    orientation: int


def decode_deep(path: Path) -> Deep | None:
    """The picture if it has more than 8 bits a channel, else nothing.

    Raises:
        PictureFileError: too large, too small, damaged, or of a kind that is not read.
        Exception: whatever a decoder makes of damage.
    """
    with path.open("rb") as file:
        head = file.read(_PNG_DEPTH + 1)
    if head.startswith(_PNG) and len(head) > _PNG_DEPTH and head[_PNG_DEPTH] == 16:
        return _png(path)
    if head.startswith(_TIFF):
        return _tiff(path)
    return None


def upright(samples: Samples, orientation: int) -> Samples:
    """Turned and mirrored as Exif's orientation says."""
    turns, mirrored = {
        2: (0, True),
        3: (2, False),
        4: (2, True),
        5: (1, True),
        6: (3, False),
        7: (3, True),
        8: (1, False),
    }.get(orientation, (0, False))
    if mirrored and turns % 2:
        return np.ascontiguousarray(np.rot90(samples, turns)[::-1])
    samples = np.rot90(samples, turns)
    return np.ascontiguousarray(samples[:, ::-1] if mirrored else samples)


def _png(path: Path) -> Deep:
    with Image.open(path, formats=("PNG",)) as image:
        width, height = image.size
        check_size(path, width, height)
        profile = image.info.get("icc_profile") or b""
        orientation = image.getexif().get(_ORIENTATION, 1)
    samples = imagecodecs.png_decode(path.read_bytes())
    if samples.shape[:2] != (height, width) or samples.dtype != np.uint16:
        raise damaged(path)
    return Deep(samples.reshape(height, width, -1), profile, int(orientation))


def _tiff(path: Path) -> Deep | None:
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        if not isinstance(page, TiffPage):
            raise damaged(path)
        if page.bitspersample <= 8:
            return None
        _check_tiff(path, page, file.filehandle.size)
        samples = page.asarray()
        orientation = page.tags.valueof(_ORIENTATION, default=1)
        profile = page.iccprofile or b""
    if page.planarconfig == 2 and samples.ndim == 3:
        samples = np.moveaxis(samples, 0, -1)
    samples = samples.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)
    return Deep(_full_range(samples, page), profile, int(orientation))


def _check_tiff(path: Path, page: TiffPage, file_bytes: int) -> None:
    """Refuse by its header what is too large, not all there, or not read here."""
    check_size(path, page.imagewidth, page.imagelength)
    if page.dtype is None or page.dtype.kind not in "uf" or page.bitspersample > 64:
        raise too_deep(path)
    if page.dtype.kind == "u" and page.bitspersample > 16:
        raise too_deep(path)
    if page.photometric not in _PHOTOMETRICS or page.imagedepth != 1:
        raise unsupported(path, "has deep colours that are neither RGB nor grey")
    if page.compression not in _COMPRESSIONS:
        raise unsupported(path, "is compressed in an unusual way")
    colours = 3 if page.photometric == PHOTOMETRIC.RGB else 1
    if page.samplesperpixel not in (colours, colours + 1):
        raise unsupported(path, f"has {page.samplesperpixel} channels")
    part = int(np.prod(page.chunks))
    whole = page.imagewidth * page.imagelength * page.samplesperpixel
    ends = [at + size for at, size in zip(page.dataoffsets, page.databytecounts, strict=True)]
    if (
        len(ends) != int(np.prod(page.chunked))
        or part > max(4 * whole, 1 << 24)
        or min(page.databytecounts, default=0) <= 0
        or max(ends) > file_bytes
    ):
        raise damaged(path)


def _full_range(samples: Samples, page: TiffPage) -> Samples:
    """As ``u2`` or ``f4``, black at 0, with straight alpha."""
    if samples.dtype.kind == "f":
        samples = samples.astype(np.float32)
    elif page.bitspersample < 16:
        top = (1 << page.bitspersample) - 1
        samples = np.rint(samples.astype(np.float64) * (65_535 / top)).astype(np.uint16)
    samples = samples.astype(samples.dtype.newbyteorder("="), copy=False)
    colours = 3 if page.photometric == PHOTOMETRIC.RGB else 1
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        white: Any = 1 if samples.dtype.kind == "f" else 65_535
        samples = samples.copy()
        samples[..., :colours] = white - samples[..., :colours]
    if EXTRASAMPLE.ASSOCALPHA in page.extrasamples:
        samples = _straight(samples)
    return samples


def _straight(samples: Samples) -> Samples:
    """Colours without the alpha that they were multiplied by."""
    top = 65_535.0 if samples.dtype.kind == "u" else 1.0
    alpha = samples[..., -1:].astype(np.float64) / top
    colour = np.divide(
        samples[..., :-1], alpha, out=np.zeros(samples[..., :-1].shape), where=alpha > 0
    )
    if samples.dtype.kind == "u":
        colour = np.rint(np.clip(colour, 0, top))
    return np.concatenate([colour.astype(samples.dtype), samples[..., -1:]], axis=-1)
