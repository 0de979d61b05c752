"""Picture files in and out: what lies on a disk becomes pixels, and pixels become a file.

Nothing here trusts a file: its size and its header are judged before a pixel is decoded, and only
well-known raster formats are tried. Pictures become 8-bit RGB, or RGBA where they have alpha;
16-bit files lose their finer steps, and an embedded colour profile is ignored.
"""

from __future__ import annotations

import secrets
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from gramarye_protocol import LAYOUTS, Plane, describe

from .raster import Pixels

MIN_SIDE = 16
MAX_SIDE = 65_536
MAX_PIXELS = 16_384 * 16_384
MAX_FILE_BYTES = 1 << 32

READABLE = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "PPM")
"""Pillow knows more, but some of those start other programs, and none of them is a painting."""

METADATA_KEY = "gramarye"
"""The PNG text that holds what a result was made with, as JSON."""

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

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class PictureFileError(Exception):
    """A picture file that cannot be read or written: a code and a sentence for the artist."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def load(path: Path, role: str) -> Pixels:
    """Read a picture, upright, as a plane of the given role (its first frame if it moves).

    Raises:
        PictureFileError: there is no such picture, or it cannot be used.
    """
    _check_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd metadata and large sizes: the limits here decide
        try:
            with Image.open(path, formats=READABLE) as image:
                _check_size(path, *image.size)
                _check_depth(path, image)
                array = _to_rgb(ImageOps.exif_transpose(image))
        except PictureFileError:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large(path) from error
        except UnidentifiedImageError as error:
            raise PictureFileError(
                "not-a-picture",
                f"{path} is not a picture that can be read here. "
                "Give a PNG, JPEG, TIFF, WebP, BMP, GIF or PPM file.",
            ) from error
        except PermissionError as error:
            raise _unreadable(path) from error
        except Exception as error:  # a damaged file can make a decoder raise nearly anything
            raise PictureFileError(
                "damaged",
                f"{path} is damaged or incomplete and cannot be decoded. "
                "Open it in a painting program and save it anew, or take another copy.",
            ) from error
    height, width, channels = array.shape
    layout = "RGBA" if channels == 4 else "RGB"
    return Pixels(describe(role, width, height, layout, "u8", array), array.data.cast("B"))


def check_output(path: Path, long_side: int) -> None:
    """Refuse a place where a result of ``long_side`` pixels could not be written, before any work.

    Raises:
        PictureFileError: unknown suffix, no such folder, no right to write, too large a picture.
    """
    kind = _kind(path)
    longest = _LONGEST_SIDE.get(kind, MAX_SIDE)
    if long_side > longest:
        raise PictureFileError(
            "too-large",
            f"A {path.suffix} file holds at most {longest} pixels on a side and the result has "
            f"{long_side}. Write a .png or .tiff file, or choose a smaller size.",
        )
    if path.is_dir():
        raise PictureFileError("directory", f"{path} is a folder. Name a file in it.")
    folder = path.resolve().parent
    if not folder.is_dir():
        raise PictureFileError(
            "unwritable", f"The folder {folder} does not exist. Create it, or write elsewhere."
        )
    partial = _partial(path)
    try:  # the one sure way to know
        partial.touch(exist_ok=False)
        partial.unlink()
    except OSError as error:
        raise _unwritable(path, error) from error


def save(pixels: Pixels, path: Path, made_with: str = "") -> str:
    """Write pixels as a picture file of the suffix's kind; the file appears whole or not at all.

    ``made_with`` (JSON) goes into a PNG's text, from where a recipe can be read again.

    Returns a sentence where the format could not keep something, else an empty text.

    Raises:
        PictureFileError: the file cannot be written.
    """
    kind = _kind(path)
    image = _to_image(pixels)
    notice = ""
    if kind == "JPEG" and image.mode == "RGBA":
        if image.getchannel("A").getextrema() != (255, 255):
            notice = "JPEG keeps no transparency: transparent parts became white."
        image = _on_white(image)
    partial = _partial(path)
    try:
        try:
            with partial.open("xb") as file:
                image.save(file, format=kind, **_OPTIONS[kind], **_told(kind, made_with))
            partial.replace(path.resolve())
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error
    return notice


def _check_file(path: Path) -> None:
    try:
        if path.is_dir():
            raise PictureFileError("directory", f"{path} is a folder. Name a picture in it.")
        if not path.exists():
            raise PictureFileError("missing", f"There is no file {path}. Check the name.")
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path) from error
    if not path.is_file():
        raise PictureFileError("not-a-picture", f"{path} is not a file. Name a picture file.")
    if size == 0:
        raise PictureFileError("empty", f"{path} is empty. Take another copy of the picture.")
    if size > MAX_FILE_BYTES:
        raise _too_large(path)


def _check_size(path: Path, width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PictureFileError(
            "too-small",
            f"{path} has {width}×{height} pixels. A style can be seen from "
            f"{MIN_SIDE}×{MIN_SIDE} on: give a larger picture.",
        )
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise _too_large(path)


def _check_depth(path: Path, image: Image.Image) -> None:
    sixteen_bit = image.mode == "I" and image.format in ("PNG", "PPM")
    if image.mode in ("I", "F") and not sixteen_bit:
        raise PictureFileError(
            "too-deep",
            f"{path} has 32 bits a channel, which cannot be used yet. Save it with 8 or 16 bits.",
        )


def _to_rgb(image: Image.Image) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Any picture of at most 16 bits a channel, as rows of 8-bit RGB or RGBA."""
    if image.mode.startswith("I"):
        grey = (np.asarray(image).astype(np.int64) * 255 + 32_767) // 65_535
        return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)
    alpha = image.has_transparency_data
    return np.array(image.convert("RGBA" if alpha else "RGB"))


