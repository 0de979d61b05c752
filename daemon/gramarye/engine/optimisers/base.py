"""What the engine expects of an optimiser."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor


class Optimiser(Protocol):
    """Ask for a point, evaluate it, tell its loss and gradient; as often as you like.

    ``ask`` gives the same point until ``tell`` is called. The whole state is in ``state_dict``, so
    an optimiser rebuilt from it goes on with the same bits.
    """

    @property
    def converged(self) -> bool:
        """No further point would be better; ``best`` is final."""
        ...

    def ask(self) -> Tensor:
        """The point to evaluate next."""
        ...

    def tell(self, loss: float, gradient: Tensor) -> None:
        """Its loss (finite) and gradient, of the point's shape."""
        ...

    def best(self) -> Tensor:
        """The told point of the lowest loss; the start before anything was told."""
        ...

    def renew(self) -> None:
        """The loss function has changed a little: forget losses, keep what is known of its shape.

        The next ``ask`` gives the told point of the lowest loss again, and ``converged`` is undone.
        """
        ...

    def state_dict(self) -> dict[str, Any]:
        """Tensors and plain values that :meth:`load_state_dict` takes back."""
        ...

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        ...
