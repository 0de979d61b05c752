"""What an evaluation of loss and gradient takes of memory, beside the plain implementation's.

Each side runs in a process of its own. Its peak is sampled from the operating system while it
evaluates; the closure's own part is that less what was there before, networks and targets included.
On a GPU the device's own allocator counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch

from . import opponents
from .baseline import load_state
from .pictures import pair
from .sampling import Sampling
from .turns import arguments, in_turns, report

SIDES = ("plain", "engine", "engine, exact")
EVALUATIONS = 1
_PAGE = 4096


def main() -> None:
    """Measure each side in fresh processes, in turns."""
    parser = arguments(__doc__, rounds=1)
    opponents.add_arguments(parser, size=1024)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.side is not None:
        print(json.dumps(measure(args)))
        return
    told = {side: [] for side in SIDES}

    def fresh(side: str) -> float:
        words = [sys.executable, "-m", __spec__.name if __spec__ else __name__, "--side", side]
        for name in ("size", "threads", "network", "pooling", "device", "weights"):
            value = getattr(args, name)
            words += [] if value is None else [f"--{name}", str(value)]
        output = subprocess.run(words, check=True, capture_output=True, text=True).stdout
        told[side].append(json.loads(output))
        return told[side][-1]["closure"] / 1e6

    figures = in_turns({side: lambda side=side: fresh(side) for side in SIDES}, args.rounds, 0)
    facts = {
        "network": args.network,
        "pooling": args.pooling,
        "size": args.size,
        "whole process, MB": {side: round(told[side][-1]["process"] / 1e6) for side in SIDES},
        "bytes a pixel": {side: round(told[side][-1]["closure"] / args.size**2) for side in SIDES},
    }
    report("Peak memory of an evaluation", "MB", figures, facts, args.json)


def measure(args: argparse.Namespace) -> dict[str, int]:
    """In bytes: the process at its peak, and what of that the evaluation took."""
    content, style = pair(args.size)
    state = load_state(args.weights, args.network)
    if args.side == "plain":
        evaluate = opponents.plain(content, style, state, args)
    else:
        precision = "exact" if args.side.endswith("exact") else "auto"
        evaluate = opponents.engine(content, style, state, args, precision)
    start = content.to(args.device)
    if torch.device(args.device).type == "cuda":
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        evaluate(start)
        return {
            "process": torch.cuda.max_memory_reserved(),
            "closure": torch.cuda.max_memory_allocated() - before,
        }
    before = _resident()
    with Sampling(lambda: {"resident": _resident()}, 0.002) as sampling:
        for _ in range(EVALUATIONS):
            evaluate(start)
    peak = sampling.peaks["resident"]
    return {"process": peak, "closure": peak - before}


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


if __name__ == "__main__":
    main()
