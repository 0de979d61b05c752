"""Scenes of solid shapes: rays marched through signed distances, with soft shadows.

A scene is a function of x, y, z (arrays) that gives the distance to the nearest surface. Units are
the scene's own; y points up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .shading import Array, Shape

Field = Callable[[Array, Array, Array], Array]
Shade = Callable[[Array, Array], Array]
"""Colours (n × 3) of the points u, v of the picture."""

_AT_ONCE = 1 << 16
"""Rays worked on together, which bounds the memory of a large picture."""


def union(first: Array, second: Array, soft: float) -> Array:
    """Two shapes grown together with a fillet of about ``soft``."""
    h = np.maximum(soft - np.abs(first - second), 0)
    return np.minimum(first, second) - h * h * (0.25 / soft)


def carve(shape: Array, tool: Array, soft: float) -> Array:
    """A shape with another one taken out of it, the rim rounded."""
    return -union(-shape, tool, soft)


def ellipsoid(
    x: Array, y: Array, z: Array, centre: tuple[float, ...], radii: tuple[float, ...]
) -> Array:
    """Distance to an ellipsoid (a good estimate near its surface)."""
    a, b, c = (1 / radius for radius in radii)
    px, py, pz = (x - centre[0]) * a, (y - centre[1]) * b, (z - centre[2]) * c
    xx, yy, zz = px * px, py * py, pz * pz
    k0 = np.sqrt(xx + yy + zz)
    k1 = np.sqrt(xx * (a * a) + yy * (b * b) + zz * (c * c))
    return k0 * (k0 - 1) / np.maximum(k1, 1e-6)


def capsule(
    x: Array,
    y: Array,
    z: Array,
    start: tuple[float, ...],
    end: tuple[float, ...],
    radius: float,
) -> Array:
    """Distance to a rounded stick between two points."""
    bx, by, bz = (e - s for s, e in zip(start, end, strict=True))
    px, py, pz = x - start[0], y - start[1], z - start[2]
    t = np.clip((px * bx + py * by + pz * bz) / (bx * bx + by * by + bz * bz), 0, 1)
    return np.sqrt((px - t * bx) ** 2 + (py - t * by) ** 2 + (pz - t * bz) ** 2) - radius


def march(
    field: Field, origin: Array, rays: Array, near: float, far: float, steps: int = 70
) -> Array:
    """How far each unit ray (n × 3) goes until it meets the surface; inf where it never does."""
    reach = np.full(len(rays), np.inf, np.float32)
    active = np.arange(len(rays))
    t = np.full(len(rays), near, np.float32)
    direction = rays.T.copy()
    for _ in range(steps):
        if not len(active):
            break
        gap = field(*(origin[i] + t * direction[i] for i in range(3)))
        t = t + gap * np.float32(0.9)
        hit = gap < 0.0012 * t
        reach[active[hit]] = t[hit]
        going = ~hit & (t < far)
        active, t, direction = active[going], t[going], direction[:, going]
    return reach


def normals(field: Field, point: Array, step: float = 0.002) -> Array:
    """Outward unit normals at points (3 × n) of the surface, 3 × n."""
    total = np.zeros_like(point)
    for sign in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        probe = field(*(point[i] + sign[i] * step for i in range(3)))
        for i in range(3):
            total[i] += sign[i] * probe
    return total / (np.linalg.norm(total, axis=0) + 1e-9)


def shadow(
    field: Field, point: Array, light: Array, reach: float, soft: float, steps: int = 22
) -> Array:
    """How much of a wide light each point (3 × n) sees: 0 in full shadow, 1 in the open."""
    open_ = np.ones(point.shape[1], np.float32)
    t = np.full(point.shape[1], 0.02, np.float32)
    for _ in range(steps):
        gap = field(*(point[i] + light[i] * t for i in range(3)))
        open_ = np.minimum(open_, 0.5 + 0.5 * gap / (soft * t))
        t += np.clip(gap, 0.015, reach / 8)
        if t.min(initial=np.inf) > reach:
            break
    open_ = np.clip(open_, 0, 1)
    return open_ * open_ * (3 - 2 * open_)


def occlusion(field: Field, point: Array, normal: Array, reach: float) -> Array:
    """How open to the sky each point is: dark in creases and where things touch."""
    closed = np.zeros(point.shape[1], np.float32)
    for i in range(1, 5):
        t = reach * i / 4
        gap = field(*(point[k] + normal[k] * t for k in range(3)))
        closed += np.maximum(t - gap, 0) * 0.6**i
    return np.clip(1 - 1.6 * closed / reach, 0, 1)


def expose(shade: Shade, shape: Shape) -> Array:
    """The picture of a scene: one ray per 2 × 2 block, and all four where neighbours differ.

    u runs over the width and v over the height, both in picture heights from the centre, v upwards.
    """
    height, width = shape
    rows, columns = height // 2, width // 2

    def look(row: Array, column: Array) -> Array:
        u = (column + 0.5 - width / 2) / height
        v = (height / 2 - row - 0.5) / height
        parts = [
            shade(u[i : i + _AT_ONCE].astype(np.float32), v[i : i + _AT_ONCE].astype(np.float32))
            for i in range(0, len(u), _AT_ONCE)
        ]
        return np.concatenate(parts)

    r, c = np.mgrid[0:rows, 0:columns].reshape(2, -1)
    coarse = look(2 * r + 0.5, 2 * c + 0.5).reshape(rows, columns, 3)
    tone = coarse.mean(-1)
    step = np.zeros_like(tone)
    for axis in (0, 1):
        jump = np.abs(np.diff(tone, axis=axis))
        for side in (np.s_[1:], np.s_[:-1]):
            at = (side, np.s_[:]) if axis == 0 else (np.s_[:], side)
            step[at] = np.maximum(step[at], jump)
    picture = np.repeat(np.repeat(coarse, 2, 0), 2, 1)
    r, c = np.nonzero(step > 0.08)
    if not len(r):
        return picture
    for down in (0, 1):
        for right in (0, 1):
            picture[2 * r + down, 2 * c + right] = look(2 * r + down, 2 * c + right)
    return picture
