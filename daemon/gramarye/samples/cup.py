"""“Cup”: a cup, fruit and a checked cloth on a table, lit from a window at the left."""

from __future__ import annotations

import numpy as np

from . import march
from .noise import Texture
from .shading import Array, Shape, mix, ramp, rgb, smoothstep

_EYE = np.array([0.0, 1.75, 4.6], np.float32)
_AIM = np.array([0.14, 0.44, 0.0], np.float32)
_LIGHT = np.array([-0.72, 0.60, 0.36], np.float32) / np.float32(1.004)
_WALL = -2.6
_APPLE, _ORANGE, _LEMON, _PEAR = (
    (1.22, 0.36, 0.22),
    (0.62, 0.37, 0.95),
    (1.35, 0.27, 1.05),
    (1.0, 0.0, -0.75),
)


def cup(shape: Shape, rng: np.random.Generator) -> Array:
    """Set the table and expose the picture."""
    return march.expose(_Table(rng).shade, shape)


class _Table:
    """The scene with its textures, which are fixed planes so that every size shows the same."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.mottle = Texture(rng, 10, 6, 0.6)
        self.fold = Texture(rng, 3, 3, 0.5, stretch=0.7)
        self.grain = Texture(rng, 3, 7, 0.62, stretch=14)

    def height(self, x: Array, z: Array) -> Array:
        """The cloth's folds above the table, and its hem."""
        on = _cloth(x, z)
        fold = 0.030 + 0.030 * self.fold(x, z)
        return np.asarray(on * np.maximum(fold, 0.008), np.float32)

    def field(self, x: Array, y: Array, z: Array) -> Array:
        """Distance to everything on the table, and to the table."""
        return np.minimum(_things(x, y, z)[0], y - self.height(x, z))

    def shade(self, u: Array, v: Array) -> Array:
        """What each ray of the picture sees."""
        rays = _rays(u, v)
        reach = march.march(self.field, _EYE, rays, 2.0, 9.0)
        to_wall = (_WALL - _EYE[2]) / rays[:, 2]
        behind = (reach > to_wall) & (to_wall > 0) | ~np.isfinite(reach)
        colour = self.wall(_EYE[0] + to_wall * rays[:, 0], _EYE[1] + to_wall * rays[:, 1])
        seen = np.flatnonzero(~behind)
        point = (_EYE[:, None] + rays[seen].T * reach[seen]).astype(np.float32)
        colour[seen] = self.surface(point, rays[seen].T)
        # A lens sees its corners darker; film keeps the highlights.
        corner = 1 - 0.30 * (u * u + v * v)
        return 1 - np.exp(-2.1 * colour * corner[:, None])

    def wall(self, x: Array, y: Array) -> Array:
        """The plastered wall: window light slants over it, with the shadows of the bars."""
        plaster = 1 + 0.10 * self.mottle(x * 1.3, y * 1.3)
        base = mix(rgb("#6d7f7d"), rgb("#2c3840"), smoothstep(-1.6, 2.4, x - 0.25 * y))
        a, b = x + 0.55, y - 0.45 * (x + 0.55) - 1.28
        soft = 0.05
        lit = smoothstep(-soft, soft, a + 0.72) * smoothstep(-soft, soft, 0.78 - a)
        lit *= smoothstep(-soft, soft, b + 0.78) * smoothstep(-soft, soft, 0.85 - b)
        bars = smoothstep(0.02, 0.075, np.abs(a)) * smoothstep(0.02, 0.075, np.abs(b))
        lit *= bars * (0.75 + 0.4 * self.fold(x * 0.6, y * 0.6))
        colour = base + (lit * 0.9)[:, None] * rgb("#ffd9a0")
        colour = colour * plaster[:, None] * (0.62 + 0.10 * y)[:, None]
        return np.asarray(colour * 0.62, np.float32)

    def surface(self, point: Array, ray: Array) -> Array:
        """Light on what a ray met: window, sky from the room, shine and bounce."""
        x, y, z = point
        distance, kind = _things(x, y, z)
        kind = np.where(distance < y - self.height(x, z), kind, 0)
        normal = march.normals(self.field, point)
        colour, gloss = self.material(kind, point, normal)
        lamp = np.clip(np.einsum("in,i->n", normal, _LIGHT), 0, 1)
        lamp *= march.shadow(self.field, point + normal * 0.012, _LIGHT, 2.4, 0.16)
        open_ = march.occlusion(self.field, point, normal, 0.40)
        side = np.clip(0.5 - 0.45 * normal[0] + 0.25 * normal[1], 0, 1)
        light = 1.25 * lamp[:, None] * rgb("#ffe8c4") + (open_ * side)[:, None] * (
            0.44 * rgb("#b4c6de")
        )
        bounce = np.clip(-normal[1] * 0.5 + 0.35, 0, 1) * open_ * np.exp(-2.2 * np.clip(y, 0, 3))
        light = light + 0.24 * bounce[:, None] * rgb("#ffd0a0")
        half = _LIGHT[:, None] - ray
        half /= np.linalg.norm(half, axis=0)
        facing = np.clip((normal * half).sum(0), 0, 1)
        rim = (1 - np.clip(-(normal * ray).sum(0), 0, 1)) ** 4
        shine = gloss * (facing**90 * 1.1 * (lamp > 0) + facing**14 * 0.12 + rim * 0.22 * open_)
        return np.asarray(colour * light + shine[:, None] * rgb("#fff4e0"), np.float32)

    def material(self, kind: Array, point: Array, normal: Array) -> tuple[Array, Array]:
        """Colour and gloss of each point, by the thing it belongs to."""
        x, y, z = point
        colour = self.tabletop(x, z)
        gloss = np.where(_cloth(x, z) > 0.5, 0.02, 0.5).astype(np.float32)
        for number, paint, shine in (
            (1, self.china, 1.0),
            (2, self.apple, 0.7),
            (3, self.orange, 0.45),
            (4, self.lemon, 0.4),
            (5, self.pear, 0.45),
            (6, _tea, 1.0),
            (7, _stalk, 0.1),
        ):
            mine = kind == number
            if mine.any():
                colour[mine] = paint(x[mine], y[mine], z[mine])
                gloss[mine] = shine
        return colour, gloss

    def tabletop(self, x: Array, z: Array) -> Array:
        """Dark boards, and the cloth: blue checks with a red line, woven."""
        grain = self.grain(x, z * 1.6)
        wood = ramp(0.5 + 0.45 * grain, ((0, "#3a1f12"), (0.5, "#7a4524"), (1, "#b5763e")))
        joint = np.abs((z + 3.05) % 0.9 - 0.45) < 0.012
        wood[joint] *= 0.35
        a, b = x * 0.94 + z * 0.34, z * 0.94 - x * 0.34
        pitch = 0.34
        stripe_a = smoothstep(0.24, 0.28, np.abs((a / pitch) % 1 - 0.5))
        stripe_b = smoothstep(0.24, 0.28, np.abs((b / pitch) % 1 - 0.5))
        linen = mix(rgb("#f1e8d6"), rgb("#2f5f9e"), 0.46 * (stripe_a + stripe_b))
        thin_a = smoothstep(0.035, 0.02, np.abs((a / pitch) % 1 - 0.5))
        thin_b = smoothstep(0.035, 0.02, np.abs((b / pitch) % 1 - 0.5))
        linen = mix(linen, rgb("#c23a2e"), 0.75 * np.maximum(thin_a, thin_b))
        linen *= (1 + 0.06 * self.mottle(x * 4, z * 4))[:, None]
        return mix(wood * 0.8, linen, _cloth(x, z))

    def china(self, x: Array, y: Array, z: Array) -> Array:
        """White glaze with a painted band of blue flowers."""
        turn = np.arctan2(z, x + 0.55)
        cell = (turn * 14 / (2 * np.pi)) % 1 - 0.5
        rise = (y - 0.62) / 0.15
        petals = (
            np.hypot(cell * 1.35, rise) - 0.30 - 0.10 * np.cos(5 * np.arctan2(rise, cell * 1.35))
        )
        blue = smoothstep(0.05, -0.05, petals)
        ring = np.maximum(
            smoothstep(0.018, 0.010, np.abs(y - 0.46)), smoothstep(0.018, 0.010, np.abs(y - 0.79))
        )
        outside = np.hypot(x + 0.55, z) > 0.36
        colour = mix(rgb("#f4efe4"), rgb("#2b4fa0"), np.maximum(blue, ring) * outside)
        heart = smoothstep(0.14, 0.08, np.hypot(cell * 1.35, rise)) * outside
        return mix(colour, rgb("#e8b23a"), heart)

    def apple(self, x: Array, y: Array, z: Array) -> Array:
        """Red over yellow in streaks that run from the stalk."""
        dx, dz = x - _APPLE[0], z - _APPLE[2]
        turn = np.arctan2(dz, dx)
        streak = self.mottle(turn * 1.4, y * 0.12)
        blush = 0.62 + 0.35 * streak - 0.25 * dx + 0.35 * (0.5 - y)
        colour = ramp(blush, ((0, "#e8c24a"), (0.35, "#d9702c"), (0.6, "#b8201e"), (1, "#7a0e18")))
        speck = self.mottle(x * 9, y * 9 + z * 5) > 1.15
        colour[speck] = rgb("#e6b070")
        hollow = np.exp(-((np.hypot(dx, dz) / 0.10) ** 2)) * (y > 0.5)
        return mix(colour, rgb("#8a8a35"), hollow)

    def orange(self, x: Array, y: Array, z: Array) -> Array:
        """Orange peel."""
        pore = self.mottle(x * 7 + z * 3, y * 7)
        return ramp(0.55 + 0.28 * pore, ((0, "#c95a0c"), (0.5, "#ee8a1c"), (1, "#f9ab3c")))

    def lemon(self, x: Array, y: Array, z: Array) -> Array:
        """Lemon peel."""
        pore = self.mottle(x * 7, y * 7 + z * 3)
        return ramp(0.55 + 0.25 * pore, ((0, "#cfa812"), (0.5, "#f0d02c"), (1, "#f9e36a")))

    def pear(self, x: Array, y: Array, z: Array) -> Array:
        """Green with a brown cheek and freckles."""
        blush = 0.40 + 0.35 * self.mottle(x * 2, y * 2) + 0.5 * (x - _PEAR[0])
        colour = ramp(blush, ((0, "#7d9438"), (0.5, "#b9b04a"), (1, "#b86c34")))
        freckle = self.mottle(x * 9 + z * 4, y * 9) > 0.95
        colour[freckle] *= 0.72
        return colour


