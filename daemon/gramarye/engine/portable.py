"""What Apple's MPS does not compute is computed on the CPU: float64, and some resampling.

All of it happens once for an octave or on small matrices, so the way there and back costs little.
"""

from __future__ import annotations

from torch import Tensor


def reachable(tensor: Tensor) -> Tensor:
    """The tensor where every operation exists: its own device, or the CPU in place of MPS."""
    return tensor.cpu() if tensor.device.type == "mps" else tensor


def wide(tensor: Tensor) -> Tensor:
    """The tensor in float64, where there is such a thing."""
    return reachable(tensor).double()
