"""What the name of a colour profile tells about the numbers of a plane.

Krita gives a profile's name and never its bytes. Numbers of most RGB profiles are even to the eye,
as networks expect them; a linear profile's are not, and 16-bit pictures are linear in Krita unless
the artist chose otherwise.
"""

from __future__ import annotations

_LINEAR = frozenset(
    (
        "scRGB (linear)",
        "Artifex Software scRGB ICCProfile",
        "krita-2.5, lcms sRGB built-in with linear gamma TRC",
    )
)


def is_linear(profile: str) -> bool:
    """Whether a profile of this name is one of those known to count light itself.

    Elle Stone's, which Krita ships, end in their curve: ``sRGB-elle-V2-g10.icc`` has gamma 1.0.
    """
    return profile in _LINEAR or profile.endswith("-g10.icc")
