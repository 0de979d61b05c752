"""Krita's names of colour spaces."""

from __future__ import annotations

from gramarye_krita.canvas.spaces import SRGB, Space
from gramarye_protocol import DTYPES, LAYOUTS


def test_a_space_is_said_in_words() -> None:
    assert Space("CMYKA", "U16", "").words == "CMYK, 16-bit integer"
    assert Space("RGBA", "F16", "").words == "RGB, 16-bit float"


def test_rgb_of_every_depth_has_a_layout_and_a_type_of_the_protocol() -> None:
    for depth, layout in (("U8", "BGRA"), ("U16", "BGRA"), ("F16", "RGBA"), ("F32", "RGBA")):
        space = Space("LABA", depth, "Lab").in_rgb()
        assert space == Space("RGBA", depth, SRGB)
        assert space.layout == layout
        assert space.pixel_bytes == LAYOUTS[layout] * DTYPES[space.dtype]


def test_a_space_survives_json() -> None:
    space = Space("RGBA", "F32", SRGB)
    assert Space(**space.as_dict()) == space
