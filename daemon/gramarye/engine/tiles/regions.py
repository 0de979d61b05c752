"""Which positions of each block of a VGG a tile needs: the halo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .box import Box

_FAR = 1 << 20


def blocks_of(names: Sequence[str]) -> list[list[str]]:
    """Layer names in order, cut after each pooling."""
    blocks: list[list[str]] = [[]]
    for name in names:
        blocks[-1].append(name)
        if name.startswith("pool"):
            blocks.append([])
    return [block for block in blocks if block]


def vgg_regions(
    names: Sequence[str], positions: Mapping[str, Box], canvas: tuple[int, int]
) -> tuple[Box, ...]:
    """What each block must compute so that all ``positions`` (layer → box) are exact.

    From the last layer backwards. A 3×3 convolution needs one more position on each side of what is
    wanted of it, a pooling twice the coordinates, and a tap adds its own positions to what is
    wanted. All of a block is computed over the region of its first convolution, grown to even
    coordinates so that its pooling takes the same 2×2 cells as on the whole canvas; the next block
    computes only what it needs itself of the pooling's output. At a region's edge inside the canvas
    each convolution pads with zeros and spoils one more position, never one that is wanted; at the
    canvas' border the region ends where the canvas does, and the padding is right.

    The way back is exact over the same regions: a loss at the wanted positions has no gradient at
    any other position than those that the wanted ones are computed from.

    For VGG-19 the first block's region is beyond the core by 1 (relu1_1), 4 (relu2_1), 10
    (relu3_1), 30 (relu4_1), 38 (relu4_2) and 70 pixels (relu5_1): what these layers see. VGG-16's
    see 26 (relu4_1) and 58 pixels (relu5_1), and its blocks of three convolutions make the evening
    add to that: 30 and 70.

    Args:
        names: all layers in order up to the last tap.
        positions: none is empty; only layers of ``names``.
        canvas: height and width of the picture.

    Returns:
        A box for each block up to the last one needed, in the coordinates of its input.
    """
    blocks = blocks_of(names)
    sizes = [(canvas[0] >> depth, canvas[1] >> depth) for depth in range(len(blocks))]
    regions: list[Box] = []
    wanted: Box | None = None
    for depth, block in reversed(list(enumerate(blocks))):
        size = sizes[depth]
        pooled = block[-1].startswith("pool")
        if pooled:
            tapped = positions.get(block[-1])
            wanted = wanted if tapped is None else tapped.joined(wanted)
            through = wanted is not None
            wanted = None if wanted is None else wanted.doubled(*size)
        else:
            through = False
        for name in reversed(block[:-1] if pooled else block):
            if name in positions:
                wanted = positions[name].joined(wanted)
            if wanted is not None and name.startswith("conv"):
                wanted = wanted.grown(1, *size)
        if wanted is not None:
            wanted = wanted.evened(*size) if through else wanted
            regions.append(wanted)
    return tuple(reversed(regions))


def halo_and_alignment(names: Sequence[str]) -> tuple[int, int]:
    """How far a tile reads beyond its core, and what its origin must be a multiple of, in pixels.

    Args:
        names: all layers in order up to the last tap, whose positions are what is wanted.
    """
    alignment = 2 ** sum(name.startswith("pool") for name in names)
    core = Box(_FAR, _FAR + alignment, _FAR, _FAR + alignment)
    last = Box(*(side // alignment for side in (core.top, core.bottom, core.left, core.right)))
    extent = vgg_regions(names, {names[-1]: last}, (2 * _FAR, 2 * _FAR))[0]
    return core.top - extent.top, alignment
