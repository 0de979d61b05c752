"""Writing: a file appears whole or not at all, and nothing is lost in silence."""

from __future__ import annotations

import secrets
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ..raster import Pixels
from ..rows import rows_of
from .encoding import DEPTHS, Encoding, Samples, as_float, depth_of, dtype_of, to_depth
from .errors import MAX_SIDE, PictureFileError
from .png import write_png16
from .profiles import SRGB_PROFILE, ProfileError, Space
from .reading import METADATA_KEY
from .strips import Rows, Step
from .tiff import write_tiff

WRITABLE = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 95, "subsampling": 0},
    "TIFF": {"compression": "tiff_deflate"},
    "WEBP": {"lossless": True, "exact": True},
}
_LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
_DEEPEST = {"PNG": "16", "TIFF": "float", "JPEG": "8", "WEBP": "8"}
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_WORDS = {"8": "8 bits a channel", "16": "16 bits a channel", "float": "floats"}


def check_output(path: Path, long_side: int, depth: str | None = None) -> None:
    """Refuse a place where a result of ``long_side`` pixels could not be written, before any work.

    ``depth`` is the depth that was asked for, if any was.

    Raises:
        PictureFileError: unknown suffix, no such folder, no right to write, too large a picture,
            or a format that cannot hold the depth.
    """
    kind = _kind(path)
    longest = _LONGEST_SIDE.get(kind, MAX_SIDE)
    if long_side > longest:
        raise PictureFileError(
            "too-large",
            f"A {path.suffix} file holds at most {longest} pixels on a side and the result has "
            f"{long_side}. Write a .png or .tiff file, or choose a smaller size.",
        )
    if depth is not None and _held(kind, depth) != depth:
        better = "a .tiff" if depth == "float" else "a .png or .tiff"
        raise PictureFileError(
            "depth", f"A {path.suffix} file cannot hold {_WORDS[depth]}. Write {better} file."
        )
    if path.is_dir():
        raise PictureFileError("directory", f"{path} is a folder. Name a file in it.")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise PictureFileError(
            "unwritable", f"The folder {folder} does not exist. Create it, or write elsewhere."
        )
    unfinished = _unfinished(path)
    try:  # the one sure way to know
        unfinished.touch(exist_ok=False)
        unfinished.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def save(pixels: Pixels, path: Path, made_with: str = "", encoding: Encoding | None = None) -> str:
    """Write pixels as a picture file of the suffix's kind; the file appears whole or not at all.

    ``made_with`` (JSON) goes into a PNG's text, from where a recipe can be read again. Without an
    ``encoding``, the pixels are sRGB and keep their own depth.

    Returns a sentence where the format could not keep something, else an empty text.

    Raises:
        PictureFileError: the file cannot be written.
    """
    kind = _kind(path)
    encoding = encoding or Encoding(depth_of(rows_of(pixels)))
    depth = _held(kind, encoding.depth)
    notices = []
    if depth != encoding.depth:
        notices.append(
            f"A {path.suffix} file cannot hold {_WORDS[encoding.depth]}: "
            f"the result has {_WORDS[depth]}."
        )
    text = {METADATA_KEY: made_with} if made_with else {}
    unfinished = _unfinished(path)
    try:
        rows = _rows(pixels, encoding.space, depth)
        if kind == "JPEG" and rows.channels == 4:
            if any(part[:, :, 3].min() < 255 for _, part in rows.strips()):
                notices.append("JPEG keeps no transparency: transparent parts became white.")
            rows = Rows(rows.samples, [*rows.steps, _on_white], 3, rows.dtype)
        try:
            with unfinished.open("xb") as file:
                _write(file, kind, rows, encoding.space.profile, text)
            unfinished.replace(path.resolve())
        finally:
            unfinished.unlink(missing_ok=True)
    except (OSError, ValueError, RuntimeError, ProfileError) as error:
        raise _unwritable(path, error) from error
    return " ".join(notices)


def _write(file: BinaryIO, kind: str, rows: Rows, profile: bytes, text: dict[str, str]) -> None:
    if rows.dtype == dtype_of("8"):
        options = dict(_OPTIONS[kind])
        if kind == "PNG" and text:
            options["pnginfo"] = PngInfo()
            for key, value in text.items():
                options["pnginfo"].add_text(key, value)
        if profile:
            options["icc_profile"] = profile
        _image(rows).save(file, format=kind, **options)
    elif kind == "PNG":
        write_png16(file, rows, profile, text)
    else:
        if rows.dtype == dtype_of("float") and not profile:
            profile = SRGB_PROFILE  # floats without a profile are often taken to be linear
        write_tiff(file, rows, profile)


def _image(rows: Rows) -> Image.Image:
    """Pillow's picture of 8 bits."""
    height, width, channels = rows.shape
    image = Image.new(_MODES[channels], (width, height))
    for where, part in rows.strips():
        strip = Image.fromarray(np.ascontiguousarray(part[:, :, 0] if channels == 1 else part))
        image.paste(strip, (0, where.start))
    return image


def _rows(pixels: Pixels, space: Space, depth: str) -> Rows:
    """The plane as a file holds it: grey or RGB of that depth, with or without alpha."""
    samples = rows_of(pixels)
    channels, dtype = samples.shape[2], dtype_of(depth)
    steps: list[Step] = []
    if pixels.plane.layout == "BGRA":
        steps.append(_red_first)
    if not space.is_files and channels > 2:
        steps.append(partial(_in_file_colours, space=space))
    if steps or samples.dtype != dtype:
        steps.append(partial(to_depth, depth=depth))
    return Rows(samples, steps, channels, dtype)


def _red_first(samples: Samples) -> Samples:
    return samples[:, :, [2, 1, 0, 3]]


def _in_file_colours(samples: Samples, space: Space) -> Samples:
    """From the numbers that were computed with to those of the file's profile."""
    unit = as_float(samples)
    return np.concatenate([space.give(unit[:, :, :3]), unit[:, :, 3:]], axis=2)


def _on_white(samples: Samples) -> Samples:
    image = Image.fromarray(np.ascontiguousarray(samples))
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("RGB"))


def _held(kind: str, depth: str) -> str:
    """That depth, or the deepest that the format can hold."""
    return min(depth, _DEEPEST[kind], key=DEPTHS.index)


def _kind(path: Path) -> str:
    kind = WRITABLE.get(path.suffix.lower())
    if kind is None:
        raise PictureFileError(
            "suffix",
            f"{path} names no picture format that can be written. "
            f"End the name in one of {', '.join(WRITABLE)}.",
        )
    return kind


def _unfinished(path: Path) -> Path:
    """Where a file is written before it takes its name, in the same folder."""
    target = path.resolve()
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def _unwritable(path: Path, error: Exception) -> PictureFileError:
    reason = getattr(error, "strerror", None) or str(error)
    return PictureFileError(
        "unwritable",
        f"{path} could not be written ({reason}). Choose another place or free some space.",
    )
