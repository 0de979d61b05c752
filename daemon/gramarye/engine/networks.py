"""A feature extractor for each octave of the work, behind one small interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor

from .cache import Cache, name_of
from .canvas import Canvas
from .errors import SettingsError
from .features import Extractor
from .naming import first_octave, octave_name
from .patches import PatchBank, PatchPyramid, fingerprint, fit_patches, octave_count
from .precision import computed, type_of
from .recipe import Precision, Recipe
from .targets import variants
from .vgg import Vgg


class Network(Protocol):
    """Frozen features for one job."""

    smallest_side: int
    """The work's coarsest octave keeps both sides at least this long, where the picture allows."""
    precision: Precision
    """What the features are computed in; ``exact`` and ``winograd`` are float32, as the built-in
    features' ``auto`` is."""

    device: torch.device
    """Where they are computed."""

    @property
    def identity(self) -> str:
        """What the features are, for people."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 over their filters, in hexadecimal."""
        ...

    def at(self, octave: int) -> Extractor:
        """The extractor for the picture ``octave`` halvings below the working size."""
        ...

    def on(self, device: torch.device) -> Network:
        """The same features, in the same precision, on another device."""
        ...


class VggNetwork:
    """One VGG for all octaves."""

    smallest_side = 32

    def __init__(self, recipe: Recipe, state: Mapping[str, Tensor], device: torch.device) -> None:
        layers = [name for name, _ in (*recipe.content.layers, *recipe.style.layers)]
        kind = recipe.features.kind
        pooling = recipe.features.pooling
        precision = computed(recipe.features.precision, pooling, device)
        self.precision: Precision = precision
        self.device = device
        dtype = type_of(precision)
        self._vgg = Vgg(kind, state, layers, pooling, device, dtype, precision == "winograd")
        self.identity = kind
        self.fingerprint = fingerprint(state.values(), kind)
        self._made_of = recipe, state

    def on(self, device: torch.device) -> VggNetwork:
        """See :class:`Network`."""
        recipe, state = self._made_of
        features = replace(recipe.features, precision=self.precision)
        return VggNetwork(replace(recipe, features=features), state, device)

    def at(self, octave: int) -> Extractor:  # noqa: ARG002 (the same network at every size)
        """The network itself."""
        return self._vgg


class PatchNetwork:
    """The built-in features, fitted to the job's style."""

    smallest_side = 16

    def __init__(
        self, bank: PatchBank, device: torch.device, precision: Precision = "auto"
    ) -> None:
        if precision == "bfloat16":
            raise SettingsError(
                "The built-in features are not computed in bfloat16: choose float32 or float64."
            )
        self.precision: Precision = "float64" if precision == "float64" else "auto"
        self._bank = bank
        self.device = device
        self.fingerprint = bank.fingerprint
        self.identity = f"builtin patches {self.fingerprint[:12]}"

    @classmethod
    def fitted(
        cls, canvas: Canvas, recipe: Recipe, device: torch.device, cache: Cache | None = None
    ) -> PatchNetwork:
        """Learn the filters from the whole styles at the working size.

        The content decides only how many octaves there are. Adding its patches to the fit was
        compared on the sample pictures and changed nothing to the eye; without them a style's
        filters and targets serve every content of the size. A style's mask and alpha do not matter
        to the fit: hidden colour was replaced by visible.

        Args:
            cache: where filters are kept, and those of earlier jobs found.

        Raises:
            SettingsError: the recipe names an octave that these pictures do not have.
        """
        pictures = [style.picture for style in canvas.styles]
        count = octave_count(one.size for one in (canvas.content, *pictures))
        names = {octave_name(index) for index in range(count)}
        for layer, _ in (*recipe.content.layers, *recipe.style.layers):
            if layer not in names and first_octave(layer) is None:
                raise SettingsError(
                    f"The built-in features have no layer {layer!r} at this size: "
                    f"use octave1 (the finest) to octave{count}."
                )
        colours = [one.colour.float() for one in pictures]
        return cls(_fitted(colours, count, recipe, cache), device, recipe.features.precision)

    def on(self, device: torch.device) -> PatchNetwork:
        """See :class:`Network`."""
        return PatchNetwork(self._bank, device, self.precision)

    def at(self, octave: int) -> Extractor:
        """The same filters, without those of the finer octaves."""
        dtype = torch.float64 if self.precision == "float64" else torch.float32
        return PatchPyramid(self._bank, octave, self.device, dtype)


def _fitted(
    colours: Sequence[Tensor], count: int, recipe: Recipe, cache: Cache | None
) -> PatchBank:
    """Filters for pictures of these colours, from an earlier job where they are still there."""
    asked, augment = recipe.features, recipe.style.augment
    decides = (count, asked.version, asked.seed, asked.filters, augment, torch.get_num_threads())
    name = "" if cache is None else name_of(f"patches {decides}", colours)
    bank = None if cache is None else cache.get(name)
    if bank is None:
        turned = [variant for colour in colours for variant in variants(colour, augment)]
        bank = fit_patches(turned, count, asked.seed, asked.filters)
        if cache is not None:
            cache.put(name, bank, bank.size)
    return bank
