"""The content's features, tile by tile: kept, or made anew where that is cheaper than keeping.

VGG's deep features cost a pass through all layers before them and are few; the built-in features
cost one small convolution and are many: eight times the bytes of the picture itself.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

from torch import Tensor

from ..features import Extractor
from ..recipe import Distance
from ..statistics import Content, Spread
from ..statistics.base import whole
from .grid import Tile
from .shelf import Shelf


class ContentTargets:
    """Targets of the content loss at each tile.

    Args:
        spreads: layer → the variance of the content's features there.
        channels: layer → how many there are.
        planes: layer → features ``(C, h, w)`` of the whole canvas where they are kept.
        levels: the content's pictures that tiles read of, where they are not.
    """

    def __init__(
        self,
        spreads: Mapping[str, Spread],
        channels: Mapping[str, Tensor],
        planes: Mapping[str, Tensor],
        levels: Sequence[Tensor],
    ) -> None:
        self._spreads = spreads
        self._nothing = channels
        self._planes = planes
        self._levels = levels

    def statistic(self, layer: str, distance: Distance, relative: bool) -> Content:
        """The loss at a layer; its target is given to it anew for each tile."""
        return Content(self._nothing[layer], self._spreads[layer].scale(relative), distance)

    def at(self, tile: Tile, extractor: Extractor) -> dict[str, Tensor]:
        """Layer → the target at the tile's own positions."""
        if self._planes:
            kept = tile.positions.keys() & self._planes.keys()
            return {layer: tile.positions[layer].of(self._planes[layer]) for layer in kept}
        wanted = tile.positions.keys() & self._spreads.keys()
        if not wanted:
            return {}
        part = tile.extent.of(self._levels[tile.level])
        taps = extractor.look(tile, part, remember=False).taps
        return {layer: taps[layer] for layer in wanted}


def content_targets(
    extractor: Extractor,
    content: Tensor,
    tiles: Sequence[Tile],
    layers: Sequence[str],
    shelf: Shelf,
) -> Generator[None, None, ContentTargets]:
    """Look at the content once, ``(3, H, W)``, and keep what is to be kept; yields after a tile."""
    levels = extractor.levels(content)
    height, width = content.shape[1:]
    spreads = {layer: Spread() for layer in layers}
    nothing: dict[str, Tensor] = {}
    planes: dict[str, Tensor] = {}
    for tile in tiles:
        if not tile.positions.keys() & spreads.keys():
            continue
        taps = extractor.look(tile, tile.extent.of(levels[tile.level]), remember=False).taps
        for layer in taps.keys() & spreads.keys():
            features = whole(taps[layer])
            spreads[layer].add(features)
            nothing[layer] = features[:, :0, :0]
            if extractor.keeps_content:
                if layer not in planes:
                    size = extractor.size(layer, height, width)
                    planes[layer] = shelf.empty(len(features), *size, like=content, of=features)
                tile.positions[layer].of(planes[layer]).copy_(features)
        yield
    return ContentTargets(spreads, nothing, planes, levels)
