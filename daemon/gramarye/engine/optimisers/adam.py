"""Adam (Kingma & Ba 2015, algorithm 1), asked and told."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

_BLOCK = 1 << 20
"""Numbers that are stepped at a time, so that nothing of the picture's size is made on the way."""


class Adam:
    """First-order steps of about ``rate`` a pixel value.

    With ``averaging`` the result is an exponential moving average of the iterates with that decay
    (bias-corrected as the moments are; Polyak & Juditsky 1992 for averaging as such): the noise of
    single steps cancels out. Without it the result is the told point of the lowest loss.

    It keeps four pictures: the point, two moments, and the average or the best point; in float32
    48 bytes a pixel.

    Args:
        start: the first point.
        copied: makes each of the four, from the start; they are then changed in place.
    """

    def __init__(
        self,
        start: Tensor,
        rate: float = 0.02,
        betas: tuple[float, float] = (0.9, 0.99),
        epsilon: float = 1e-8,
        averaging: float = 0.0,
        copied: Callable[[Tensor], Tensor] = torch.clone,
    ) -> None:
        self._averaging = averaging
        self._rate = rate
        self._betas = betas
        self._epsilon = epsilon
        start = start.detach()
        self._point = copied(start)
        self._mean = copied(start).zero_()
        self._square = copied(start).zero_()
        self._result = copied(start)
        if averaging:
            self._result.zero_()
        self._steps = 0
        self._lowest = math.inf

    @property
    def converged(self) -> bool:
        """Never: Adam wanders on."""
        return False

    def ask(self) -> Tensor:
        """The current iterate."""
        return self._point

    def tell(self, loss: float, gradient: Tensor) -> None:
        """One step along the bias-corrected moments."""
        better, self._lowest = loss < self._lowest, min(loss, self._lowest)
        first, second = self._betas
        self._steps += 1
        scale = self._rate / (1 - first**self._steps)
        widening = 1 / (1 - second**self._steps)
        planes = (self._point, self._mean, self._square, self._result, gradient)
        blocks = (plane.view(-1).split(_BLOCK) for plane in planes)
        for point, mean, square, result, slope in zip(*blocks, strict=True):
            if self._averaging:
                result.lerp_(point, 1 - self._averaging)
            elif better:
                result.copy_(point)
            mean.lerp_(slope, 1 - first)
            square.mul_(second).addcmul_(slope, slope, value=1 - second)
            deviation = (widening * square).sqrt_().add_(self._epsilon)
            point.addcdiv_(mean, deviation, value=-scale)

    def best(self) -> Tensor:
        """The average if there is one; else the told point of the lowest loss."""
        if not self._steps:
            return self._point
        if self._averaging:
            return self._result / (1 - self._averaging**self._steps)
        return self._result

    def state_dict(self) -> dict[str, Any]:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`; the tensors are its own."""
        return {
            "point": self._point,
            "mean": self._mean,
            "square": self._square,
            "result": self._result,
            "steps": self._steps,
            "lowest": self._lowest,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`."""
        for name in ("point", "mean", "square", "result"):
            plane = getattr(self, f"_{name}")
            if state[name].shape != plane.shape:
                raise ValueError("a state of another size")
            plane.copy_(state[name])
        self._steps, self._lowest = state["steps"], state["lowest"]
