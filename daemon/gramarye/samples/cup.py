"""“Cup”: a cup, fruit and a checked cloth on a table, lit from a window at the left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import march
from .noise import Texture
from .shading import Array, Shape, mix, ramp, rgb, smoothstep
from .tableware import APPLE, PEAR, Thing, on_cloth, things

_EYE = np.array([0.0, 1.75, 4.6], np.float32)
_AIM = np.array([0.14, 0.44, 0.0], np.float32)
_LIGHT = np.array([-0.72, 0.60, 0.36], np.float32) / np.float32(1.004)
_WALL = -2.6


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
        on = on_cloth(x, z)
        fold = 0.030 + 0.030 * self.fold(x, z)
        return np.asarray(on * np.maximum(fold, 0.008), np.float32)

    def field(self, x: Array, y: Array, z: Array) -> Array:
        """Distance to everything on the table, and to the table."""
        return np.minimum(things(x, y, z)[0], y - self.height(x, z))

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
        distance, kind = things(x, y, z)
        kind = np.where(distance < y - self.height(x, z), kind, Thing.TABLE)
        normal = march.normals(self.field, point)
        colour, gloss = self.material(kind, point)
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

    def material(self, kind: Array, point: Array) -> tuple[Array, Array]:
        """Colour and gloss of each point, by the thing it belongs to."""
        x, y, z = point
        colour = self.tabletop(x, z)
        gloss = np.where(on_cloth(x, z) > 0.5, 0.02, 0.5).astype(np.float32)
        for thing, paint, shine in (
            (Thing.CHINA, self.china, 1.0),
            (Thing.APPLE, self.apple, 0.7),
            (Thing.ORANGE, self.orange, 0.45),
            (Thing.LEMON, self.lemon, 0.4),
            (Thing.PEAR, self.pear, 0.45),
            (Thing.TEA, _plain("#5a2408"), 1.0),
            (Thing.STALK, _plain("#4a3018"), 0.1),
        ):
            mine = kind == thing
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
        return mix(wood * 0.8, linen, on_cloth(x, z))

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
        dx, dz = x - APPLE[0], z - APPLE[2]
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
        blush = 0.40 + 0.35 * self.mottle(x * 2, y * 2) + 0.5 * (x - PEAR[0])
        colour = ramp(blush, ((0, "#7d9438"), (0.5, "#b9b04a"), (1, "#b86c34")))
        freckle = self.mottle(x * 9 + z * 4, y * 9) > 0.95
        colour[freckle] *= 0.72
        return colour


def _rays(u: Array, v: Array) -> Array:
    """Unit directions through the points of the picture."""
    ahead = (_AIM - _EYE) / np.linalg.norm(_AIM - _EYE)
    right = np.cross(ahead, [0, 1, 0])
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    rays = ahead * 1.62 + u[:, None] * right + v[:, None] * up
    return (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)


def _plain(code: str) -> Callable[[Array, Array, Array], Array]:
    """A material of one colour all over."""
    return lambda x, *_: np.broadcast_to(rgb(code), (len(x), 3))
