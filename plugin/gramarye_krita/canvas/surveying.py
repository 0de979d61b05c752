"""Where a layer is painted at a keyframe. Krita tells only of the frame that is shown."""

from __future__ import annotations

from .reading import is_plain, samples_of
from .samples import alpha_of, around
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
