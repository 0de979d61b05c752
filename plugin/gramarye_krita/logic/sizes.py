"""How large a picture is computed."""

from __future__ import annotations

from ..errors import Refusal
from ..translate import tr

LAYER_SIZE = 0
"""The size choice that means "as large as the layer"."""

SIZES = (256, 512, 768, 1024, 2048, LAYER_SIZE)
DEFAULT_SIZE = 512
SMALLEST_SIDE = 16


def working_side(choice: int, width: int, height: int) -> int:
    """The long side to compute at: never more than the layer has.

    Raises:
        Refusal: the layer is too small to find a pattern in.
    """
    longest = max(width, height)
    if longest < SMALLEST_SIDE:
        raise Refusal(
            tr(
                "The layer has only {width} × {height} pixels. Style transfer needs a side of at "
                "least {least}: choose a larger layer.",
                width=width,
                height=height,
                least=SMALLEST_SIDE,
            )
        )
    return longest if choice == LAYER_SIZE else min(choice, longest)


def fit(width: int, height: int, longest: int) -> tuple[int, int]:
    """The size with the same proportions whose long side is ``longest``, if it is larger now."""
    if max(width, height) <= longest:
        return width, height
    scale = longest / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
