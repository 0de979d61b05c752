"""Where a layer is painted at a keyframe. Krita tells only of the frame that is shown."""

from __future__ import annotations

from .reading import is_plain, samples_of
from .samples import alpha_of
from .scratch import Box
from .spaces import space_of
from .targets import Target


def drawn(target: Target, frame: int) -> Box | None:
    """The box around what is not clear at a time, within the canvas; ``None``: all of it is.

    Of a layer that is not plain it is the whole canvas: to look closer, Krita would have to draw
    it once more.

    Raises:
        Refusal: it is gone, has no keyframe, or cannot be read.
    """
    node, document = target.node(), target.document
    canvas = (0, 0, document.width(), document.height())
    if not is_plain(node):
        return canvas
    space = space_of(node)
    alpha = alpha_of(samples_of(target, node, canvas, space, frame), space)
    return around(alpha, canvas[2] * space.sample_bytes, space.sample_bytes)


def around(alpha: bytes, line: int, sample: int) -> Box | None:
    """The box around what is not zero; rows have ``line`` bytes, samples ``sample`` of them."""
    first = len(alpha) - len(alpha.lstrip(b"\0"))
    last = len(alpha.rstrip(b"\0")) - 1
    if last < 0:
        return None
    top, bottom = first // line, last // line
    left, right = line, 0
    for row in range(top, bottom + 1):
        samples = alpha[row * line : (row + 1) * line]
        inner = samples.rstrip(b"\0")
        if inner:
            left = min(left, line - len(samples.lstrip(b"\0")))
            right = max(right, len(inner) - 1)
    left, right = left // sample, right // sample
    return (left, top, right - left + 1, bottom - top + 1)


def together(one: Box | None, other: Box | None) -> Box | None:
    """The box around two boxes."""
    if one is None or other is None:
        return one or other
    left, top = min(one[0], other[0]), min(one[1], other[1])
    right = max(one[0] + one[2], other[0] + other[2])
    bottom = max(one[1] + one[3], other[1] + other[3])
    return (left, top, right - left, bottom - top)
