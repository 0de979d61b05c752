"""Paint a guide anew with the style's own patches, coarse to fine."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..recipe import Patches
from .dictionary import SIDE, Dictionary, Source, keys_of
from .field import Field, compared, enlarged, random_field, search, voted

COHERENCE = 0.2
"""How much worse a neighbour's match may be and is still taken."""
SHARPNESS = 2.0
"""How much more a near match's vote counts."""
FAR_JUMPS, NEAR_JUMPS = (8, 4, 2, 1), (2, 1)
"""How far matches travel in a round: far while the field is coarse, later only nearby."""


@dataclass(frozen=True)
class Repainted:
    """After one round: the picture ``(3, h, w)`` of its octave (0: the finest), and the energy.

    ``energy`` is the mean squared distance of the patches' keys from their matches.
    """

    octave: int
    picture: Tensor
    energy: float


def rounds_in(patches: Patches, octave: int) -> int:
    """Rounds at an octave: the finest has half as many again, for the guide to let go."""
    return patches.rounds if octave else patches.rounds + -(-patches.rounds // 2)


@dataclass(frozen=True)
class Scene:
    """What an octave is painted from.

    ``guide`` ``(3, H, W)`` is the picture to follow; ``sources`` are the styles and which of their
    pixels may be used; ``labels`` ``(S, H, W)`` in [0, 1] say how much each of them is wanted at a
    place, or are ``None``: all of them everywhere.
    """

    guide: Tensor
    sources: Sequence[Source]
    labels: Tensor | None = None


def repaint(
    scenes: Sequence[Scene], patches: Patches, generator: torch.Generator
) -> Iterator[Repainted | None]:
    """Yield each round's picture, the last one at the finest octave, and ``None`` in between.

    Matches and picture are found in turn. Going to a finer octave the matches are kept, not the
    picture. At the finest the guide's weight falls to nothing, so that the end is all the style's.

    Args:
        scenes: one for each octave, the finest first.
        patches: the guide's weight, and how many rounds.
        generator: decides the places that are tried.
    """
    field: Field | None = None
    for octave in reversed(range(len(scenes))):
        scene = scenes[octave]
        guide = scene.guide
        dictionary = Dictionary.of(scene.sources, generator, scene.labels is not None)
        size = guide.shape[1] - SIDE + 1, guide.shape[2] - SIDE + 1
        picture = guide
        if field is not None:
            field = enlarged(field, size, dictionary)
            picture = voted(field, dictionary, 0.0)
        yield None
        rounds = rounds_in(patches, octave)
        for index in range(rounds):
            weight = patches.guide * (1.0 if octave else 1 - index / max(1, rounds - 1))
            wanted = torch.lerp(picture, guide, weight / (1 + weight))
            keys = keys_of(wanted, dictionary.basis, scene.labels)
            field = yield from _round(field, keys, size, dictionary, octave, generator)
            picture = voted(field, dictionary, SHARPNESS)
            yield Repainted(octave, picture, float(field.distance.mean()))


def _round(
    field: Field | None,
    keys: Tensor,
    size: tuple[int, int],
    dictionary: Dictionary,
    octave: int,
    generator: torch.Generator,
) -> Generator[None, None, Field]:
    """Matches for these keys; the first round of all starts at random and looks twice."""
    jumps = FAR_JUMPS if octave > 1 else NEAR_JUMPS
    if field is None:
        field = random_field(keys, size, dictionary, generator)
        field = yield from search(field, keys, dictionary, FAR_JUMPS, 0.0, generator)
    else:
        field = compared(field.rows, field.columns, keys, dictionary)
    return (yield from search(field, keys, dictionary, jumps, COHERENCE, generator))
