"""A frozen 3×3 convolution both ways, by the quickest means that the device has.

The way back through a convolution with padding 1 is a convolution too, with its filters flipped and
their inputs and outputs exchanged. Both are prepared once, as nothing here is ever trained.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from .winograd import Winograd, Workspace

_ONES, _ZEROS = [1, 1], [0, 0]
FEWEST_FILTERS = 64 * 128
"""Inputs times outputs; with fewer, the transforms cost about what the products save, or more."""
FEWEST_POSITIONS = 256
"""Of fewer, reading four times the filters costs more than their products save."""

_Pass = Callable[[Tensor, bool], Tensor]
"""``(x, rectify)`` → the convolution with its bias, and rectified if asked for."""


class Convolution:
    """``x`` ``(1, in, H, W)``, channels last → ``(1, out, H, W)``, channels last, and back.

    Args:
        weight: ``(out, in, 3, 3)`` and bias: ``(out,)``, on their device and of their dtype.
        workspace: compute with Winograd's products where that pays; ``None``: the plain sums.
    """

    def __init__(self, weight: Tensor, bias: Tensor, workspace: Workspace | None = None) -> None:
        turned = weight.flip(2, 3).transpose(0, 1)
        self._forth, self._back = (
            _prepared(filters, offset, workspace)
            for filters, offset in ((weight, bias), (turned, None))
        )

    def forward(self, x: Tensor, rectify: bool) -> Tensor:
        """The convolution, and what the rectifier makes of it if ``rectify``."""
        return self._forth(x, rectify)

    def backward(self, gradient: Tensor) -> Tensor:
        """∂loss/∂x from ∂loss/∂(the convolution), which may be overwritten."""
        return self._back(gradient, False)


def _prepared(weight: Tensor, bias: Tensor | None, workspace: Workspace | None) -> _Pass:
    outputs, inputs = weight.shape[:2]
    if workspace is not None and inputs * outputs >= FEWEST_FILTERS:
        return _strips(Winograd(weight, workspace), outputs, bias, _plain(weight, bias))
    weight = weight.contiguous(memory_format=torch.channels_last)
    if weight.device.type == "cpu" and onednn_fuses(weight.dtype):
        return _onednn(weight, bias)
    if weight.device.type == "cuda" and cudnn_fuses(weight.dtype):
        return _cudnn(weight, bias)
    return _plain(weight, bias)


def _plain(weight: Tensor, bias: Tensor | None) -> _Pass:
    def convolve(x: Tensor, rectify: bool) -> Tensor:
        y = F.conv2d(x, weight, bias, padding=1)
        return y.relu_() if rectify else y

    return convolve


def _strips(winograd: Winograd, outputs: int, bias: Tensor | None, small: _Pass) -> _Pass:
    def convolve(x: Tensor, rectify: bool) -> Tensor:
        if x.shape[2] * x.shape[3] < FEWEST_POSITIONS:
            return small(x, rectify)
        pixels = x[0].permute(1, 2, 0).contiguous()
        # A gradient is nobody else's: where it has the result's shape it gives its memory too.
        reuse = bias is None and pixels.shape[2] == outputs
        y = pixels if reuse else pixels.new_empty(*pixels.shape[:2], outputs)
        winograd(pixels, y, bias, rectify)
        return y.permute(2, 0, 1)[None]

    return convolve


def _onednn(weight: Tensor, bias: Tensor | None) -> _Pass:
    """Filters in the order that oneDNN reads, bias and rectifier in the convolution's own loop."""
    packed = torch.ops.mkldnn._reorder_convolution_weight(weight, _ONES, _ONES, _ONES, 1)

    def convolve(x: Tensor, rectify: bool) -> Tensor:
        attribute = "relu" if rectify else "none"
        return torch.ops.mkldnn._convolution_pointwise(
            x, packed, bias, _ONES, _ONES, _ONES, 1, attribute, [], None
        )

    return convolve


def _cudnn(weight: Tensor, bias: Tensor | None) -> _Pass:
    plain = _plain(weight, bias)

    def convolve(x: Tensor, rectify: bool) -> Tensor:
        if not rectify:
            return plain(x, False)
        return torch.cudnn_convolution_relu(x, weight, bias, _ONES, _ONES, _ONES, 1)

    return convolve


@lru_cache
def onednn_fuses(dtype: torch.dtype) -> bool:
    """Whether this torch has the private operators of :func:`_onednn`, and they are right."""
    return dtype in (torch.float32, torch.bfloat16) and _agrees(_onednn, dtype, "cpu")


@lru_cache
def cudnn_fuses(dtype: torch.dtype) -> bool:
    """Whether this torch and GPU have cuDNN's convolution with a rectifier, and it is right."""
    return torch.version.cuda is not None and _agrees(_cudnn, dtype, "cuda")


def _agrees(prepare: Callable[[Tensor, Tensor | None], _Pass], dtype: torch.dtype, device: str):
    """Whether a prepared convolution does what the plain one does, at all."""
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (
        torch.randn(shape, generator=generator).to(device, dtype)
        for shape in ((1, 8, 6, 5), (16, 8, 3, 3), (16,))
    )
    x, weight = (one.contiguous(memory_format=torch.channels_last) for one in (x, weight))
    try:
        got = prepare(weight, bias)(x, True)
    except (RuntimeError, AttributeError, NotImplementedError, TypeError):
        return False  # not in this torch, or not for this processor
    wanted = _plain(weight, bias)(x, True)
    return got.shape == wanted.shape and bool(torch.allclose(got, wanted, rtol=0.02, atol=0.05))
