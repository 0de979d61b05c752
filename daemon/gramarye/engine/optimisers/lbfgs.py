"""L-BFGS (Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4), asked and told."""

from __future__ import annotations

from collections import deque
from typing import Any

import torch
from torch import Tensor

from .linesearch import LineSearch, Trial, pack, unpack
from .precondition import Preconditioner

HISTORY = 12
"""Pairs kept: each costs 24 bytes a pixel in float32, and more than 10 to 20 gain little."""

FIRST_MOVE = 0.01
"""Root mean square of the first step, before any curvature is known; pixels run from 0 to 1.

A first step from the gradient's own size would be far below float32's resolution of the loss, and
the curvature measured over it noise.
"""


PLATEAU_WINDOW = 10
"""Evaluations over which a plateau is judged: a line search may need several to go on."""


class Lbfgs:
    """Quasi-Newton steps under a strong Wolfe search; the loss never rises from step to step.

    Args:
        start: the first point, of any shape that ``precondition`` takes.
        history: pairs of displacement and change of gradient that are kept.
        first_move: root mean square of the first step.
        precondition: the first guess of the inverse Hessian, up to a factor that the latest pair
            gives (for none: the identity; Nocedal & Wright 2006, eq. 7.20 in its norm).
        plateau: stop once the last ten evaluations lowered the loss by no more than this part of
            it (0: never).
    """

    def __init__(
        self,
        start: Tensor,
        history: int = HISTORY,
        first_move: float = FIRST_MOVE,
        precondition: Preconditioner | None = None,
        plateau: float = 0.0,
    ) -> None:
        self._point = start.detach().clone()
        self._pairs: deque[tuple[Tensor, Tensor]] = deque(maxlen=history)
        self._first_move = first_move
        self._precondition = precondition or _identity
        self._plateau = plateau
        self._lowest: deque[float] = deque(maxlen=PLATEAU_WINDOW + 1)
        self._current: Trial | None = None
        self._direction: Tensor | None = None
        self._search: LineSearch | None = None
        self._converged = False

    @property
    def converged(self) -> bool:
        """No direction lowers the loss any more, or the plateau is reached."""
        return self._converged

    def ask(self) -> Tensor:
        """The line search's next trial point (the start, before anything was told)."""
        if self._search is None or self._direction is None:
            return self._point
        return self._point + self._search.next_step * self._direction

    def tell(self, loss: float, gradient: Tensor) -> None:
        """Take the trial's values; ends the line search where they satisfy it."""
        if self._converged:
            return
        self._lowest.append(min(loss, self._lowest[-1]) if self._lowest else loss)
        if self._plateau and len(self._lowest) > PLATEAU_WINDOW:
            gained = self._lowest[0] - self._lowest[-1]
            self._converged = gained <= self._plateau * abs(self._lowest[0])
        if self._search is None or self._direction is None:
            self._current = Trial(0.0, loss, 0.0, gradient)
            self._begin_search()
            return
        slope = _dot(gradient, self._direction)
        self._search = self._search.tell(Trial(self._search.next_step, loss, slope, gradient))
        if self._search.accepted is not None:
            self._move(self._search.accepted)
        elif self._search.failed:
            self._restart()

    @property
    def pairs(self) -> list[tuple[Tensor, Tensor]]:
        """Displacements with the changes of the gradient along them, the latest last."""
        return list(self._pairs)

    def learn(self, displacement: Tensor, change: Tensor) -> None:
        """Take a pair, perhaps a coarser octave's, unless its curvature is not positive."""
        if _dot(displacement, change) > 1e-10 * _dot(change, change):
            self._pairs.append((displacement, change))

    def best(self) -> Tensor:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`."""
        if self._search is None or self._direction is None or self._search.lowest.step == 0:
            return self._point
        return self._point + self._search.lowest.step * self._direction

    def _move(self, accepted: Trial) -> None:
        assert self._direction is not None
        assert self._current is not None
        displacement = accepted.step * self._direction
        change = accepted.gradient - self._current.gradient
        self.learn(displacement, change)
        self._point = self._point + displacement
        self._current = accepted
        self._begin_search()

    def _restart(self) -> None:
        """Forget the curvature and try the plain gradient; if that was it, the end is reached."""
        if not self._pairs:
            self._converged = True
            return
        self._pairs.clear()
        self._begin_search()

    def _begin_search(self) -> None:
        assert self._current is not None
        gradient = self._current.gradient
        self._direction = -self._times_inverse_hessian(gradient)
        slope = _dot(gradient, self._direction)
        if slope >= 0 and self._pairs:
            self._pairs.clear()
            self._direction = -self._times_inverse_hessian(gradient)
            slope = _dot(gradient, self._direction)
        if slope >= 0:
            self._converged = True
            return
        first_step = 1.0
        if not self._pairs:
            first_step = self._first_move * gradient.numel() ** 0.5 / float(self._direction.norm())
        origin = Trial(0.0, self._current.loss, slope, gradient)
        self._search = LineSearch.begin(origin, first_step)

    def _times_inverse_hessian(self, gradient: Tensor) -> Tensor:
        """The two-loop recursion."""
        result = gradient.clone()
        factors: list[tuple[float, float]] = []
        for displacement, change in reversed(self._pairs):
            rho = 1.0 / _dot(displacement, change)
            factor = rho * _dot(displacement, result)
            result -= factor * change
            factors.append((rho, factor))
        result = self._precondition(result)
        if self._pairs:
            displacement, change = self._pairs[-1]
            result *= _dot(displacement, change) / _dot(change, self._precondition(change))
        for (displacement, change), (rho, factor) in zip(
            self._pairs, reversed(factors), strict=True
        ):
            result += (factor - rho * _dot(change, result)) * displacement
        return result

    def state_dict(self) -> dict[str, Any]:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`."""
        return {
            "point": self._point,
            "pairs": [list(pair) for pair in self._pairs],
            "current": None if self._current is None else vars(self._current).copy(),
            "direction": self._direction,
            "search": pack(self._search),
            "lowest": list(self._lowest),
            "converged": self._converged,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """See :class:`~gramarye.engine.optimisers.base.Optimiser`; the tensors are copied.

        A library's inner product may depend on where a tensor begins in memory, and what was read
        from a file begins anywhere.
        """
        state = _copied(state, self._point, {})
        self._point = state["point"]
        self._pairs = deque(map(tuple, state["pairs"]), maxlen=self._pairs.maxlen)
        self._current = None if state["current"] is None else Trial(**state["current"])
        self._direction = state["direction"]
        self._search = unpack(state["search"])
        self._lowest = deque(state["lowest"], maxlen=self._lowest.maxlen)
        self._converged = state["converged"]


def _dot(a: Tensor, b: Tensor) -> float:
    """The inner product, summed in the tensors' own precision."""
    return float(torch.dot(a.flatten(), b.flatten()))


def _copied(value: Any, like: Tensor, copies: dict[int, Tensor]) -> Any:
    """A state with its tensors where ``like`` is; one that it has several times is copied once."""
    if isinstance(value, Tensor):
        if id(value) not in copies:
            copies[id(value)] = value.to(like, copy=True)
        return copies[id(value)]
    if isinstance(value, dict):
        return {name: _copied(one, like, copies) for name, one in value.items()}
    return [_copied(one, like, copies) for one in value] if isinstance(value, list) else value


def _identity(pixels: Tensor) -> Tensor:
    return pixels
