"""The layers of a frozen network, each with its own way back to its input.

There is no autograd here: a layer says what its backward pass needs and nothing else is kept. That
is little, as no filter is ever trained: of a rectifier where it let through, of a pooling which
position it took.

Features are ``(1, C, H, W)``, channels last.
"""

from __future__ import annotations

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from .convolution import Convolution
from .tiles.box import Box

Memory = Tensor | torch.Size | tuple[Tensor, torch.Size] | None
"""What a layer needs for its way back."""


class Layer(Protocol):
    """One layer, or a convolution and its rectifier together; ``name`` is of its output."""

    name: str

    def forward(self, x: Tensor, remember: bool, tapped: bool) -> tuple[Tensor, Memory]:
        """Its output, and with ``remember`` what :meth:`backward` needs.

        A ``tapped`` output is kept until then anyway.
        """
        ...

    def backward(self, gradient: Tensor, memory: Memory) -> Tensor:
        """∂loss/∂input from ∂loss/∂output, which may be overwritten."""
        ...


class Convolve:
    """A convolution, with its rectifier if ``rectify``."""

    def __init__(self, name: str, convolution: Convolution, rectify: bool) -> None:
        self.name = name
        self._convolution = convolution
        self._rectify = rectify

    def forward(self, x: Tensor, remember: bool, tapped: bool) -> tuple[Tensor, Memory]:
        """See :class:`Layer`."""
        y = self._convolution.forward(x, self._rectify)
        return y, _passed(y, tapped) if remember and self._rectify else None

    def backward(self, gradient: Tensor, memory: Memory) -> Tensor:
        """See :class:`Layer`."""
        if self._rectify:
            _block(gradient, memory)
        return self._convolution.backward(gradient)


class Rectify:
    """A rectifier whose input is a tap, and so must outlive it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def forward(self, x: Tensor, remember: bool, tapped: bool) -> tuple[Tensor, Memory]:
        """See :class:`Layer`."""
        y = F.relu(x)
        return y, _passed(y, tapped) if remember else None

    def backward(self, gradient: Tensor, memory: Memory) -> Tensor:
        """See :class:`Layer`."""
        return _block(gradient, memory)


class AveragePool:
    """The mean of 2×2 positions; an odd last row or column is in no mean."""

    def __init__(self, name: str) -> None:
        self.name = name

    def forward(self, x: Tensor, remember: bool, tapped: bool) -> tuple[Tensor, Memory]:  # noqa: ARG002
        """See :class:`Layer`."""
        return F.avg_pool2d(x, 2), x.shape

    def backward(self, gradient: Tensor, memory: Memory) -> Tensor:
        """A quarter to each position."""
        assert isinstance(memory, torch.Size)
        height, width = gradient.shape[2:]
        spread = torch.empty(
            memory,
            dtype=gradient.dtype,
            device=gradient.device,
            memory_format=torch.channels_last,
        )
        spread[:, :, 2 * height :] = 0
        spread[:, :, :, 2 * width :] = 0
        places = spread[:, :, : 2 * height, : 2 * width]
        places = places.unflatten(3, (width, 2)).unflatten(2, (height, 2))
        places.copy_(gradient.mul_(0.25)[:, :, :, None, :, None])
        return spread


class MaxPool:
    """The largest of 2×2 positions; of equals the first."""

    def __init__(self, name: str) -> None:
        self.name = name

    def forward(self, x: Tensor, remember: bool, tapped: bool) -> tuple[Tensor, Memory]:  # noqa: ARG002
        """See :class:`Layer`."""
        if not remember:
            return F.max_pool2d(x, 2), None
        y, places = F.max_pool2d(x, 2, return_indices=True)
        return y, (places, x.shape)

    def backward(self, gradient: Tensor, memory: Memory) -> Tensor:
        """All of it to the position that was taken."""
        assert isinstance(memory, tuple)
        assert not isinstance(memory, torch.Size)
        places, shape = memory
        return F.max_unpool2d(gradient, places, [2, 2], output_size=list(shape[2:]))


class Crop:
    """The positions that a tile's next block needs; nothing comes back from the others."""

    name = "crop"

    def __init__(self, box: Box) -> None:
        self._box = box

    def forward(self, x: Tensor, remember: bool, tapped: bool) -> tuple[Tensor, Memory]:  # noqa: ARG002
        """See :class:`Layer`."""
        return self._box.of(x).contiguous(memory_format=torch.channels_last), x.shape

    def backward(self, gradient: Tensor, memory: Memory) -> Tensor:
        """See :class:`Layer`."""
        assert isinstance(memory, torch.Size)
        channels, height, width = memory[1:]
        spread = gradient.new_zeros(1, height, width, channels).permute(0, 3, 1, 2)
        self._box.of(spread).copy_(gradient)
        return spread


def _passed(y: Tensor, tapped: bool) -> Tensor:
    """Where a rectifier let through: a byte each, or the output itself if it is kept anyway."""
    return y if tapped else y > 0


def _block(gradient: Tensor, memory: Memory) -> Tensor:
    """Nothing comes back, in place, where nothing was let through."""
    assert isinstance(memory, Tensor)
    if memory.dtype == torch.bool:
        return gradient.mul_(memory)
    return torch.ops.aten.threshold_backward.grad_input(gradient, memory, 0, grad_input=gradient)
