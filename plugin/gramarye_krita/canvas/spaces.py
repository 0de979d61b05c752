"""Colour spaces as Krita names them, and how their samples lie in memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

SRGB = "sRGB-elle-V2-srgbtrc.icc"
"""Krita's own name of the profile that it gives to a new 8-bit picture."""

DTYPES = {"U8": "u8", "U16": "u16", "F16": "f16", "F32": "f32"}
"""Krita's depth → the protocol's sample type."""

CHANNELS = {"A": 1, "GRAYA": 2, "RGBA": 4, "LABA": 4, "XYZA": 4, "YCbCrA": 4, "CMYKA": 5}
"""Krita's model → samples to the pixel; the alpha is the last."""

_MODELS = {
    "A": "Alpha",
    "GRAYA": "Grayscale",
    "CMYKA": "CMYK",
    "LABA": "L*a*b*",
    "XYZA": "XYZ",
    "YCbCrA": "YCbCr",
    "RGBA": "RGB",
}
_DEPTHS = {
    "U8": ("8-bit integer", 1),
    "U16": ("16-bit integer", 2),
    "F16": ("16-bit float", 2),
    "F32": ("32-bit float", 4),
}


@dataclass(frozen=True)
class Space:
    """Krita's names of a colour model, a depth and a profile."""

    model: str
    depth: str
    profile: str

    @property
    def words(self) -> str:
        """As an artist reads it: ``CMYK, 16-bit integer``."""
        return f"{_MODELS[self.model]}, {_DEPTHS[self.depth][0]}"

    @property
    def channels(self) -> int:
        """Samples to the pixel."""
        return CHANNELS[self.model]

    @property
    def sample_bytes(self) -> int:
        """Bytes to the sample."""
        return _DEPTHS[self.depth][1]

    @property
    def pixel_bytes(self) -> int:
        """Bytes to the pixel."""
        return self.channels * self.sample_bytes

    @property
    def dtype(self) -> str:
        """The protocol's name of the sample type."""
        return DTYPES[self.depth]

    @property
    def layout(self) -> str:
        """The order in which Krita keeps the channels of RGB: blue first in integers only."""
        return "BGRA" if self.depth in ("U8", "U16") else "RGBA"

    def in_rgb(self, profile: str = SRGB) -> Space:
        """RGB of the same depth."""
        return replace(self, model="RGBA", profile=profile)

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


def space_of(thing: Any) -> Space:
    """The space of a Krita node's samples, or of a document's."""
    return Space(thing.colorModel(), thing.colorDepth(), thing.colorProfile())
