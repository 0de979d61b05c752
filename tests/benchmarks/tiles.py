"""What tiles cost: an evaluation of a canvas in tiles, beside the same one of the canvas whole."""

from __future__ import annotations

import torch

from gramarye.engine.recipe import Precision
from gramarye.engine.tiles.layout import Layout

from . import opponents
from .baseline import load_state
from .pictures import pair
from .turns import arguments, in_turns, report, seconds


def main() -> None:
    """Measure the whole canvas, and tiles that keep all, one, or nothing of the first pass."""
    parser = arguments(__doc__, rounds=3)
    opponents.add_arguments(parser, size=1024)
    parser.add_argument("--core", type=int, default=512, help="side of a tile's core")
    parser.add_argument("--precision", default="auto")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    content, style = pair(args.size)
    state = load_state(args.weights, args.network)
    count = (-(-args.size // args.core)) ** 2
    precision: Precision = args.precision
    layouts = {
        "whole": Layout(),
        "tiles, all kept": Layout(args.core, count),
        "tiles, one kept": Layout(args.core, 1),
        "tiles, looked at twice": Layout(args.core),
    }
    sides = {
        name: opponents.engine(content, style, state, args, precision, layout)
        for name, layout in layouts.items()
    }
    start = (content + 0.05 * torch.randn_like(content)).clamp(0, 1).to(args.device)
    figures = in_turns(
        {name: lambda f=f: seconds(lambda: f(start), args.device) for name, f in sides.items()},
        args.rounds,
    )
    values = {name: f(start) for name, f in sides.items()}
    loss, gradient = values["whole"]
    facts = {
        "network": args.network,
        "size": args.size,
        "core": args.core,
        "loss off by": f"{max(abs(one / loss - 1) for one, _ in values.values()):.1e}",
        "gradient off by": max(
            f"{float((g - gradient).norm() / gradient.norm()):.1e}" for _, g in values.values()
        ),
    }
    report("An evaluation in tiles", "s", figures, facts, args.json)


if __name__ == "__main__":
    main()
