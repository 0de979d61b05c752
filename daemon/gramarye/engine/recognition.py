"""Which input a checkpoint expects, from what the file itself shows.

The names of the layers seldom tell: conversions of the Caffe networks go about under torchvision's
names. Nor does the size of the first layer's weights alone: it is about the same in torchvision's
networks and in Caffe's. So the four networks that everybody uses are known by their first filter.
"""

from __future__ import annotations

from collections.abc import Collection

import torch
from torch import Tensor

from .convention import CAFFE, TORCHVISION, InputConvention

FIRST_FILTERS: tuple[tuple[str, InputConvention, tuple[float, ...]], ...] = (
    (
        "torchvision's VGG-16",
        TORCHVISION,
        (-0.5537, 0.1427, 0.5290, -0.5831, 0.3566, 0.7657, -0.6902, -0.0480, 0.4841),
    ),
    (
        "torchvision's VGG-19",
        TORCHVISION,
        (-0.0535, -0.0493, -0.0679, 0.0153, 0.0451, 0.0021, 0.0362, 0.0200, 0.0199),
    ),
    (
        "the original VGG-16 of Caffe",
        CAFFE,
        (0.4295, 0.3735, -0.0614, 0.2748, 0.0387, -0.3672, -0.0575, -0.2622, -0.3501),
    ),
    (
        "the original VGG-19 of Caffe",
        CAFFE,
        (0.3412, 0.3400, -0.0448, 0.2322, 0.0898, -0.3033, -0.0726, -0.2467, -0.3368),
    ),
)
"""Name, convention, and the first filter on the first input channel, row by row."""

TOLERANCE = 2e-3
"""Between a filter and its four decimals, in bfloat16 too."""

FAINT, STRONG = 0.1, 5.0
"""Norms of a first filter, usually 1 to 2, that only fit inputs of 0–255, or only of 0–1."""


def recognise_input(names: Collection[str], first: Tensor) -> tuple[InputConvention, str] | None:
    """The convention and what gave it away; ``None`` if nothing does.

    Args:
        names: all entries of the file as they are called there.
        first: the weights of the first convolution, ``(width, 3, 3, 3)``.
    """
    corner = first[0, 0].flatten()
    for name, convention, filter_ in FIRST_FILTERS:
        if torch.allclose(corner, torch.tensor(filter_), rtol=0, atol=TOLERANCE):
            return convention, f"its first filter is that of {name}"
    if "conv1_1.weight" in names:
        return CAFFE, "its layers have Caffe's names (conv1_1, …)"
    if {"classifier.1.weight", "classifier.4.weight"} <= set(names):
        return CAFFE, "its classifier is laid out as in conversions from Caffe"
    strength = float(first.flatten(1).norm(dim=1).square().mean().sqrt())
    if strength < FAINT:
        return CAFFE, "its first layer is scaled for 0–255"
    if strength > STRONG:
        return TORCHVISION, "its first layer is scaled for 0–1"
    return None
