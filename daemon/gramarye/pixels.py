"""Planes of pixels to tensors and back: channel order, depth, curve, alpha.

Networks and eyes want numbers that are even to the eye. Those of a profile that is known to be
linear get sRGB's curve on their way in and lose it on their way out; all others are taken as they
stand. Primaries are never changed: a job computes in those of its content.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from gramarye_protocol import LAYOUTS, Plane, describe
from gramarye_protocol.profiles import is_linear

from .engine.alpha import fill_hidden
from .engine.errors import PictureError
from .engine.picture import Picture, fitted
from .engine.pyramid import strips
from .raster import Pixels
from .rows import rows_of, sample_type

_COLOUR = {
    "BGRA": (2, 1, 0),
    "RGBA": (0, 1, 2),
    "RGB": (0, 1, 2),
    "GRAYA": (0, 0, 0),
    "GRAY": (0, 0, 0),
}
_ALPHA = {"BGRA": 3, "RGBA": 3, "GRAYA": 1}


def to_picture(pixels: Pixels) -> Picture:
    """Decode a plane.

    Raises:
        PictureError: not a single visible pixel.
    """
    plane = pixels.plane
    samples = rows_of(pixels)
    colour = torch.empty(3, plane.height, plane.width)
    for rows in strips(plane.height, plane.width):
        part = _unit(samples[rows][..., list(_COLOUR[plane.layout])])
        colour[:, rows] = _even(part, plane).permute(2, 0, 1)
    if plane.layout not in _ALPHA:
        return Picture(colour)
    alpha = torch.empty(plane.height, plane.width)
    for rows in strips(plane.height, plane.width):
        alpha[rows] = _unit(samples[rows][..., _ALPHA[plane.layout]])
    if not bool((alpha > 0).any()):
        raise PictureError(
            f"The {plane.role} is fully transparent: paint something on it, or choose another."
        )
    return Picture(fill_hidden(colour, alpha), alpha)


def to_mask(pixels: Pixels) -> Tensor:
    """A mask ``(H, W)`` in [0, 1]: the lightness of what is visible, so white counts."""
    plane = pixels.plane
    samples = rows_of(pixels)
    mask = torch.empty(plane.height, plane.width)
    for rows in strips(plane.height, plane.width):
        unit = _unit(samples[rows])
        mask[rows] = _even(unit[..., list(_COLOUR[plane.layout])], plane).mean(-1)
        if plane.layout in _ALPHA:
            mask[rows] *= unit[..., _ALPHA[plane.layout]]
    return mask


def to_pixels(colour: Tensor, alpha: Tensor | None, like: Plane, role: str) -> Pixels:
    """Encode in the layout, depth and byte order of ``like``, whatever its size was."""
    height, width = colour.shape[1:]
    samples = np.empty((height, width, LAYOUTS[like.layout]), sample_type(like))
    for rows in strips(height, width):
        visible = None if alpha is None else alpha[rows].cpu().float()
        channels = _uneven(colour[:, rows].detach().cpu().float().clamp(0, 1), like)
        samples[rows] = _samples(_arranged(channels, visible, like.layout), like)
    plane = describe(
        role,
        width,
        height,
        like.layout,
        like.dtype,
        samples,
        byte_order=like.byte_order,
        profile=like.profile,
        offset_x=like.offset_x,
        offset_y=like.offset_y,
        memo=like.memo,
    )
    return Pixels(plane, samples.data.cast("B"))


def _arranged(channels: Tensor, alpha: Tensor | None, layout: str) -> Tensor:
    """RGB ``(3, H, W)`` and alpha in a layout's order, ``(H, W, C)``."""
    if layout.startswith("GRAY"):
        weights = torch.tensor([0.2126, 0.7152, 0.0722])
        planes = [(channels * weights[:, None, None]).sum(0)]
    else:
        planes = [channels[index] for index in _COLOUR[layout]]
    if layout in _ALPHA:
        planes.append(torch.ones_like(planes[0]) if alpha is None else alpha)
    return torch.stack(planes, dim=-1)


def preview_pixels(colour: Tensor, like: Plane, longest: int = 256) -> Pixels:
    """A small RGB u8 picture of ``colour``, even to the eye whatever the job's profile is."""
    small = fitted(Picture(colour.cpu()), longest, enlarge=False).colour
    shown = "" if is_linear(like.profile) else like.profile
    plane = replace(like, layout="RGB", dtype="u8", byte_order="little", profile=shown, memo="")
    return to_pixels(small, None, plane, "preview")


def _even(unit: Tensor, plane: Plane) -> Tensor:
    """Numbers of the plane's profile as even ones: sRGB's curve (IEC 61966-2-1) over linear."""
    if not is_linear(plane.profile):
        return unit
    return torch.where(unit <= 0.0031308, 12.92 * unit, 1.055 * unit ** (1 / 2.4) - 0.055)


def _uneven(even: Tensor, like: Plane) -> Tensor:
    """The way back of :func:`_even`."""
    if not is_linear(like.profile):
        return even
    return torch.where(even <= 0.04045, even / 12.92, ((even + 0.055) / 1.055) ** 2.4)


def _unit(samples: np.ndarray) -> Tensor:
    """Samples as float32 in [0, 1]; floats outside are clipped, and NaN counts as 0."""
    if samples.dtype.kind == "u":
        unit = samples.astype(np.float32) / np.float32(np.iinfo(samples.dtype).max)
    else:
        unit = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=1.0, neginf=0.0)
    return torch.from_numpy(np.clip(unit, 0, 1))


def _samples(unit: Tensor, like: Plane) -> np.ndarray:
    """Numbers in [0, 1] as the plane's samples, integers rounded to nearest."""
    kind = sample_type(like)
    values = unit.numpy()
    if kind.kind == "u":
        values = np.rint(values * np.float32(np.iinfo(kind).max))
    return np.ascontiguousarray(values.astype(kind))
