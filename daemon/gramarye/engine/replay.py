"""A computation recorded once and replayed as a whole: CUDA graphs.

At small sizes a GPU waits for the processor to launch hundreds of kernels; replaying launches them
at once. Everything lies where it lay when it was recorded, so values go in and out by copies.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Computation = Callable[[Tensor], tuple[Tensor, ...]]
_WARM_UPS = 3


class Replay:
    """A computation over a buffer of its own; without a GPU it is computed anew each time.

    Args:
        compute: a pure function of one tensor that never waits for the device.
        like: a tensor of the shape, type and device that it will be given.

    Raises:
        RuntimeError: the GPU cannot record it.
    """

    def __init__(self, compute: Computation, like: Tensor) -> None:
        self._compute = compute
        self._input = like.detach().clone()
        self._graph: torch.cuda.CUDAGraph | None = None
        self._outputs: tuple[Tensor, ...] = ()
        if like.device.type == "cuda":
            self._record()

    def _record(self) -> None:
        # Libraries choose their algorithms and take their workspaces in the first calls, which must
        # not be recorded, nor run on the stream that records.
        with torch.cuda.device(self._input.device):
            stream = torch.cuda.Stream()
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                for _ in range(_WARM_UPS):
                    self._compute(self._input)
            torch.cuda.current_stream().wait_stream(stream)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                self._outputs = self._compute(self._input)
            self._graph = graph

    def __call__(self, values: Tensor) -> tuple[Tensor, ...]:
        """The computation of these values; its results are the caller's to keep."""
        self._input.copy_(values)
        if self._graph is None:
            return self._compute(self._input)
        self._graph.replay()
        return tuple(output.clone() for output in self._outputs)
