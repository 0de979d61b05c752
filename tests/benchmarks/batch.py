"""Whether several small jobs are quicker as one batch than one after the other.

Only the convolutions are compared, there and back: they take nearly all of a step, and a Gram
matrix is each job's own in any case. The last column says whether a job's bits are the same with
and without companions, which a batch would have to keep.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .baseline import load_state
from .turns import arguments, in_turns, report, seconds


def main() -> None:
    """Measure some jobs in turn, and the same jobs as a batch."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=96, help="side of each square canvas")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    state = load_state(None, "vgg19")
    weights = [one.to(args.device) for name, one in state.items() if name.endswith("weight")][:13]
    generator = torch.Generator().manual_seed(0)
    shape = (args.jobs, 3, args.size, args.size)
    pictures = torch.rand(shape, generator=generator).to(args.device)
    singles = pictures.split(1)
    sides = {
        "one after the other": lambda: [_there_and_back(one, weights) for one in singles],
        "as a batch": lambda: _there_and_back(pictures, weights),
    }
    figures = in_turns(
        {name: lambda w=w: seconds(w, args.device) for name, w in sides.items()}, args.rounds
    )
    alone = torch.cat([_there_and_back(one, weights) for one in singles])
    together = _there_and_back(pictures, weights)
    facts = {
        "jobs": args.jobs,
        "size": args.size,
        "same bits": torch.equal(alone, together),
        "off by": f"{float((alone - together).norm() / alone.norm()):.1e}",
    }
    report(f"{args.jobs} small jobs", "s", figures, facts, args.json)


def _there_and_back(pixels: Tensor, weights: list[Tensor]) -> Tensor:
    """Through VGG-19's convolutions with pooling in between, and back from the last."""
    pools = {1, 3, 7, 11}  # the convolutions that end a block
    x = pixels.contiguous(memory_format=torch.channels_last)
    passed: list[Tensor] = []
    with torch.no_grad():
        for index, weight in enumerate(weights):
            x = F.conv2d(x, weight, padding=1).relu_()
            passed.append(x)
            x = F.avg_pool2d(x, 2) if index in pools else x
        gradient = x
        for index, weight in reversed(list(enumerate(weights))):
            if index in pools:
                gradient = F.interpolate(gradient, size=passed[index].shape[2:]) / 4
            gradient = torch.ops.aten.threshold_backward(gradient, passed[index], 0)
            gradient = F.conv_transpose2d(gradient, weight, padding=1)
    return gradient


if __name__ == "__main__":
    main()
