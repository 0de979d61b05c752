"""Pictures as Python programs have them: Pillow's, numpy's and torch's become planes, and back."""

from __future__ import annotations

import sys
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gramarye_protocol import describe

from .engine.errors import PictureError
from .pictures import load
from .raster import Pixels
from .rows import rows_of

PictureLike = str | PathLike[str] | Image.Image | np.ndarray[Any, Any] | Tensor
"""A file, a Pillow picture, an array ``(H, W)`` or ``(H, W, C)``, or a tensor ``(C, H, W)``."""

_LAYOUTS = {1: "GRAY", 2: "GRAYA", 3: "RGB", 4: "RGBA"}
_DTYPES = {"uint8": "u8", "uint16": "u16", "float16": "f16", "float32": "f32"}
_BRIGHTEST_FLOAT = 16.0
"""A float above 1 may be light beyond white; one above this was meant for 0 to 255."""


def as_pixels(picture: PictureLike, role: str) -> Pixels:
    """A picture as a plane of this role, in its own depth.

    Integers of 8 and 16 bits span their whole range; floats are 0 for black and 1 for white.

    Raises:
        PictureError: a shape or numbers that are no picture's.
        PictureFileError: a file that cannot be read.
    """
    if isinstance(picture, str | PathLike):
        return load(Path(fspath(picture)), role)
    if isinstance(picture, Image.Image):
        picture = _from_pillow(picture)
    elif isinstance(picture, Tensor):
        picture = _from_tensor(picture, role)
    if not isinstance(picture, np.ndarray):
        raise PictureError(
            f"The {role} is a {type(picture).__name__}: give a path, a Pillow picture, a numpy "
            "array or a torch tensor."
        )
    samples = _samples(picture, role)
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    data = samples.data.cast("B")
    kind = _DTYPES[samples.dtype.name]
    return Pixels(describe(role, width, height, _LAYOUTS[channels], kind, data), data)


def to_array(pixels: Pixels) -> np.ndarray[Any, Any]:
    """The samples in their own depth: ``(H, W)`` for grey, else ``(H, W, C)``, red first."""
    plane = pixels.plane
    samples = rows_of(pixels)
    samples = samples.astype(samples.dtype.newbyteorder("="))
    if plane.layout == "BGRA":
        samples = samples[..., [2, 1, 0, 3]]
    return samples[..., 0] if plane.layout == "GRAY" else samples


def to_tensor(pixels: Pixels) -> Tensor:
    """The samples as float32 in [0, 1], ``(C, H, W)``."""
    samples = to_array(pixels)
    if samples.ndim == 2:
        samples = samples[..., None]
    return torch.from_numpy(_unit(samples)).permute(2, 0, 1).contiguous()


def to_image(pixels: Pixels) -> Image.Image:
    """An 8-bit Pillow picture, of mode L, LA, RGB or RGBA."""
    samples = to_array(pixels)
    if samples.dtype != np.uint8:
        samples = np.rint(_unit(samples).clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(samples))


def _from_pillow(image: Image.Image) -> np.ndarray[Any, Any]:
    """16-bit grey (Pillow's I modes) and float grey (F) as they are, all else as RGB or RGBA."""
    if image.mode.startswith("I"):
        return np.asarray(image).clip(0, 65_535).astype(np.uint16)
    if image.mode == "F":
        return np.asarray(image)
    return np.asarray(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def _from_tensor(tensor: Tensor, role: str) -> np.ndarray[Any, Any]:
    if tensor.ndim not in (2, 3):
        raise PictureError(
            f"The {role} is a tensor of shape {tuple(tensor.shape)}: give (3, H, W), "
            "without a batch."
        )
    tensor = tensor.detach().cpu()
    if tensor.is_floating_point():
        tensor = tensor.float()  # numpy has no bfloat16
    return (tensor if tensor.ndim == 2 else tensor.permute(1, 2, 0)).numpy()


def _samples(array: np.ndarray[Any, Any], role: str) -> np.ndarray[Any, Any]:
    """A contiguous array of a depth that a plane can have, in little-endian order."""
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in _LAYOUTS or 0 in array.shape:
        raise PictureError(
            f"The {role} has the shape {array.shape}: give (height, width), or (height, width, 3) "
            "or 4 with alpha. A tensor has its channels first."
        )
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * 255
    elif array.dtype == np.float64:
        array = array.astype(np.float32)
    if array.dtype.newbyteorder("=").name not in _DTYPES:
        raise PictureError(
            f"The {role} has numbers of the kind {array.dtype}: give uint8, uint16, or floats "
            "from 0 to 1."
        )
    if array.dtype.kind == "f" and not (np.abs(array) <= _BRIGHTEST_FLOAT).all():
        raise PictureError(
            f"The {role} has floats far outside 0 to 1, or not numbers at all: divide by 255 "
            "if they were made for 0 to 255."
        )
    if sys.byteorder == "big" or not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("<"))
    return np.ascontiguousarray(array)


def _unit(samples: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if samples.dtype.kind == "f":
        return samples.astype(np.float32)
    return samples.astype(np.float32) / np.float32(np.iinfo(samples.dtype).max)
