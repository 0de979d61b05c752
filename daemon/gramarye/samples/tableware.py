"""The shapes of the still life: cup and saucer, fruit, and where the cloth lies."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from . import march
from .shading import Array

APPLE, ORANGE = (1.22, 0.36, 0.22), (0.62, 0.40, 0.95)
LEMON, PEAR = (1.35, 0.27, 1.05), (1.0, 0.0, -0.75)
"""Where the fruit lies: x to the right, y up, z towards us."""


class Thing(IntEnum):
    """What a point of the scene belongs to."""

    TABLE = 0
    CHINA = 1
    APPLE = 2
    ORANGE = 3
    LEMON = 4
    PEAR = 5
    TEA = 6
    STALK = 7


def on_cloth(x: Array, z: Array) -> Array:
    """1 where the cloth lies."""
    a, b = x * 0.94 + z * 0.34, z * 0.94 - x * 0.34
    inside = (np.abs(a - 0.05) < 1.62) & (b > -0.85) & (b < 1.95)
    return inside.astype(np.float32)


def things(x: Array, y: Array, z: Array) -> tuple[Array, Array]:
    """Distance to the nearest thing, and which one it is."""
    best, kind = _china(x, y, z), np.full(x.shape, Thing.CHINA, np.int8)
    r = np.hypot(x + 0.55, z)
    tea = np.maximum(r - 0.50, np.abs(y - 0.80) - 0.01)
    for thing, distance in (
        (Thing.APPLE, _apple(x, y, z)),
        (Thing.ORANGE, _ball(x, y, z, ORANGE, 0.36)),
        (Thing.LEMON, _lemon(x, y, z)),
        (Thing.PEAR, _pear(x, y, z)),
        (Thing.TEA, tea),
        (Thing.STALK, march.capsule(x, y, z, (1.22, 0.54, 0.22), (1.28, 0.85, 0.19), 0.018)),
        (Thing.STALK, march.capsule(x, y, z, (1.0, 1.30, -0.75), (0.94, 1.52, -0.72), 0.022)),
    ):
        nearer = distance < best
        best, kind = np.where(nearer, distance, best), np.where(nearer, thing, kind)
    return best.astype(np.float32), kind


def _china(x: Array, y: Array, z: Array) -> Array:
    """Cup, handle and saucer."""
    x = x + 0.55
    r = np.hypot(x, z)
    t = np.clip((y - 0.12) / 0.80, 0, 1)
    profile = 0.30 + 0.26 * np.sqrt(t) + 0.04 * t**4
    wall = np.abs(r - profile + 0.02) * 0.80 - 0.022
    body = np.maximum(wall, np.abs(y - 0.53) - 0.40) - 0.006
    foot = np.maximum(r - 0.34, np.abs(y - 0.13) - 0.03) - 0.012
    body = march.union(body, foot, 0.04)
    hy = y - 0.56
    hx = x * 0.87 + z * 0.5 - 0.60
    hz = z * 0.87 - x * 0.5
    ring = np.hypot(np.hypot(hx * 1.05, hy * 0.85) - 0.20, hz) - 0.042
    ring = np.maximum(ring, profile - 0.01 - r)
    body = march.union(body, ring, 0.05)
    dish = 0.055 + 0.13 * np.clip((r - 0.42) / 0.5, 0, 1) ** 2
    saucer = np.maximum(np.abs(y - dish) * 0.9 - 0.018, r - 0.88) - 0.008
    return np.minimum(body, saucer)


def _apple(x: Array, y: Array, z: Array) -> Array:
    px, py, pz = x - APPLE[0], y - APPLE[1], z - APPLE[2]
    r = np.hypot(px, pz)
    lobes = 0.012 * np.cos(5 * np.arctan2(pz, px)) * np.clip(-py, 0, 1)
    ring = np.hypot(r - 0.14, py * 0.97) - 0.305 + 0.10 * np.clip(-py, 0, 1) + lobes
    return ring * 0.9


def _lemon(x: Array, y: Array, z: Array) -> Array:
    px, py, pz = x - LEMON[0], y - LEMON[1], z - LEMON[2]
    a, b = px * 0.85 + pz * 0.53, pz * 0.85 - px * 0.53
    body = march.ellipsoid(a, py, b, (0, 0, 0), (0.33, 0.235, 0.235))
    tip = march.ellipsoid(a, py, b, (-0.33, 0.01, 0), (0.09, 0.055, 0.055))
    return march.union(body, tip, 0.07) * 0.9


def _pear(x: Array, y: Array, z: Array) -> Array:
    body = _ball(x, y, z, (PEAR[0], 0.46, PEAR[2]), 0.45)
    neck = _ball(x, y, z, (PEAR[0], 1.06, PEAR[2]), 0.22)
    return march.union(body, neck, 0.40) * 0.9


def _ball(x: Array, y: Array, z: Array, centre: tuple[float, ...], radius: float) -> Array:
    return np.sqrt((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2) - radius