def _to_image(pixels: Pixels) -> Image.Image:
    plane: Plane = pixels.plane
    if plane.dtype != "u8":
        raise PictureFileError(
            "unwritable",
            f"Pixels of the kind {plane.dtype} cannot be written to a file. Ask for 8-bit pixels.",
        )
    shape = (plane.height, plane.width, LAYOUTS[plane.layout])
    array = np.frombuffer(pixels.data, np.uint8).reshape(shape)
    if plane.layout == "BGRA":
        array = array[:, :, [2, 1, 0, 3]]
    if plane.layout == "GRAY":
        array = array[:, :, 0]
    return Image.fromarray(np.ascontiguousarray(array))


def _told(kind: str, made_with: str) -> dict[str, PngInfo]:
    """The option that writes what a result was made with, where the format has a place for it."""
    if kind != "PNG" or not made_with:
        return {}
    info = PngInfo()
    info.add_text(METADATA_KEY, made_with)
    return {"pnginfo": info}


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _kind(path: Path) -> str:
    kind = WRITABLE.get(path.suffix.lower())
    if kind is None:
        raise PictureFileError(
            "suffix",
            f"{path} names no picture format that can be written. "
            f"End the name in one of {', '.join(WRITABLE)}.",
        )
    return kind


def _unreadable(path: Path) -> PictureFileError:
    return PictureFileError("unreadable", f"{path} cannot be read. Check who may read it.")


def _too_large(path: Path) -> PictureFileError:
    return PictureFileError(
        "too-large",
        f"{path} is too large: at most {MAX_SIDE} pixels a side, {MAX_PIXELS} in all and "
        f"{MAX_FILE_BYTES >> 30} GiB as a file. Scale it down first.",
    )


def _partial(path: Path) -> Path:
    """Where a file is written before it takes its name, in the same folder."""
    target = path.resolve()
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


def _unwritable(path: Path, error: OSError | ValueError) -> PictureFileError:
    reason = getattr(error, "strerror", None) or str(error)
    return PictureFileError(
        "unwritable",
        f"{path} could not be written ({reason}). Choose another place or free some space.",
    )
