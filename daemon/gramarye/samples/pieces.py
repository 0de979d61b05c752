"""Cutting a picture into pieces, and the distance to their borders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .shading import Array


def cells(x: Array, y: Array, region: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Number the Voronoi cells of scattered points; each region has its own cut.

    Points are one to a square of a jittered grid, so that only nine are looked at per pixel.
    """
    count = int(region.max()) + 1
    pitch = 0.115
    columns, rows = int(round(x.max(), 1) / pitch) + 5, int(1 / pitch) + 5
    jitter = rng.uniform(0.05, 0.95, (rows, columns, 2)).astype(np.float32)
    shift = rng.uniform(0, 1, (count, 2)).astype(np.float32)
    u = x / pitch + 1 + shift[region, 0]
    v = y / pitch + 1 + shift[region, 1]
    column, row = u.astype(np.int32), v.astype(np.int32)
    best = np.full(x.shape, np.inf, np.float32)
    owner = np.zeros(x.shape, np.int64)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            r, c = row + down, column + right
            point = jitter[r, c]
            far = (u - c - point[..., 0]) ** 2 + (v - r - point[..., 1]) ** 2
            nearer = far < best
            best[nearer] = far[nearer]
            owner[nearer] = (r * columns + c)[nearer]
    return owner


def border_distance(piece: NDArray[np.integer], reach: float) -> Array:
    """Distance to the next border between pieces in picture heights; exact up to ``reach``.

    Each border pixel hands its place on to its neighbours in shrinking steps (jump flooding).
    """
    height, width = piece.shape
    edge = np.zeros(piece.shape, bool)
    edge[:, 1:] |= piece[:, 1:] != piece[:, :-1]
    edge[1:] |= piece[1:] != piece[:-1]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.int16)
    far = np.int16(-20000)
    seed_y, seed_x = np.where(edge, rows, far), np.where(edge, columns, far)
    best = np.where(edge, 0, np.float32(1e9)).astype(np.float32)
    step = 1 << max(0, int(np.ceil(np.log2(max(1.0, reach * height)))) - 1)
    while step >= 1:
        for down in (-step, 0, step):
            for right in (-step, 0, step):
                if not (down or right):
                    continue
                to, come = _overlap(height, down), _overlap(height, -down)
                to_x, come_x = _overlap(width, right), _overlap(width, -right)
                there, here = (come, come_x), (to, to_x)
                dy = (seed_y[there] - rows[here]).astype(np.float32)
                dx = (seed_x[there] - columns[here]).astype(np.float32)
                distance = dy * dy + dx * dx
                nearer = distance < best[here]
                best[here][nearer] = distance[nearer]
                seed_y[here][nearer] = seed_y[there][nearer]
                seed_x[here][nearer] = seed_x[there][nearer]
        step //= 2
    return (np.sqrt(best) / height).astype(np.float32)


def _overlap(length: int, shift: int) -> slice:
    """The part of an axis that a shift brings onto itself."""
    return slice(max(0, shift), length + min(0, shift))
