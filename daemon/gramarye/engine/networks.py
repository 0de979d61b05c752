"""A feature extractor for each octave of the work, behind one small interface."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from .errors import SettingsError
from .features import Extractor
from .patches import PatchBank, PatchPyramid, fit_patches, octave_count, octave_name
from .recipe import Recipe
from .vgg import Vgg
from .weights import State


class Network(Protocol):
    """Frozen features for one job."""

    smallest_side: int
    """The work's coarsest octave keeps both sides at least this long, where the picture allows."""

    @property
    def identity(self) -> str:
        """What the features are, for people and recipes."""
        ...

    def at(self, octave: int) -> Extractor:
        """The extractor for the picture ``octave`` halvings below the working size."""
        ...


class VggNetwork:
    """One VGG for all octaves."""

    smallest_side = 32

    def __init__(self, recipe: Recipe, state: State, device: torch.device) -> None:
        layers = [name for name, _ in (*recipe.content_layers, *recipe.style_layers)]
        self._vgg = Vgg(recipe.features, state, layers, recipe.pooling, device)
        self.identity = recipe.features

    def at(self, octave: int) -> Extractor:  # noqa: ARG002 (the same network at every size)
        """The network itself."""
        return self._vgg


class PatchNetwork:
    """The built-in features, fitted to the job's style."""

    smallest_side = 16

    def __init__(self, bank: PatchBank, device: torch.device) -> None:
        self._bank = bank
        self._device = device
        self.identity = f"builtin patches {bank.fingerprint[:12]}"

    @classmethod
    def fitted(
        cls, content: Tensor, style: Tensor, recipe: Recipe, device: torch.device
    ) -> PatchNetwork:
        """Learn the filters from the whole style at the working size.

        The content decides only how many octaves there are. Adding its patches to the fit was
        compared on the sample pictures and changed nothing to the eye; without them a style's
        filters and targets serve every content of the size.

        Raises:
            SettingsError: the recipe names an octave that these pictures do not have.
        """
        count = octave_count((one.shape[1], one.shape[2]) for one in (content, style))
        names = {octave_name(index) for index in range(count)}
        for layer, _ in (*recipe.content_layers, *recipe.style_layers):
            if layer not in names:
                raise SettingsError(
                    f"The built-in features have no layer {layer!r} at this size: "
                    f"use octave1 (the finest) to octave{count}."
                )
        bank = fit_patches((style,), count, recipe.seed, recipe.filters)
        return cls(bank, device)

    def at(self, octave: int) -> Extractor:
        """The same filters, without those of the finer octaves."""
        return PatchPyramid(self._bank, octave, self._device)