def _cloth(x: Array, z: Array) -> Array:
    """1 where the cloth lies."""
    a, b = x * 0.94 + z * 0.34, z * 0.94 - x * 0.34
    inside = (np.abs(a - 0.05) < 1.62) & (b > -0.85) & (b < 1.95)
    return inside.astype(np.float32)


def _rays(u: Array, v: Array) -> Array:
    """Unit directions through the points of the picture."""
    ahead = (_AIM - _EYE) / np.linalg.norm(_AIM - _EYE)
    right = np.cross(ahead, [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    rays = ahead * 1.62 + u[:, None] * right + v[:, None] * up
    return (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)


def _things(x: Array, y: Array, z: Array) -> tuple[Array, Array]:
    """Distance to the nearest thing, and which one it is."""
    best, kind = _china(x, y, z), np.ones(x.shape, np.int8)
    r = np.hypot(x + 0.55, z)
    tea = np.maximum(r - 0.50, np.abs(y - 0.80) - 0.01)
    for number, distance in (
        (2, _apple(x, y, z)),
        (3, np.sqrt((x - 0.62) ** 2 + (y - 0.40) ** 2 + (z - 0.95) ** 2) - 0.36),
        (4, _lemon(x, y, z)),
        (5, _pear(x, y, z)),
        (6, tea),
        (7, march.capsule(x, y, z, (1.22, 0.54, 0.22), (1.28, 0.85, 0.19), 0.018)),
        (7, march.capsule(x, y, z, (1.0, 1.30, -0.75), (0.94, 1.52, -0.72), 0.022)),
    ):
        nearer = distance < best
        best, kind = np.where(nearer, distance, best), np.where(nearer, number, kind)
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
    px, py, pz = x - _APPLE[0], y - _APPLE[1], z - _APPLE[2]
    r = np.hypot(px, pz)
    lobes = 0.012 * np.cos(5 * np.arctan2(pz, px)) * np.clip(-py, 0, 1)
    ring = np.hypot(r - 0.14, py * 0.97) - 0.305 + 0.10 * np.clip(-py, 0, 1) + lobes
    return ring * 0.9


def _lemon(x: Array, y: Array, z: Array) -> Array:
    px, py, pz = x - _LEMON[0], y - _LEMON[1], z - _LEMON[2]
    a, b = px * 0.85 + pz * 0.53, pz * 0.85 - px * 0.53
    body = march.ellipsoid(a, py, b, (0, 0, 0), (0.33, 0.235, 0.235))
    tip = march.ellipsoid(a, py, b, (-0.33, 0.01, 0), (0.09, 0.055, 0.055))
    return march.union(body, tip, 0.07) * 0.9


def _pear(x: Array, y: Array, z: Array) -> Array:
    px, pz = x - _PEAR[0], z - _PEAR[2]
    body = np.sqrt(px**2 + (y - 0.46) ** 2 + pz**2) - 0.45
    neck = np.sqrt(px**2 + (y - 1.06) ** 2 + pz**2) - 0.22
    return march.union(body, neck, 0.40) * 0.9


def _tea(x: Array, y: Array, z: Array) -> Array:
    return np.broadcast_to(rgb("#5a2408"), (len(x), 3)).copy()


def _stalk(x: Array, y: Array, z: Array) -> Array:
    return np.broadcast_to(rgb("#4a3018"), (len(x), 3)).copy()
