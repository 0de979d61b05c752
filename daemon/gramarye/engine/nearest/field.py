"""The nearest-patch field: for each patch of a picture, where its like is in the style.

PatchMatch (Barnes et al. 2009), all patches at once: a match is good for a neighbour too, moved
along (propagation, at several distances as in a jump flood), and better ones are looked for around
the present one in ever smaller circles (random search). Nothing waits on its neighbour, so it suits
a GPU; the places tried are drawn on the CPU and so are the same on every device.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from .dictionary import SIDE, Dictionary

AT_ONCE = 1 << 14
"""Patches compared at once: their keys stay in the processor's cache."""
STEPS = ((0, 1), (0, -1), (1, 0), (-1, 0))

Size = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """First row and column of each patch's match, int64, and their squared distance.

    All are ``(h, w)``, one for each patch of the picture: ``(h, w) = (H − 6, W − 6)``.
    """

    rows: Tensor
    columns: Tensor
    distance: Tensor

    @property
    def size(self) -> Size:
        """Rows and columns of patches."""
        return self.rows.shape[0], self.rows.shape[1]


def random_field(
    keys: Tensor, size: Size, dictionary: Dictionary, generator: torch.Generator
) -> Field:
    """Matches at random."""
    high, wide = dictionary.size
    rows = torch.randint(high, size, generator=generator).to(keys.device)
    columns = torch.randint(wide, size, generator=generator).to(keys.device)
    return compared(rows, columns, keys, dictionary)


def compared(rows: Tensor, columns: Tensor, keys: Tensor, dictionary: Dictionary) -> Field:
    """These matches with their distances to ``keys`` ``(h·w, D)``; places are kept inside."""
    high, wide = dictionary.size
    rows, columns = rows.clamp(0, high - 1), columns.clamp(0, wide - 1)
    places = (rows * wide + columns).flatten()
    distance = torch.empty_like(keys[:, 0])
    for first in range(0, len(keys), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        difference = dictionary.keys.index_select(0, places[part]).sub_(keys[part])
        torch.sum(difference.square_(), dim=1, out=distance[part])
    return Field(rows, columns, distance.view_as(rows))


def enlarged(field: Field, size: Size, dictionary: Dictionary) -> Field:
    """The matches for the next finer octave's patches: the same places at twice the size.

    A picture so made copies whole pieces of the finer style instead of enlarging the coarse one.
    Their distances are not known yet, and are all one.
    """
    rows = _along(field.size[0], size[0], field.rows.device)
    columns = _along(field.size[1], size[1], field.rows.device)
    finer_rows = 2 * field.rows[rows.coarse[:, None], columns.coarse] + rows.rest[:, None]
    finer_columns = 2 * field.columns[rows.coarse[:, None], columns.coarse] + columns.rest
    high, wide = dictionary.size
    return Field(
        finer_rows.clamp(0, high - 1),
        finer_columns.clamp(0, wide - 1),
        torch.ones(size, dtype=dictionary.keys.dtype, device=dictionary.keys.device),
    )


class _Along(NamedTuple):
    coarse: Tensor
    rest: Tensor


def _along(coarse: int, fine: int, device: torch.device) -> _Along:
    """For each fine patch along one side its coarse one, and what is left from twice its place.

    A patch is where its middle is. Near the border the last coarse patch stands for all beyond.
    """
    middle = SIDE // 2
    centres = torch.arange(fine, device=device) + middle
    nearest = (centres // 2 - middle).clamp(0, coarse - 1)
    return _Along(nearest, centres - 2 * (nearest + middle) + middle)


def search(
    field: Field,
    keys: Tensor,
    dictionary: Dictionary,
    jumps: Sequence[int],
    coherence: float,
    generator: torch.Generator,
) -> Generator[None, None, Field]:
    """Better matches for ``keys``, from those there are; yields where it may be left.

    Args:
        jumps: how far matches are propagated, in patches, one after the other.
        coherence: a neighbour's match is taken at last even if it is so much worse, relatively:
            whole strokes are then copied instead of a mean of many (Ashikhmin 2001).
    """
    for jump in jumps:
        for step in STEPS:
            field = _nearer(field, _moved(field, step, jump, keys, dictionary))
            yield
    radius = float(max(dictionary.size))
    while radius >= 1:
        chance = torch.rand((2, *field.size), generator=generator).to(keys.device) * 2 - 1
        rows = (field.rows + radius * chance[0]).round().long()
        columns = (field.columns + radius * chance[1]).round().long()
        field = _nearer(field, compared(rows, columns, keys, dictionary))
        radius /= 2
        yield
    if coherence:
        for step in STEPS:
            field = _nearer(field, _moved(field, step, 1, keys, dictionary), 1 + coherence)
        yield
    return field


def _moved(field: Field, step: Size, jump: int, keys: Tensor, dictionary: Dictionary) -> Field:
    """The neighbours' matches, moved as they are."""
    down, right = step[0] * jump, step[1] * jump
    rows = torch.roll(field.rows, (down, right), (0, 1)) + down
    columns = torch.roll(field.columns, (down, right), (0, 1)) + right
    return compared(rows, columns, keys, dictionary)


def _nearer(field: Field, other: Field, patience: float = 1.0) -> Field:
    """For each patch the other match if it is nearer, or less than ``patience`` times as far."""
    better = other.distance < patience * field.distance
    return Field(
        torch.where(better, other.rows, field.rows),
        torch.where(better, other.columns, field.columns),
        torch.where(better, other.distance, field.distance),
    )


def voted(field: Field, dictionary: Dictionary, sharpness: float) -> Tensor:
    """The picture ``(3, h + 6, w + 6)`` that all matches vote for, nearer ones with more weight.

    Each pixel is the mean of what the up to 49 patches over it have there, weighed by their
    distance's inverse to the power of ``sharpness``: the minimum over x of the energy, robust as
    in Kwatra et al. 2005, section 3.2.
    """
    height, width = field.size
    weights = torch.ones_like(field.distance)
    if sharpness:
        weights = (field.distance / field.distance.mean().clamp_min(1e-12) + 0.01) ** -sharpness
    colours = dictionary.picture.flatten(1)
    stride = dictionary.picture.shape[2]
    total = colours.new_zeros(4, height + SIDE - 1, width + SIDE - 1)
    first = (field.rows * stride + field.columns).flatten()
    for row in range(SIDE):
        for column in range(SIDE):
            part = total[:, row : row + height, column : column + width]
            found = colours.index_select(1, first + (row * stride + column))
            part[:3] += weights * found.view(3, height, width)
            part[3] += weights
    return total[:3] / total[3]
