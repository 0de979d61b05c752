"""Recolouring by a linear map of RGB: from one mean and covariance of colours to another's.

The linear Monge–Kantorovich map (Pitié & Kokaram 2007): of all maps that do so, the one that moves
colours least. It makes the start that has the style's colours already, and the style that has the
content's (the linear method of Gatys et al. 2016, arXiv:1606.05897, section 5, with this map).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .portable import wide

_FLOOR = 1e-5
"""Added to the covariances' diagonals: a picture of one colour has none to invert."""

Sample = tuple[Tensor, Tensor | None, float]
"""Colours ``(3, H, W)``, the weights of its positions ``(H, W)``, and the picture's own weight."""


def recolour(picture: Tensor, like: Sequence[Sample], visible: Tensor | None = None) -> Tensor:
    """``picture`` ``(3, H, W)`` with the colour mean and covariance of ``like``, in [0, 1].

    ``visible`` weighs the picture's own positions.
    """
    source_mean, source = _moments([(picture, visible, 1.0)])
    target_mean, target = _moments(like)
    root = _power(source, 0.5)
    inverse = _power(source, -0.5)
    matrix = inverse @ _power(root @ target @ root, 0.5) @ inverse
    flat = wide(picture.flatten(1)) - source_mean[:, None]
    mapped = (matrix @ flat + target_mean[:, None]).clamp(0, 1)
    return mapped.view_as(picture).to(picture)


def _moments(samples: Sequence[Sample]) -> tuple[Tensor, Tensor]:
    """Weighted mean and covariance, in float64, over all samples together."""
    parts = []
    for colours, weights, own in samples:
        flat = wide(colours.flatten(1))
        at = torch.ones_like(flat[0]) if weights is None else wide(weights.flatten())
        parts.append((flat, own * at / at.sum().clamp_min(1e-12)))
    total = sum(float(at.sum()) for _, at in parts)
    mean = torch.stack([(flat * at).sum(1) for flat, at in parts]).sum(0) / total
    centred = [(flat - mean[:, None], at) for flat, at in parts]
    covariance = torch.stack([(flat * at) @ flat.T for flat, at in centred]).sum(0) / total
    return mean, covariance + _FLOOR * torch.eye(3, dtype=mean.dtype, device=mean.device)


def _power(symmetric: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(symmetric)
    return (vectors * values.clamp_min(1e-12) ** exponent) @ vectors.T
