"""Picture files in and out: what lies on a disk becomes pixels, and pixels become a file.

Nothing here trusts a file: its size and its header are judged before a pixel is decoded, and only
well-known raster formats are tried. Pictures keep their depth (8 or 16 bits or float) and their
colour profile; see :mod:`.profiles` for the space that a job computes in.

Pillow reads and writes everything of 8 bits. It has no RGB of 16 bits or float: tifffile and
imagecodecs (libpng, littleCMS) do those. Colours are computed in float there; libvips stops at 16
bits, and a linear gradient comes back from it three steps off.

A picture may fill much of the memory, so nothing makes a second one of it: whatever is converted is
converted a strip of rows at a time (:mod:`.strips`).
"""

from .encoding import DEPTHS, Encoding
from .errors import MIN_SIDE, PictureFileError
from .profiles import SRGB, Space
from .reading import METADATA_KEY, PictureFile, load, read
from .writing import check_output, save

__all__ = [
    "DEPTHS",
    "METADATA_KEY",
    "MIN_SIDE",
    "SRGB",
    "Encoding",
    "PictureFile",
    "PictureFileError",
    "Space",
    "check_output",
    "load",
    "read",
    "save",
]
