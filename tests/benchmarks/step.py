"""How long one evaluation of loss and gradient takes, beside the plain implementation's."""

from __future__ import annotations

import torch

from . import opponents
from .baseline import load_state
from .pictures import pair
from .turns import arguments, in_turns, report, seconds


def main() -> None:
    """Measure the baseline, the engine's own choice, and its exact float32, in turns."""
    parser = arguments(__doc__)
    opponents.add_arguments(parser, size=512)
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    content, style = pair(args.size)
    state = load_state(args.weights, args.network)
    sides = {
        "plain": opponents.plain(content, style, state, args),
        "engine": opponents.engine(content, style, state, args, "auto"),
        "engine, exact": opponents.engine(content, style, state, args, "exact"),
    }
    start = (content + 0.05 * torch.randn_like(content)).clamp(0, 1).to(args.device)
    figures = in_turns(
        {
            name: lambda f=f: seconds(lambda: f(start), args.device, args.clock)
            for name, f in sides.items()
        },
        args.rounds,
    )
    losses = {name: f"{evaluate(start)[0]:.6g}" for name, evaluate in sides.items()}
    facts = {
        "network": args.network,
        "pooling": args.pooling,
        "size": args.size,
        "clock": args.clock,
        "loss": losses,
    }
    report("One evaluation of loss and gradient", "s", figures, facts, args.json)


if __name__ == "__main__":
    main()
