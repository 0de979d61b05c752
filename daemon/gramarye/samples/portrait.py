"""“Portrait”: a woman's head and shoulders in studio light, modelled and shaded."""

from __future__ import annotations

import numpy as np

from . import march
from .noise import Texture
from .shading import Array, Shape, mix, rgb, smoothstep

_EYE = np.array([0.0, -0.15, 9.0], np.float32)
_LIGHT = np.array([-0.55, 0.52, 0.66], np.float32) / np.float32(1.006)
_RIM = np.array([0.86, 0.25, -0.44], np.float32) / np.float32(0.998)
_PUPIL_X, _PUPIL_Y = 0.335, 0.10


def portrait(shape: Shape, rng: np.random.Generator) -> Array:
    """Seat the sitter and expose the picture."""
    return march.expose(_Sitter(rng).shade, shape)


class _Sitter:
    """The model; its head turns a little to our right."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.mottle = Texture(rng, 9, 6, 0.6)
        self.strand = Texture(rng, 2, 7, 0.7, stretch=0.03)
        self.cloth = Texture(rng, 3, 4, 0.5, stretch=0.5)

    def field(self, x: Array, y: Array, z: Array) -> Array:
        """Distance to the sitter."""
        return self.parts(x, y, z)[0]

    def parts(self, x: Array, y: Array, z: Array) -> tuple[Array, Array]:
        """Distance to the sitter, and which part is nearest: skin, hair, cloth or eye."""
        hx, hz = _turned(x, z)
        head = _head(hx, y, hz)
        neck = march.capsule(x, y, z, (0.0, -0.75, -0.22), (0.0, -1.75, -0.32), 0.36)
        chest = march.ellipsoid(x, y, z, (0, -2.55, -0.35), (1.35, 0.95, 0.62))
        skin = march.union(march.union(head, neck, 0.16), chest, 0.30)
        eyes = _eyeballs(hx, y, hz)
        hair = _hair(hx, y, hz)
        hair = hair - 0.012 * self.strand(np.arctan2(hz, hx) * 2.2, y * 0.6)
        cloth = march.ellipsoid(x, y, z, (0, -3.12, -0.42), (2.05, 1.30, 0.86))
        neckline = np.sqrt(x**2 + (y + 1.55) ** 2 * 0.8 + (z - 0.35) ** 2) - 0.92
        cloth = march.carve(cloth, neckline, 0.06)
        best, kind = skin, np.zeros(x.shape, np.int8)
        for number, distance in ((1, hair), (2, cloth), (3, eyes)):
            nearer = distance < best
            best, kind = np.where(nearer, distance, best), np.where(nearer, number, kind)
        return np.asarray(best * 0.85, np.float32), kind

    def shade(self, u: Array, v: Array) -> Array:
        """What each ray of the picture sees."""
        rays = np.stack([u, v - 0.055, np.full_like(u, -2.05)], -1)
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        reach = march.march(self.field, _EYE, rays, 6.5, 11.5, 60)
        glow = np.exp(-(((u - 0.10) / 0.42) ** 2 + ((v - 0.06) / 0.5) ** 2))
        air = 0.05 * self.mottle(u * 1.6, v * 1.6)
        colour = mix(rgb("#27343a"), rgb("#8c9688"), glow * 0.85 + air)
        colour = np.asarray(colour * 0.72, np.float32)
        seen = np.flatnonzero(np.isfinite(reach))
        point = (_EYE[:, None] + rays[seen].T * reach[seen]).astype(np.float32)
        colour[seen] = self.surface(point, rays[seen].T)
        return 1 - np.exp(-1.7 * colour)

    def surface(self, point: Array, ray: Array) -> Array:
        """Key light from the upper left, a cool rim from behind, soft fill."""
        x, y, z = point
        _, kind = self.parts(x, y, z)
        normal = march.normals(self.field, point, 0.004)
        hx, hz = _turned(x, z)
        colour, gloss = self.material(kind, hx, y, hz, x)
        facing = np.einsum("in,i->n", normal, _LIGHT)
        open_ = march.occlusion(self.field, point, normal, 0.35)
        lit = march.shadow(self.field, point + normal * 0.03, _LIGHT, 2.5, 0.22, 18)
        skin = (kind == 0).astype(np.float32)
        # Light that wanders under the skin softens and reddens the edge of the shadow.
        wrap = np.clip((facing + 0.25 * skin) / (1 + 0.25 * skin), 0, 1)
        edge = (skin * np.clip(1 - np.abs(facing - 0.08) / 0.35, 0, 1) * 0.16)[:, None]
        key = (wrap * (0.12 + 0.88 * lit))[:, None] * rgb("#fff0dc") + edge * rgb("#ff5a3c")
        fill = open_ * (0.30 + 0.14 * normal[1] + 0.10 * normal[0])
        light = 1.06 * key + fill[:, None] * rgb("#9fb4cc")
        fresnel = (1 - np.clip(-(normal * ray).sum(0), 0, 1)) ** 3
        rim = np.clip(np.einsum("in,i->n", normal, _RIM) + 0.2, 0, 1) * fresnel
        half = _LIGHT[:, None] - ray
        half /= np.linalg.norm(half, axis=0)
        mirror = np.clip((normal * half).sum(0), 0, 1)
        shine = gloss[0] * mirror ** gloss[1] * np.clip(lit + 0.1, 0, 1)
        shade = colour * light + (0.75 * rim)[:, None] * rgb("#ffd9b0") * (0.3 + colour)
        return np.asarray(shade + shine[:, None] * rgb("#fff2e2"), np.float32)

    def material(
        self, kind: Array, x: Array, y: Array, z: Array, wide: Array
    ) -> tuple[Array, tuple[Array, Array]]:
        """Colour, and strength and sharpness of the highlight, of each point."""
        colour = self.skin(x, y, z)
        strength = np.where(kind == 0, 0.10, 0.05).astype(np.float32)
        sharp = np.full(x.shape, 22.0, np.float32)
        hair, cloth, eye = kind == 1, kind == 2, kind == 3
        strand = self.strand(np.arctan2(z, x) * 2.2, y * 0.6)
        tone = np.clip(0.40 + 0.38 * strand + 0.12 * y, 0, 1)
        colour[hair] = mix(rgb("#23120c"), rgb("#8a4a24"), tone[hair])
        band = np.exp(-(((y - 0.98 + 0.10 * strand) / 0.13) ** 2))
        strength[hair] = (0.10 + 0.9 * band[hair]) * np.clip(0.45 + strand[hair], 0, 1)
        weave = 1 + 0.16 * self.cloth(wide, y)
        colour[cloth] = rgb("#1f5a68") * weave[cloth, None]
        colour[eye] = _iris(x[eye], y[eye])
        strength[eye], sharp[eye] = 1.0, 160.0
        return colour, (strength, sharp)

    def skin(self, x: Array, y: Array, z: Array) -> Array:
        """Skin with rosy cheeks and nose, lips, brows and lids."""
        mottle = self.mottle(x * 1.5, y * 1.5)
        colour = np.broadcast_to(rgb("#e3ab86"), (len(x), 3)) * (1 + 0.035 * mottle)[:, None]
        front = smoothstep(0.2, 0.5, z)
        side = np.abs(x)
        cheek = np.exp(-(((side - 0.46) / 0.22) ** 2 + ((y + 0.24) / 0.17) ** 2)) * front
        nose = np.exp(-((x / 0.14) ** 2 + ((y + 0.22) / 0.10) ** 2)) * front
        colour = mix(colour, rgb("#d96a58"), np.clip(0.42 * cheek + 0.30 * nose, 0, 1))
        # Upper lip with its bow, lower lip fuller; the line between them dark.
        w = np.clip(1 - (x / 0.235) ** 2, 0, 1)
        bow = 0.070 * w * (1 - 0.28 * np.exp(-((x / 0.05) ** 2)))
        part = -0.548 + 0.010 * np.cos(x * 18) + 0.55 * x * x
        upper = smoothstep(0.012, -0.006, y - part - bow) * (y > part)
        lower = smoothstep(-0.014, 0.004, y - part + 0.095 * np.sqrt(w)) * (y <= part)
        lips = np.maximum(upper * 0.9, lower) * smoothstep(0.0, 0.2, w) * front
        colour = mix(colour, rgb("#b5393f"), 0.85 * lips)
        gap = np.exp(-(((y - part) / 0.011) ** 2)) * smoothstep(0.0, 0.25, w) * front
        colour = mix(colour, rgb("#4a1518"), 0.85 * gap)
        # Brows: an arch that thins outwards, of single hairs.
        t = (side - 0.14) / 0.42
        arch = 0.335 + 0.075 * np.sin(np.clip(t, 0, 1) * 2.4) - 0.05 * t
        thick = 0.040 * np.clip(1.15 - 0.75 * t, 0.1, 1)
        hairs = 0.40 * self.mottle(side * 7 - y * 5, y * 1.5 + side)
        brow = smoothstep(1.2, 0.3, np.abs(y - arch) / thick + hairs)
        brow = brow * smoothstep(-0.04, 0.10, t) * smoothstep(1.02, 0.80, t)
        colour = mix(colour, rgb("#38200f"), 0.85 * brow * front)
        return np.asarray(_lids(colour, x, y, front), np.float32)


def _turned(x: Array, z: Array) -> tuple[Array, Array]:
    """Scene to head coordinates: the head is turned by a fifth of a radian."""
    c, s = np.float32(np.cos(0.22)), np.float32(np.sin(0.22))
    return x * c - z * s, z * c + x * s


def _opening(x: Array, y: Array) -> Array:
    """How far inside the almond of the open eye a point lies (1 centre, 0 rim, below 0 outside)."""
    side = np.abs(x) - _PUPIL_X
    across = side / 0.185
    half = np.where(y > _PUPIL_Y, 0.098, 0.062) * np.clip(1 - across**2, 0, 1) ** 0.75
    middle = _PUPIL_Y + 0.02 * across
    return np.where(np.abs(across) < 1, 1 - np.abs(y - middle) / np.maximum(half, 1e-3), -1.0)


def _lids(colour: Array, x: Array, y: Array, front: Array) -> Array:
    """Shadow on the lids, and the dark line of the lashes."""
    side = np.abs(x) - _PUPIL_X
    across = side / 0.20
    lash_y = _PUPIL_Y + 0.02 * across + 0.100 * np.clip(1 - across**2, 0, 1) ** 0.75
    lash = np.exp(-(((y - lash_y) / 0.018) ** 2)) * smoothstep(1.16, 0.95, np.abs(across))
    fold = np.exp(-(((y - lash_y - 0.055) / 0.016) ** 2)) * smoothstep(1.1, 0.6, np.abs(across))
    hollow = np.exp(-((across / 1.1) ** 2 + ((y - _PUPIL_Y - 0.10) / 0.10) ** 2))
    under = np.exp(-((across / 1.0) ** 2 + ((y - _PUPIL_Y + 0.10) / 0.045) ** 2))
    colour = mix(colour, rgb("#8a4a3c"), (0.40 * hollow + 0.22 * under) * front)
    colour = mix(colour, rgb("#6a3426"), 0.50 * fold * front)
    return mix(colour, rgb("#1c0f0b"), 0.92 * lash * front)


def _iris(x: Array, y: Array) -> Array:
    """White, iris and pupil on the eyeball."""
    side = (np.abs(x) - _PUPIL_X) * np.sign(x) - 0.015
    r = np.hypot(side, y - _PUPIL_Y - 0.012)
    spoke = np.sin(np.arctan2(y - _PUPIL_Y, side) * 23) * 0.12
    colour = np.broadcast_to(rgb("#e9e2da"), (len(x), 3))
    ring = mix(rgb("#7fa39a"), rgb("#1c3a3c"), smoothstep(0.045, 0.085, r) + spoke)
    colour = mix(colour, ring, smoothstep(0.090, 0.080, r))
    colour = mix(colour, rgb("#0a0a0c"), smoothstep(0.040, 0.032, r))
    shade = smoothstep(0.02, 0.11, y - _PUPIL_Y + 0.02)
    # The window's reflection, which makes an eye look alive.
    spark = smoothstep(0.026, 0.016, np.hypot(side + 0.035, y - _PUPIL_Y - 0.045))
    return colour * (1 - 0.55 * shade)[:, None] + 2.2 * spark[:, None]


def _eyeballs(x: Array, y: Array, z: Array) -> Array:
    side = np.abs(x) - _PUPIL_X
    return np.sqrt(side**2 + (y - _PUPIL_Y) ** 2 + (z - 0.53) ** 2) - 0.205


def _head(x: Array, y: Array, z: Array) -> Array:
    """Skull, jaw, brow, nose, cheeks and lips, grown together."""
    side = np.abs(x)
    head = march.ellipsoid(x, y, z, (0, 0.35, -0.12), (0.86, 0.95, 0.98))
    jaw = march.ellipsoid(x, y, z, (0, -0.38, 0.12), (0.585, 0.66, 0.66))
    head = march.union(head, jaw, 0.32)
    chin = march.ellipsoid(x, y, z, (0, -0.90, 0.49), (0.19, 0.15, 0.20))
    head = march.union(head, chin, 0.22)
    cheek = march.ellipsoid(side, y, z, (0.38, -0.15, 0.47), (0.22, 0.21, 0.24))
    head = march.union(head, cheek, 0.22)
    brow = march.ellipsoid(side, y, z, (0.28, 0.36, 0.67), (0.23, 0.085, 0.13))
    head = march.union(head, brow, 0.16)
    socket = march.ellipsoid(side, y, z, (_PUPIL_X - 0.01, 0.10, 0.86), (0.22, 0.13, 0.17))
    head = march.carve(head, socket, 0.13)
    bridge = march.capsule(x, y, z, (0, 0.26, 0.76), (0, -0.17, 1.00), 0.075)
    tip = march.ellipsoid(x, y, z, (0, -0.21, 0.99), (0.098, 0.085, 0.115))
    wing = march.ellipsoid(side, y, z, (0.100, -0.245, 0.90), (0.066, 0.062, 0.095))
    nose = march.union(march.union(bridge, tip, 0.10), wing, 0.06)
    head = march.union(head, nose, 0.10)
    mouth = march.ellipsoid(x, y, z, (0, -0.54, 0.64), (0.26, 0.20, 0.22))
    head = march.union(head, mouth, 0.15)
    upper = march.ellipsoid(x, y, z, (0, -0.50, 0.82), (0.19, 0.045, 0.075))
    lower = march.ellipsoid(x, y, z, (0, -0.60, 0.81), (0.15, 0.050, 0.085))
    head = march.union(march.union(head, upper, 0.06), lower, 0.06)
    lid = np.sqrt((side - _PUPIL_X) ** 2 + (y - _PUPIL_Y) ** 2 + (z - 0.53) ** 2) - 0.226
    # The lids are a shell round the eyeball with the almond cut out of it.
    shut = np.maximum(lid, 0.05 * _opening(x, y))
    return march.union(head, shut, 0.03)


def _hair(x: Array, y: Array, z: Array) -> Array:
    """Hair parted on the side, falling to the shoulders, the face left free."""
    cap = march.ellipsoid(x, y, z, (0, 0.40, -0.20), (1.00, 1.06, 1.06))
    fall = march.ellipsoid(x, y, z, (0, -0.55, -0.46), (1.06, 1.30, 0.66))
    hair = march.union(cap, fall, 0.40)
    wave = 0.045 * np.sin(y * 5.2 + np.abs(x) * 2) + 0.03 * np.sin(y * 9 + x * 4)
    hair = hair + wave * smoothstep(0.5, -0.5, y)
    face = march.ellipsoid(x, y, z, (0.05, -0.16, 0.86), (0.62, 0.90, 0.86))
    part = march.ellipsoid(x, y, z, (0.32, 0.70, 1.0), (0.42, 0.34, 0.36))
    return march.carve(hair, march.union(face, part, 0.20), 0.08)
