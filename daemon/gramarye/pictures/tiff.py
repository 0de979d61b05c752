"""TIFF of 16 bits or float, BigTIFF too: read and written a strip at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import tifffile
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC, PLANARCONFIG, PREDICTOR, TIFF, TiffPage

from .encoding import Samples
from .errors import check_size, damaged, too_deep, unsupported
from .strips import Rows, Step, strips
from .turning import ORIENTATION, upright

logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # what is damaged, our errors say

CLASSIC_BYTES = 3_900_000_000
"""Samples beyond this are written as BigTIFF: compressed noise is no smaller, and a TIFF's own
offsets end at 4 GiB."""

_STRIP_BYTES = 1 << 18
"""Of one strip in a file that is written."""

_READ_BYTES = 1 << 22
"""What is read at once of a compressed file."""

_COMPRESSIONS = (
    COMPRESSION.NONE,
    COMPRESSION.LZW,
    COMPRESSION.ADOBE_DEFLATE,
    COMPRESSION.DEFLATE,
    COMPRESSION.PACKBITS,
)
_PHOTOMETRICS = (PHOTOMETRIC.MINISBLACK, PHOTOMETRIC.MINISWHITE, PHOTOMETRIC.RGB)


def read_tiff(path: Path) -> tuple[Samples, bytes] | None:
    """Grey or RGB samples (``u2`` or ``f4``), upright, with straight alpha or none; their profile.

    Nothing if it has no more than 8 bits a channel.

    Raises:
        PictureFileError: too large, too small, damaged, or of a kind that is not read.
        Exception: whatever a decoder makes of damage.
    """
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        if not isinstance(page, TiffPage):
            raise damaged(path)
        if page.bitspersample <= 8:
            return None
        kind = _check(path, page, file.filehandle.size)
        shape = (page.imagelength, page.imagewidth, page.samplesperpixel)
        orientation = page.tags.valueof(ORIENTATION, default=1)
        samples, stored = upright(shape, np.dtype("u2" if kind.kind == "u" else "f4"), orientation)
        if page.is_contiguous and page.predictor == 1 and page.fillorder == 1:
            _copy_rows(page, kind.newbyteorder(file.byteorder), stored)
        else:
            _decode_segments(page, stored)
        steps = _steps(page)
        profile = page.iccprofile or b""
    if steps:
        for rows, part in Rows(samples, steps, shape[2], samples.dtype).strips():
            samples[rows] = part
    return samples, profile


def write_tiff(file: BinaryIO, rows: Rows, profile: bytes) -> None:
    """A TIFF file of ``u2`` or ``f4`` samples: grey or RGB, with or without straight alpha."""
    height, width, channels = rows.shape
    row_bytes = width * channels * rows.dtype.itemsize
    strip = min(height, max(1, _STRIP_BYTES // row_bytes))
    tifffile.imwrite(
        file,
        _encoded(rows, strip),
        shape=rows.shape if channels > 1 else rows.shape[:2],
        dtype=rows.dtype,
        bigtiff=height * row_bytes > CLASSIC_BYTES,
        rowsperstrip=strip,
        photometric="rgb" if channels > 2 else "minisblack",
        planarconfig=None if channels == 1 else "contig",
        extrasamples=None if channels % 2 else ["unassalpha"],
        compression="zlib",
        predictor=True,
        iccprofile=profile or None,
        software=False,
        metadata=None,
    )


def _encoded(rows: Rows, strip: int) -> Iterator[bytes]:
    """The strips of the file, each of ``strip`` rows, compressed as :func:`write_tiff` says."""
    floats = rows.dtype.kind == "f"
    predict = TIFF.PREDICTORS[PREDICTOR.FLOATINGPOINT if floats else PREDICTOR.HORIZONTAL]
    compress = TIFF.COMPRESSORS[COMPRESSION.ADOBE_DEFLATE]

    def encode(part: Samples) -> bytes:
        return compress(predict(part, axis=-2))

    with ThreadPoolExecutor() as workers:
        for _, part in rows.strips(multiple=strip):
            part = np.ascontiguousarray(part)
            yield from workers.map(
                encode, [part[top : top + strip] for top in range(0, len(part), strip)]
            )


def _check(path: Path, page: TiffPage, file_bytes: int) -> np.dtype[Any]:
    """Refuse by its header what is too large, not all there, or not read here; else its type."""
    check_size(path, page.imagewidth, page.imagelength)
    if page.dtype is None or page.dtype.kind not in "uf" or page.bitspersample > 64:
        raise too_deep(path)
    if page.dtype.kind == "u" and page.bitspersample > 16:
        raise too_deep(path)
    if page.photometric not in _PHOTOMETRICS or page.imagedepth != 1:
        raise unsupported(path, "has deep colours that are neither RGB nor grey")
    if page.compression not in _COMPRESSIONS:
        raise unsupported(path, "is compressed in an unusual way")
    if page.samplesperpixel not in (_colours(page), _colours(page) + 1):
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
    return page.dtype


def _colours(page: TiffPage) -> int:
    return 3 if page.photometric == PHOTOMETRIC.RGB else 1


def _copy_rows(page: TiffPage, dtype: np.dtype[Any], stored: Samples) -> None:
    """Samples that lie in the file one after the other, as they are."""
    height, width, channels = stored.shape
    separate = page.planarconfig == PLANARCONFIG.SEPARATE
    file = page.parent.filehandle
    file.seek(page.dataoffsets[0])
    for plane in range(channels) if separate else [slice(None)]:
        target = stored[:, :, plane]
        for rows in strips(height, width):
            part = target[rows]
            part[...] = file.read_array(dtype, part.size).reshape(part.shape)


def _decode_segments(page: TiffPage, stored: Samples) -> None:
    """Strips or tiles, each put where it belongs as soon as it is decoded."""
    height, width = stored.shape[:2]

    def put(segment: Any) -> None:
        part, (plane, _, top, left, _), (_, rows, columns, channels) = segment
        target = stored[top : top + rows, left : left + columns, plane : plane + channels]
        if part is None:
            target[...] = page.nodata
        else:
            target[...] = part[0, : height - top, : width - left]

    for _ in page.segments(func=put, sort=True, buffersize=_READ_BYTES):
        pass


def _steps(page: TiffPage) -> list[Step]:
    """What makes the numbers in the file span the whole range, black at 0, with straight alpha."""
    steps: list[Step] = []
    if page.bitspersample < 16:
        steps.append(partial(_widened, top=(1 << page.bitspersample) - 1))
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        steps.append(partial(_inverted, colours=_colours(page)))
    if EXTRASAMPLE.ASSOCALPHA in page.extrasamples:
        steps.append(_straight)
    return steps


def _widened(samples: Samples, top: int) -> Samples:
    return np.rint(samples.astype(np.float64) * (65_535 / top)).astype(np.uint16)


def _inverted(samples: Samples, colours: int) -> Samples:
    white: Any = 1 if samples.dtype.kind == "f" else 65_535
    samples = samples.copy()
    samples[..., :colours] = white - samples[..., :colours]
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
