"""Colour profiles, and the space that a job computes in.

A job computes in its content's own RGB: the primaries that the content's profile names, so nothing
in it is out of gamut, and a curve like that of sRGB, since networks and eyes expect numbers that
are even to the eye. Where the profile's own curve is near that already (sRGB, Display P3, Adobe
RGB, ProPhoto) the numbers are used as they stand and no rounding happens at all; a linear profile
gets sRGB's curve, through littleCMS in float. Styles and starts are converted to the content's
space, and the result goes back the way that the content came.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np

MAX_PROFILE_BYTES = 1 << 22

_NEAR = 0.1
"""How far a curve may be from sRGB's and still count as even to the eye; gamma 1.8 is 0.08 off."""

_UNSEEN = 1 / 512  # half a step of 8 bits

_CUBE = np.stack(np.meshgrid(*[np.linspace(0, 1, 6, dtype=np.float32)] * 3), axis=-1)
_CUBE = _CUBE.reshape(1, -1, 3)
"""Colours from all over the gamut, to compare two profiles by."""

_HEADER = 128
_RELATIVE = 1  # relative colorimetric: white stays white
_MODELS = {b"RGB ": "rgb", b"GRAY": "gray", b"CMYK": "cmyk"}
_COLORANTS = ("rXYZ", "gXYZ", "bXYZ")


class ProfileError(Exception):
    """A profile that cannot be used."""


def _s15(*numbers: float) -> bytes:
    """Numbers as ICC writes them: big-endian, 16 bits before the point and 16 after."""
    return struct.pack(f">{len(numbers)}i", *(round(one * 65_536) for one in numbers))


def _xyz(*numbers: float) -> bytes:
    return b"XYZ " + bytes(4) + _s15(*numbers)


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return (
        b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words
    )


_SRGB_CURVE = b"para" + bytes(4) + struct.pack(">HH", 3, 0)
_SRGB_CURVE += _s15(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_D50 = _xyz(0.9642, 1.0, 0.8249)


def matrix_profile(name: str, colorants: Mapping[str, bytes]) -> bytes:
    """A display profile of three primaries (``rXYZ``, ``gXYZ``, ``bXYZ``) and sRGB's curve."""
    tags = {"desc": _text(name), "cprt": _text("CC0"), "wtpt": _D50, **colorants}
    tags |= dict.fromkeys(("rTRC", "gTRC", "bTRC"), _SRGB_CURVE)
    table, body = struct.pack(">I", len(tags)), b""
    start = _HEADER + 4 + 12 * len(tags)
    for tag, data in tags.items():
        table += struct.pack(">4sII", tag.encode(), start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    # the date is fixed, so that equal pictures become equal files
    header += struct.pack(">6H4s", 2020, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _D50[8:]
    return header.ljust(_HEADER, b"\0") + table + body


SRGB_PROFILE = matrix_profile(
    "sRGB",
    {  # IEC 61966-2-1, adapted to D50 (Bradford)
        "rXYZ": _xyz(0.43604, 0.22249, 0.01392),
        "gXYZ": _xyz(0.38512, 0.71690, 0.09706),
        "bXYZ": _xyz(0.14305, 0.06061, 0.71391),
    },
)


@dataclass(frozen=True)
class Space:
    """RGB numbers to compute with.

    ``profile`` is what files in this space carry (empty: none, which means sRGB); ``working`` is
    the profile of the numbers themselves, another one only where files are linear.
    """

    profile: bytes
    working: bytes

    def take(self, colours: np.ndarray[Any, Any], profile: bytes) -> np.ndarray[Any, Any]:
        """Colours of another profile as float32 numbers of this space."""
        return convert(colours, profile or SRGB_PROFILE, self.working)

    @property
    def is_files(self) -> bool:
        """Whether files hold the numbers as they are computed with."""
        return self.working == (self.profile or SRGB_PROFILE)

    def give(self, colours: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Numbers of this space as float32 numbers of a file."""
        return convert(colours, self.working, self.profile or SRGB_PROFILE)

    def holds(self, profile: bytes) -> bool:
        """Whether numbers of that profile are numbers of this space as they stand.

        Many profiles are called sRGB and differ by less than anybody sees.
        """
        profile = profile or SRGB_PROFILE
        return profile == self.working or bool(
            np.abs(convert(_CUBE, profile, self.working) - _CUBE).max() < _UNSEEN
        )


SRGB = Space(b"", SRGB_PROFILE)


def space_of(profile: bytes) -> Space:
    """The space to compute in for content of this profile.

    sRGB where the profile has no primaries to compute with (the tables of a scanner or a printer)
    or its numbers reach beyond black and white.

    Raises:
        ProfileError: the profile cannot be used.
    """
    if not profile:
        return SRGB
    tags = _tags(profile)
    convert(_CUBE, profile, SRGB_PROFILE)
    if "A2B0" in tags or not all(one in tags for one in _COLORANTS):
        return SRGB
    even = matrix_profile("Working space", {name: tags[name] for name in _COLORANTS})
    taken = convert(_CUBE, profile, even)
    given = convert(np.clip(taken, 0, 1), even, profile)
    if not np.abs(given - _CUBE).max() < _UNSEEN:
        return SRGB
    return Space(profile, profile if np.abs(taken - _CUBE).max() < _NEAR else even)


def model(profile: bytes) -> str:
    """``rgb``, ``gray`` or ``cmyk``.

    Raises:
        ProfileError: no profile, or one of another kind of colours.
    """
    found = _MODELS.get(profile[16:20])
    if found is None or len(profile) > MAX_PROFILE_BYTES:
        raise ProfileError("neither RGB, grey nor CMYK")
    return found


def convert(colours: np.ndarray[Any, Any], profile: bytes, to: bytes) -> np.ndarray[Any, Any]:
    """Colours ``(height, width, channels)`` of one profile as float32 RGB of another.

    Raises:
        ProfileError: a profile that littleCMS does not take.
    """
    kind = model(profile)
    try:
        return imagecodecs.cms_transform(
            np.ascontiguousarray(colours[..., 0] if kind == "gray" else colours),
            profile,
            to,
            colorspace=kind,
            outcolorspace="rgb",
            outdtype="float32",
            intent=_RELATIVE,
        )
    except (RuntimeError, ValueError, TypeError) as error:
        raise ProfileError(str(error)) from error


def _tags(profile: bytes) -> dict[str, bytes]:
    """The profile's table of contents, with what each entry holds."""
    if len(profile) < _HEADER + 4:
        raise ProfileError("cut short")
    (count,) = struct.unpack_from(">I", profile, _HEADER)
    if len(profile) < _HEADER + 4 + 12 * count:
        raise ProfileError("cut short")
    entries = struct.iter_unpack(">4sII", profile[_HEADER + 4 : _HEADER + 4 + 12 * count])
    return {name.decode("latin-1"): profile[at : at + size] for name, at, size in entries}
