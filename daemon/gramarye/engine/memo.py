"""The targets of styles, kept from job to job."""

from __future__ import annotations

from dataclasses import dataclass

from .cache import Cache, name_of
from .canvas import Style
from .features import Extractor
from .recipe import Recipe
from .statistics import Statistic
from .statistics.base import tensors_of


@dataclass(frozen=True)
class Memo:
    """What is known of styles with certain features.

    ``made_with`` says what decides the bits of features beside the layers in use: the filters,
    their precision, the device and its threads.
    """

    cache: Cache
    made_with: str

    def name(
        self,
        extractor: Extractor,
        style: Style,
        recipe: Recipe,
        layers: list[str],
        core: int | None,
    ) -> str:
        """What a style's targets are kept under: a digest of all that decides them."""
        asked = recipe.style
        decides = (asked.statistic, asked.distance, asked.augment, recipe.relative, core)
        words = f"{self.made_with} {extractor.layers} {layers} {decides}"
        return name_of(words, (style.picture.colour, style.picture.alpha, style.mask))

    def found(self, name: str) -> dict[str, Statistic] | None:
        """A style's targets by layer, if they are still there."""
        return self.cache.get(name)

    def keep(self, name: str, statistics: dict[str, Statistic]) -> None:
        """Keep a style's targets."""
        tensors = [one for each in statistics.values() for one in tensors_of(each).values()]
        self.cache.put(name, statistics, sum(one.numel() * one.element_size() for one in tensors))
