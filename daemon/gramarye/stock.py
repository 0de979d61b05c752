"""The networks that there are on this machine, and those that are warm on its devices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from .engine.cache import Cache
from .engine.canvas import Canvas
from .engine.colour import prepare
from .engine.cost import Job
from .engine.errors import WeightsError
from .engine.networks import Network, PatchNetwork, VggNetwork
from .engine.places import find_weights
from .engine.precision import computed, type_of
from .engine.recipe import FeatureKind, Features, Recipe
from .engine.transfer import work_octaves
from .engine.vgg import convolution_indices
from .engine.weights import State, load_weights


class Stock:
    """Weights, loaded once, and on each device the VGG that the last job there used.

    Args:
        weights: a VGG checkpoint to use before any in the caches.

    Raises:
        WeightsError: ``weights`` cannot be used.
    """

    def __init__(self, weights: Path | None) -> None:
        self._states: dict[str, State] = {}
        self._places: dict[str, Path] = {}
        self._warm: dict[torch.device, tuple[tuple[Any, ...], VggNetwork]] = {}
        self._fixed = weights is not None
        if weights is not None:
            network, state = load_weights(weights)
            self._states[network] = state
            self._places = {network: weights}
        self.look()

    def look(self) -> None:
        """Take what has come into the caches; what is known already stays as it is."""
        if self._fixed:
            return
        for network in ("vgg16", "vgg19"):
            place = find_weights(network)
            if place is not None:
                self._places.setdefault(network, place)

    @property
    def found(self) -> list[FeatureKind]:
        """The networks whose weights are here, the best first."""
        kinds: tuple[FeatureKind, ...] = ("vgg19", "vgg16")
        return [kind for kind in kinds if kind in self._places]

    def network(
        self, recipe: Recipe, canvas: Canvas, device: torch.device, cache: Cache | None = None
    ) -> Network:
        """The features for a job; built-in ones are fitted, or found in the cache."""
        if recipe.features.kind == "builtin":
            return PatchNetwork.fitted(prepare(canvas, recipe.colour), recipe, device, cache)
        return self.warm(recipe, device)

    def warm(self, recipe: Recipe, device: torch.device) -> VggNetwork:
        """The network on the device; the last one is kept, since most jobs want the same."""
        features = recipe.features
        layers = recipe.content.layers, recipe.style.layers
        wanted = (features.kind, features.pooling, features.precision, *layers)
        if device not in self._warm or self._warm[device][0] != wanted:
            network = VggNetwork(recipe, self._state(features.kind), device)
            self._warm[device] = wanted, network
        return self._warm[device][1]

    def widths(self, kind: FeatureKind) -> tuple[int, ...]:
        """A VGG's channels, for the cost of what it computes."""
        if kind == "builtin":
            return ()
        state, places = self._state(kind), convolution_indices(kind)
        keys = [f"features.{place}.weight" for place in places]
        return tuple(state[key].shape[0] for key in keys if key in state)

    def job(self, recipe: Recipe, canvas: Canvas, guides: int, device: torch.device) -> Job:
        """What decides the cost of a recipe on a canvas with so many guides."""
        kind = recipe.features.kind
        smallest = (PatchNetwork if kind == "builtin" else VggNetwork).smallest_side
        return Job(
            recipe,
            canvas.content.size,
            tuple(style.picture.size for style in canvas.styles),
            work_octaves(canvas, recipe.schedule.coarsest, smallest),
            guides,
            self.widths(kind),
            _feature_bytes(recipe.features, device),
            8 if recipe.features.precision == "float64" else 4,
        )

    def _state(self, network: str) -> State:
        if network not in self._states:
            place = self._places[network]
            found, state = load_weights(place)
            if found != network:
                raise WeightsError(f"{place} holds {found}, not {network}: rename or replace it.")
            self._states[network] = state
        return self._states[network]


def _feature_bytes(features: Features, device: torch.device) -> int:
    if features.kind == "builtin":
        return 8 if features.precision == "float64" else 4
    return type_of(computed(features.precision, features.pooling, device)).itemsize
