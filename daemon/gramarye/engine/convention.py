"""What a network wants its input to look like, carried together with its weights.

Networks of the same plan were trained on different numbers: torchvision's on RGB in [0, 1], less a
mean and divided by a deviation; the original Caffe ones on BGR in 0–255, less a mean. The mean
cannot be folded into the first convolution: a convolution pads with zeros, which is the mean colour
*after* the subtraction, and would be another colour before it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Literal

import torch
from torch import Tensor

from .errors import WeightsError

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class InputConvention:
    """The network's input is ``(scale · pixels − mean) / std`` for RGB pixels in [0, 1].

    ``order`` is the network's order of channels, in which ``mean`` and ``std`` are given.
    """

    order: Literal["rgb", "bgr"]
    scale: float
    mean: Triple
    std: Triple

    @property
    def name(self) -> str:
        """``torchvision``, ``caffe`` or ``its own``."""
        return next((name for name, known in CONVENTIONS.items() if known == self), "its own")

    def to_json(self) -> str:
        """As a checkpoint's metadata holds it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> InputConvention:
        """Read what :meth:`to_json` wrote.

        Raises:
            WeightsError: ``text`` describes no input.
        """
        try:
            fields = json.loads(text)
            mean, std = (_triple(fields[name]) for name in ("mean", "std"))
            order, scale = fields["order"], float(fields["scale"])
            if order not in ("rgb", "bgr") or not isfinite(scale) or scale <= 0 or min(std) <= 0:
                raise ValueError(text)
        except (ValueError, KeyError, TypeError) as error:
            raise WeightsError(
                "The weights describe their input in a way that cannot be used: "
                "import or fetch them again."
            ) from error
        return cls(order, scale, mean, std)


def _triple(values: object) -> Triple:
    if not isinstance(values, list) or len(values) != 3:
        raise ValueError(values)
    first, second, third = (float(value) for value in values)
    if not all(isfinite(value) for value in (first, second, third)):
        raise ValueError(values)
    return first, second, third


TORCHVISION = InputConvention("rgb", 1.0, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CAFFE = InputConvention("bgr", 255.0, (103.939, 116.779, 123.68), (1.0, 1.0, 1.0))
CONVENTIONS = {"torchvision": TORCHVISION, "caffe": CAFFE}


class State(dict[str, Tensor]):
    """A checkpoint's convolutions by name, and the input that they were trained on.

    ``evidence`` says how the convention was recognised; it is empty where it was only assumed.
    """

    def __init__(
        self,
        entries: Mapping[str, Tensor],
        convention: InputConvention = TORCHVISION,
        evidence: str = "",
    ) -> None:
        super().__init__(entries)
        self.convention = convention
        self.evidence = evidence


class Preprocessing:
    """A convention as tensors on a device."""

    def __init__(
        self, convention: InputConvention, device: torch.device | str, dtype: torch.dtype
    ) -> None:
        self._flipped = convention.order == "bgr"
        self._scale = convention.scale
        self._mean, self._std = (
            torch.tensor(values, device=device, dtype=dtype)[:, None, None]
            for values in (convention.mean, convention.std)
        )

    def __call__(self, pixels: Tensor) -> Tensor:
        """RGB ``(3, H, W)`` in [0, 1] as the network wants it."""
        if self._flipped:
            pixels = pixels.flip(0)
        if self._scale != 1:
            pixels = pixels * self._scale
        return (pixels - self._mean) / self._std

    def backward(self, gradient: Tensor) -> Tensor:
        """∂loss/∂pixels ``(3, H, W)`` from ∂loss/∂(the network's input)."""
        gradient = gradient * (self._scale / self._std)
        return gradient.flip(0) if self._flipped else gradient
