"""Adam (Kingma & Ba 2015, algorithm 1), asked and told."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor


class Adam:
    """First-order steps of about ``rate`` a pixel value.

    With ``averaging`` the result is an exponential moving average of the iterates with that decay
    (bias-corrected as the moments are; Polyak & Juditsky 1992 for averaging as such): the noise of
    single steps cancels out.
    """

    def __init__(
        self,
        start: Tensor,
        rate: float = 0.02,
        betas: tuple[float, float] = (0.9, 0.99),
        epsilon: float = 1e-8,
        averaging: float = 0.0,
    ) -> None:
        self._averaging = averaging
        self._average = torch.zeros_like(start)
        self._rate = rate
        self._betas = betas
        self._epsilon = epsilon
        self._point = start.detach().clone()
        self._mean = torch.zeros_like(start)
        self._square = torch.zeros_like(start)
        self._steps = 0
        self._best = self._point
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
        if loss < self._lowest:
            self._best, self._lowest = self._point, loss
        self._average = torch.lerp(self._point, self._average, self._averaging)
        first, second = self._betas
        self._steps += 1
        self._mean = first * self._mean + (1 - first) * gradient
        self._square = second * self._square + (1 - second) * gradient.square()
        mean = self._mean / (1 - first**self._steps)
        square = self._square / (1 - second**self._steps)
        self._point = self._point - self._rate * mean / (square.sqrt() + self._epsilon)

    def best(self) -> Tensor:
        """The average if there is one; else the told point of the lowest loss."""
        if self._averaging and self._steps:
            return self._average / (1 - self._averaging**self._steps)
        return self._best

    def renew(self) -> None:
        """Keeps the moments and the average; goes on from the told point of the lowest loss."""
        self._point = self._best
        self._lowest = math.inf

    def state_dict(self) -> dict[str, Any]:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`."""
        return {
            "point": self._point,
            "mean": self._mean,
            "square": self._square,
            "steps": self._steps,
            "best": self._best,
            "lowest": self._lowest,
            "average": self._average,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`."""
        self._point, self._mean = state["point"], state["mean"]
        self._square, self._steps = state["square"], state["steps"]
        self._best, self._lowest = state["best"], state["lowest"]
        self._average = state["average"]
