"""The style's patches at one octave, side by side, each with a short key to compare by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..guidance import erode
from ..patches import draw_patches

SIDE = 7
"""Side of a patch in pixels."""
INNER = slice(SIDE // 2, -(SIDE // 2))
"""The pixels that are the middle of a patch, along either side."""
DIRECTIONS = 32
"""Principal directions in a key: 96 to 99 % of the energy of the sample paintings' patches."""
DRAWN = 6000
"""Patches of each picture that the directions are learnt from."""
WHITENING = 0.5
"""From plain distances (0) to whitened ones (1): between them strokes count, and so do colours."""
FAR = 1e4
"""Every number of the key of a patch that must not be used."""
LABEL = 1e2
"""What the key of a patch has at the place of its own style, where regions say which is wanted."""

Source = tuple[Tensor, Tensor | None]
"""A style's colours ``(3, H, W)``, and how much of each pixel may be used, ``(H, W)``, or all."""


@dataclass(frozen=True)
class Dictionary:
    """The patches of some pictures.

    ``picture`` ``(3, H, W)`` holds the pictures side by side and ``keys`` ``(h·w, D)`` a key for
    the patch at each place, by its first row and column, ``(h, w) = (H − 6, W − 6)``; ``basis``
    ``(D, 3, 7, 7)`` makes keys of patches. Where regions choose among styles, a key ends with
    which style the patch is of.
    """

    picture: Tensor
    keys: Tensor
    basis: Tensor

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of places."""
        return self.picture.shape[1] - SIDE + 1, self.picture.shape[2] - SIDE + 1

    @classmethod
    def of(
        cls, sources: Sequence[Source], generator: torch.Generator, labelled: bool = False
    ) -> Dictionary:
        """Learn the basis of all sources' patches, and lay their keys out.

        Patches across two pictures are never used, nor those that a source's plane leaves out; if
        it leaves out all of them, the most visible ones are.
        """
        tallest = max(colours.shape[1] for colours, _ in sources)
        pictures, places = [], []
        for colours, usable in sources:
            below = tallest - colours.shape[1]
            pictures.append(F.pad(colours, (0, 0, 0, below)))
            places.append(F.pad(_usable_places(colours, usable), (0, SIDE - 1, 0, below)))
        picture = torch.cat(pictures, dim=2)
        usable_at = torch.cat(places, dim=1)[:, : picture.shape[2] - SIDE + 1]
        basis = _basis([colours for colours, _ in sources], generator)
        keys = keys_of(picture, basis, _owners(sources, tallest) if labelled else None)
        keys[~usable_at.flatten()] = FAR
        return cls(picture, keys, basis)


def keys_of(picture: Tensor, basis: Tensor, labels: Tensor | None = None) -> Tensor:
    """A key for each patch of ``picture`` ``(3, H, W)``: ``((H − 6)·(W − 6), D)``, row by row.

    ``labels`` ``(S, H, W)`` in [0, 1] say how much each of S styles is wanted, or had, at a place.
    """
    keys = F.conv2d(picture[None], basis)[0]
    if labels is not None:
        keys = torch.cat([keys, LABEL * labels[:, INNER, INNER]])
    return keys.flatten(1).T.contiguous()


def _owners(sources: Sequence[Source], height: int) -> Tensor:
    """Which source each pixel of them all, side by side, is of: ``(S, height, W)`` of 0 and 1."""
    widths = torch.tensor([colours.shape[2] for colours, _ in sources])
    owner = torch.repeat_interleave(torch.arange(len(sources)), widths)
    one_hot = F.one_hot(owner, len(sources)).T.to(sources[0][0])
    return one_hot[:, None].expand(-1, height, -1)


def _usable_places(colours: Tensor, usable: Tensor | None) -> Tensor:
    """Which places ``(H − 6, W − 6)`` a patch may come from."""
    if usable is None:
        return torch.ones_like(colours[0], dtype=torch.bool)[INNER, INNER]
    whole = erode(usable, SIDE // 2)[INNER, INNER]
    if bool((whole >= 0.5).any()):
        return whole >= 0.5
    centres = usable[INNER, INNER]
    return centres >= min(0.5, float(centres.max()))


def _basis(pictures: Sequence[Tensor], generator: torch.Generator) -> Tensor:
    """The principal directions of the pictures' patches, partly whitened."""
    patches = torch.cat([draw_patches(one.cpu(), generator, DRAWN) for one in pictures])
    centred = patches - patches.mean(0)
    values, vectors = torch.linalg.eigh((centred.T @ centred / len(centred)).double())
    values, vectors = values[-DIRECTIONS:], vectors[:, -DIRECTIONS:]
    largest = values[-1].clamp_min(1e-12)
    scaled = vectors * (values.clamp_min(0) / largest + 1e-3) ** (-WHITENING / 2)
    return scaled.T.reshape(-1, 3, SIDE, SIDE).to(pictures[0])
