"""How far a feature sees: the receptive field's radius in pixels, from the layers before it."""

from __future__ import annotations

from collections.abc import Iterable


def vgg_reach(names: Iterable[str]) -> int:
    """The reach of the last of these layers, given all layers up to it in order.

    A 3×3 convolution looks one position to each side, and one position is as many pixels as all
    poolings before it have made of it: each convolution adds the stride at its place. A 2×2 pooling
    adds nothing beside a position's own pixels. VGG-19: relu1_1 1, relu2_1 4, relu3_1 10,
    relu4_1 30, relu4_2 38, relu5_1 70; VGG-16: relu4_1 26, relu5_1 58.
    """
    reach, stride = 0, 1
    for name in names:
        if name.startswith("conv"):
            reach += stride
        elif name.startswith("pool"):
            stride *= 2
    return reach


def pyramid_reach(octave: int, side: int) -> int:
    """The reach of a ``side``-wide filter at an octave, ``octave`` reductions below the picture.

    Each reduction looks two positions to each side at its stride: 2·(2ᵒ − 1) in all.
    """
    stride = 2**octave
    return (side // 2) * stride + 2 * (stride - 1)
