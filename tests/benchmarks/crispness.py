"""How crisp the strokes are and how much of the content is kept, beside G'MIC's stylize.

    python -m tests.benchmarks.crispness [--size 512] [--recipe crisp] [--save FOLDER]

For each pair of the sample pictures:

- ``patch``: mean distance (root mean square of a value) of 7×7 patches of the result to the nearest
  patch of the style, over places drawn at random; less is crisper;
- ``edges``: correlation of the result's edges (Sobel, on luma) with the content's; more is kept;
- ``detail``: the result's fine detail (spread of the Laplacian) as a part of the style's.

The last line is the least ratio of our edge correlation to G'MIC's; where G'MIC's is below 0.05 it
counts as that.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

import gramarye
from gramarye import samples

from .. import gmic
from .turns import arguments, machine

PAIRS = (
    ("lakeside", "flow"),
    ("lakeside", "glass"),
    ("portrait", "woodcut"),
    ("portrait", "mosaic"),
    ("cup", "brush"),
    ("cup", "watercolour"),
)
PLACES = 2000
LEAST_EDGES = 0.05


def patch_distance(result: Tensor, style: Tensor) -> float:
    """Mean distance of patches of ``result`` ``(3, h, w)`` to their nearest in ``style``."""
    generator = torch.Generator().manual_seed(0)
    windows = result.unfold(1, 7, 1).unfold(2, 7, 1)
    rows, columns = (torch.randint(n, (PLACES,), generator=generator) for n in windows.shape[1:3])
    wanted = windows[:, rows, columns].transpose(0, 1).reshape(PLACES, -1)
    there = style.unfold(1, 7, 1).unfold(2, 7, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
    nearest = torch.full((PLACES,), float("inf"))
    for part in there.split(1 << 15):
        distances = torch.cdist(wanted, part.flatten(1))
        nearest = torch.minimum(nearest, distances.amin(1))
    return float(nearest.mean()) / 147**0.5


def edge_correlation(result: Tensor, content: Tensor) -> float:
    """Pearson's correlation of the two pictures' edges."""
    both = torch.stack([_edges(result).flatten(), _edges(content).flatten()])
    return float(torch.corrcoef(both)[0, 1])


def detail(picture: Tensor) -> float:
    """The spread of the Laplacian of the luma."""
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    return float(F.conv2d(_luma(picture), kernel[None, None]).std())


def _edges(picture: Tensor) -> Tensor:
    sobel = torch.tensor([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    across, down = (F.conv2d(_luma(picture), k[None, None]) for k in (sobel, sobel.T))
    return (across.square() + down.square()).sqrt()


def _luma(picture: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114])[:, None, None]
    return (picture * weights).sum(0)[None, None]


def _tensor(picture: Image.Image, size: tuple[int, int] | None = None) -> Tensor:
    picture = picture.convert("RGB")
    if size is not None and picture.size != size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return torch.from_numpy(np.asarray(picture, dtype=np.float32) / 255).permute(2, 0, 1)


def measured(result: Image.Image, content: Image.Image, style: Image.Image) -> dict[str, float]:
    """All three figures of one result."""
    picture, like = _tensor(result, content.size), _tensor(style)
    return {
        "patch": patch_distance(picture, like),
        "edges": edge_correlation(picture, _tensor(content)),
        "detail": detail(picture) / detail(like),
    }


def main() -> None:
    """Print the table; see the module."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--recipe", default="crisp")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="keep the pictures here")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    told, ratios = [], []
    print(f"{options.size} px, {machine()}\n")
    print(f"{'pair':24} {'':8} {'seconds':>8} {'patch':>8} {'edges':>7} {'detail':>7}")
    for scene, painting in PAIRS:
        content = samples.content(scene, options.size)
        style = samples.painting(painting, options.size)
        sides = {}
        for name in ("G'MIC", options.recipe):
            began = time.perf_counter()
            if name == "G'MIC":
                result = gmic.stylize(content, style)
            else:
                painted = gramarye.stylize(
                    content, style, recipe=name, features="builtin", threads=options.threads
                )
                result = painted.image
            seconds = time.perf_counter() - began
            sides[name] = {"seconds": seconds, **measured(result, content, style)}
            figures = sides[name]
            print(
                f"{f'{scene}, {painting}':24} {name:8} {seconds:8.1f} {figures['patch']:8.4f} "
                f"{figures['edges']:7.3f} {figures['detail']:7.2f}",
                flush=True,
            )
            if options.save:
                options.save.mkdir(parents=True, exist_ok=True)
                short = "gmic" if name == "G'MIC" else name
                result.save(options.save / f"{scene}-{painting}-{short}.png")
        ratios.append(
            max(sides[options.recipe]["edges"], 0) / max(sides["G'MIC"]["edges"], LEAST_EDGES)
        )
        told.append({"pair": [scene, painting], **sides})
    if options.json:
        facts = {"machine": machine(), "pairs": told}
        options.json.write_text(json.dumps(facts, indent=1) + "\n")
    print(f"\nratio: {min(ratios):.3f}")


if __name__ == "__main__":
    main()
