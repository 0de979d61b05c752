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
from .pyramid import strips

_FLOOR = 1e-5
"""Added to the covariances' diagonals: a picture of one colour has none to invert."""

Sample = tuple[Tensor, Tensor | None, float]
"""Colours ``(3, H, W)``, the weights of its positions ``(H, W)``, and the picture's own weight."""


def recolour(
    picture: Tensor,
    like: Sequence[Sample],
    visible: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """``picture`` ``(3, H, W)`` with the colour mean and covariance of ``like``, in [0, 1].

    ``visible`` weighs the picture's own positions; ``out`` is memory for the result.
    """
    source_mean, source = _moments([(picture, visible, 1.0)])
    target_mean, target = _moments(like)
    root = _power(source, 0.5)
    inverse = _power(source, -0.5)
    matrix = inverse @ _power(root @ target @ root, 0.5) @ inverse
    out = torch.empty_like(picture) if out is None else out
    for rows in strips(*picture.shape[1:]):
        part = picture[:, rows]
        flat = wide(part.flatten(1)) - source_mean[:, None]
        mapped = (matrix @ flat + target_mean[:, None]).clamp(0, 1)
        out[:, rows] = mapped.view_as(part).to(part)
    return out


def _moments(samples: Sequence[Sample]) -> tuple[Tensor, Tensor]:
    """Weighted mean and covariance, in float64, over all samples together.

    In one pass, strip by strip: colours are from 0 to 1, and float64 has digits to spare.
    """
    total, first, second = 0.0, torch.zeros(3), torch.zeros(3, 3)
    first, second = (wide(each.to(samples[0][0].device)) for each in (first, second))
    for colours, weights, own in samples:
        if weights is None:
            share = own / colours[0].numel()
        else:
            share = own / max(float(weights.sum()), 1e-12)
        for rows in strips(*colours.shape[1:]):
            flat = wide(colours[:, rows].flatten(1))
            at = torch.ones_like(flat[0]) if weights is None else wide(weights[rows].flatten())
            total += share * float(at.sum())
            first = first + share * (flat * at).sum(1)
            second = second + share * ((flat * at) @ flat.T)
    mean = first / total
    covariance = second / total - torch.outer(mean, mean)
    return mean, covariance + _FLOOR * torch.eye(3, dtype=mean.dtype, device=mean.device)


def _power(symmetric: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(symmetric)
    return (vectors * values.clamp_min(1e-12) ** exponent) @ vectors.T
