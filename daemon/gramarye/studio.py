"""One device with its networks warm: turns settings and planes into a finished plane.

The daemon's worker and the in-process command line both call :meth:`Studio.render`, so the same
job gives the same bytes on either way.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from pathlib import Path

import torch

from gramarye_protocol import Settings

from .engine.device import choose_device, describe_device, free_memory
from .engine.errors import PictureError, SettingsError, WeightsError
from .engine.networks import Network, PatchNetwork, VggNetwork
from .engine.recipe import FeatureKind, Layers, Recipe, preset, weight_for_strength
from .engine.transfer import Finished, Step, check_pictures, transfer
from .engine.weights import State, find_weights, load_weights
from .moments import Rendered, Update
from .pixels import Picture, Pixels, fitted, preview_pixels, to_picture, to_pixels

BUILTIN_NOTICE = (
    "No VGG weights were found, so the built-in patch features are used "
    "(learnt from your images, no pretrained network)."
)
BYTES_A_PIXEL = {"builtin": 3000, "vgg16": 2300, "vgg19": 2300}
"""What a job takes at its peak for each working pixel, measured, with a margin."""

__all__ = ["Pixels", "Rendered", "Studio", "Update"]


class Studio:
    """Networks on one device.

    Args:
        device: ``auto``, or torch's name of a device.
        weights: a VGG checkpoint to use before any in the caches.

    Raises:
        SettingsError: no such device. WeightsError: ``weights`` cannot be used.
    """

    def __init__(self, device: str = "auto", weights: Path | None = None) -> None:
        self._device = choose_device(device)
        self._states: dict[str, State] = {}
        self._places: dict[str, Path] = {}
        for network in ("vgg16", "vgg19"):
            place = find_weights(network)
            if place is not None:
                self._places[network] = place
        if weights is not None:
            network, state = load_weights(weights)
            self._states[network] = state
            self._places = {network: weights}
        found = [network for network in ("vgg19", "vgg16") if network in self._places]
        self.device_name = describe_device(self._device)
        self.available: tuple[str, ...] = ("builtin", *found)
        self.features: FeatureKind = found[0] if found else "builtin"  # type: ignore[assignment]
        self.notice = "" if found else BUILTIN_NOTICE

    def warm(self) -> None:
        """Read the weights that ``auto`` uses, and let torch start its threads."""
        if self.features != "builtin":
            self._state(self.features)
        torch.ones(8, 8, device=self._device).matmul(torch.ones(8, 8, device=self._device))

    def render(
        self, settings: Settings, planes: Mapping[str, Pixels]
    ) -> Generator[Update | Rendered | None, None, None]:
        """Run a job. ``planes`` maps a role (content, style, init) to its pixels.

        Yields ``None`` often (inside an evaluation: a moment to look for a cancel), an
        :class:`Update` after each step and one :class:`Rendered` at the end, in the content's
        layout and depth, at the working size. Closing the iterator stops the job.

        Raises:
            EngineError: whatever the pictures or the settings do not allow.
        """
        for role in ("content", "style"):
            if role not in planes:
                raise SettingsError(f"The job has no {role}: choose a picture for it.")
        recipe = self.recipe(settings)
        content = fitted(to_picture(planes["content"]), settings.size)
        yield None
        # A style is never enlarged: that would only blur its strokes.
        style = fitted(to_picture(planes["style"]), max(content.colour.shape[1:]), enlarge=False)
        check_pictures(content.colour, style.colour)
        self._check_memory(recipe, content)
        start = to_picture(planes["init"]) if "init" in planes else None
        yield None
        pair = self._on_device(content), self._on_device(style)
        network = self._network(recipe, *pair)
        yield None
        like = planes["content"].plane
        beginning = None if start is None else self._on_device(start)
        for moment in transfer(*pair, recipe, network, beginning):
            if isinstance(moment, Step):
                stage = f"octave {moment.octave + 1}" if moment.octave else "full size"
                yield Update(
                    moment.number,
                    moment.total,
                    moment.losses,
                    stage,
                    lambda step=moment: preview_pixels(step.preview(), like),
                )
            elif isinstance(moment, Finished):
                pixels = to_pixels(moment.picture, content.alpha, like, "result")
                yield Rendered(pixels, network.identity, self._replaced(settings), moment.losses)
            else:
                yield None

    def recipe(self, settings: Settings) -> Recipe:
        """The recipe that settings mean here: the quality's preset, and what overrides it.

        Raises:
            WeightsError: a network whose weights are not here was asked for by name.
            SettingsError: settings that contradict each other.
        """
        kind: FeatureKind = self.features if settings.features == "auto" else settings.features  # type: ignore[assignment]
        if kind not in self.available:
            raise WeightsError(
                f"There are no weights for {kind} on this machine: give a checkpoint with "
                "--weights, put it into the cache, or choose the built-in features."
            )
        base = preset(kind, settings.quality)
        content_weight = weight_for_strength(base.content_weight, settings.strength)
        style_weight = base.style_weight
        if settings.content_weight is not None:
            content_weight = settings.content_weight
        if settings.style_weight is not None:
            style_weight = settings.style_weight
        return replace(
            base,
            content_layers=_named(settings.content_layers) or base.content_layers,
            style_layers=_named(settings.style_layers) or base.style_layers,
            content_weight=content_weight,
            style_weight=style_weight,
            content_distance=settings.content_distance,  # type: ignore[arg-type]
            style_distance=settings.style_distance,  # type: ignore[arg-type]
            init=settings.init,  # type: ignore[arg-type]
            optimiser=settings.optimiser,  # type: ignore[arg-type]
            steps=base.steps if settings.steps is None else settings.steps,
            seed=settings.seed,
        )

    def _replaced(self, settings: Settings) -> str:
        return self.notice if settings.features == "auto" else ""

    def _network(self, recipe: Recipe, content: torch.Tensor, style: torch.Tensor) -> Network:
        if recipe.features == "builtin":
            return PatchNetwork.fitted(content, style, recipe, self._device)
        return VggNetwork(recipe, self._state(recipe.features), self._device)

    def _state(self, network: str) -> State:
        if network not in self._states:
            place = self._places[network]
            found, state = load_weights(place)
            if found != network:
                raise WeightsError(f"{place} holds {found}, not {network}: rename or replace it.")
            self._states[network] = state
        return self._states[network]

    def _on_device(self, picture: Picture) -> torch.Tensor:
        return picture.colour.to(self._device)

    def _check_memory(self, recipe: Recipe, content: Picture) -> None:
        """Refuse a job that cannot fit before it takes the machine's memory away from others."""
        height, width = content.colour.shape[1:]
        needed = height * width * BYTES_A_PIXEL[recipe.features]
        free = free_memory(self._device)
        if free is not None and needed > free:
            side = int(max(height, width) * (0.9 * free / needed) ** 0.5) // 16 * 16
            raise PictureError(
                f"{width}×{height} pixels need about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB "
                f"are free: choose a size of at most {side}."
            )


def _named(layers: tuple[str, ...]) -> Layers:
    return tuple((layer, 1.0) for layer in layers)
