"""The layers that a recipe names, met with those that there are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .recipe import Layers

_OPEN = re.compile(r"octave([1-9]\d{0,3})\+")
"""Such as ``octave3+``: octave 3 and every coarser one."""


def octave_name(index: int) -> str:
    """``octave1`` for index 0, the finest."""
    return f"octave{index + 1}"


def first_octave(name: str) -> int | None:
    """3 for ``octave3+``; ``None`` for the name of one layer."""
    match = _OPEN.fullmatch(name)
    return None if match is None else int(match[1])


def shares(layers: Layers, there: Sequence[str]) -> Layers:
    """Each layer's part of the sum of weights, over the layers that are ``there``, in their order.

    No layers: all alike. ``octave3+`` gives its weight to octave 3 and to each coarser one; a
    picture that has no octave so coarse gives it to the coarsest that it has. A fine octave is not
    there while a coarser one is worked at; a name that no octave has was refused when the network
    was made.
    """
    weights = dict.fromkeys(there, 0.0 if layers else 1.0)
    for name, weight in layers:
        for one in _meant(name, there):
            weights[one] += weight
    total = sum(weights.values())
    if total == 0:
        return ()
    return tuple((name, weight / total) for name, weight in weights.items() if weight)


def _meant(name: str, there: Sequence[str]) -> Sequence[str]:
    first = first_octave(name)
    if first is None:
        return [one for one in there if one == name]
    names = {octave_name(index - 1) for index in range(first, first + 64)}
    return [one for one in there if one in names] or there[-1:]
