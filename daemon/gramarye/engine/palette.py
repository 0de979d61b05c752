"""Recolouring by a linear map of RGB, so that a start from the content has the style's colours.

The linear Monge–Kantorovich map (Pitié & Kokaram 2007): of all maps that carry one mean and
covariance of colours to another, the one that moves colours least.
"""

from __future__ import annotations

import torch
from torch import Tensor

_FLOOR = 1e-5
"""Added to the covariances' diagonals: a picture of one colour has none to invert."""


def recolour(picture: Tensor, like: Tensor) -> Tensor:
    """``picture`` ``(3, H, W)`` with the colour mean and covariance of ``like``, in [0, 1]."""
    source_mean, source = _moments(picture)
    target_mean, target = _moments(like)
    root = _power(source, 0.5)
    inverse = _power(source, -0.5)
    matrix = inverse @ _power(root @ target @ root, 0.5) @ inverse
    flat = picture.flatten(1).double() - source_mean[:, None]
    mapped = (matrix @ flat + target_mean[:, None]).clamp(0, 1)
    return mapped.view_as(picture).to(picture.dtype)


def _moments(picture: Tensor) -> tuple[Tensor, Tensor]:
    flat = picture.flatten(1).double()
    mean = flat.mean(1)
    centred = flat - mean[:, None]
    covariance = centred @ centred.T / flat.shape[1]
    return mean, covariance + _FLOOR * torch.eye(3, dtype=flat.dtype, device=flat.device)


def _power(symmetric: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(symmetric)
    return (vectors * values.clamp_min(1e-12) ** exponent) @ vectors.T
