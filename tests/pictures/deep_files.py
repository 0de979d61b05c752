"""What the tests of depth and colour share: gradients, deep files and profiles."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import tifffile

from gramarye.raster import Pixels

WHITE = (0.3127, 0.3290, 1.0)
DISPLAY_P3 = (0.680, 0.320, 1, 0.265, 0.690, 1, 0.150, 0.060, 1)
REC709 = (0.64, 0.33, 1, 0.30, 0.60, 1, 0.15, 0.06, 1)
ADOBE = (0.64, 0.33, 1, 0.21, 0.71, 1, 0.15, 0.06, 1)
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def profile(primaries: tuple[float, ...], gamma: float | None = None) -> bytes:
    """An ICC profile from littleCMS; sRGB's curve unless a gamma is given."""
    if gamma is not None:
        return imagecodecs.cms_profile("rgb", whitepoint=WHITE, primaries=primaries, gamma=gamma)
    step = np.arange(4096) / 4095
    a = SRGB_CURVE
    curve = np.where(step >= a[4], (a[1] * step + a[2]) ** a[0], a[3] * step)
    return imagecodecs.cms_profile(
        "rgb",
        whitepoint=WHITE,
        primaries=primaries,
        transferfunction=np.rint(curve * 65_535).astype(np.uint16),
    )


def gradient(channels: int = 3) -> np.ndarray:
    """Every step of 16 bits once in each channel, in different orders."""
    steps = np.arange(65_536, dtype=np.uint16)
    orders = (steps, steps[::-1], np.roll(steps, 20_000), np.roll(steps, 40_000))
    return np.stack(orders[:channels], axis=-1).reshape(256, 256, channels)


def write_png16(path: Path, samples: np.ndarray, icc: bytes = b"") -> Path:
    """A PNG of 16 bits, from libpng, with the profile's chunk put in."""
    plain = bytes(imagecodecs.png_encode(samples))
    chunk = b""
    if icc:
        body = b"iCCPa\0\0" + zlib.compress(icc)
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(plain[:33] + chunk + plain[33:])
    return path


def write_tiff(path: Path, samples: np.ndarray, icc: bytes = b"") -> Path:
    """An uncompressed TIFF."""
    extra = ["unassalpha"] if samples.shape[2] == 4 else None
    tifffile.imwrite(path, samples, photometric="rgb", extrasamples=extra, iccprofile=icc or None)
    return path


def as_array(pixels: Pixels) -> np.ndarray:
    """A plane's samples."""
    dtype = {"u8": np.uint8, "u16": np.uint16, "f32": np.float32}[pixels.plane.dtype]
    shape = (pixels.plane.height, pixels.plane.width, len(pixels.plane.layout))
    return np.frombuffer(pixels.data, dtype).reshape(shape)
