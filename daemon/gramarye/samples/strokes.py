"""Brush strokes: thousands of curved, bristled strokes painted one over the other.

A stroke is a small grid: ``u`` along its spine, ``v`` across its bristles. All strokes of a layer
are traced and laid out at once; where strokes overlap, the later one covers the earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .shading import Array, Shape, blur, relief

_VARIANTS = 24
_SAMPLES_AT_ONCE = 1_500_000


@dataclass(frozen=True)
class Brush:
    """How one layer's strokes look; lengths are parts of the picture's height."""

    length: float
    width: float
    streaks: float = 0.5
    """How strongly the bristles show as lighter and darker streaks."""
    dry: float = 0.3
    """How ragged the stroke's ends are, and how often a bristle leaves no paint."""
    body: float = 1.0
    """How thick the paint lies."""


class Canvas:
    """A surface under work: its colours, and the thickness of its paint."""

    def __init__(self, shape: Shape, ground: Array) -> None:
        self.shape = shape
        self.colour = np.empty((*shape, 3), np.float32)
        self.colour[:] = ground
        self.paint = np.zeros(shape, np.float32)

    def scatter(self, rng: np.random.Generator, brush: Brush, cover: float) -> tuple[Array, Array]:
        """Where a layer's strokes go: positions in pixels, spread evenly, in random order."""
        height, width = self.shape
        # Rounded, so that a picture has the same strokes at every size.
        aspect = round(20 * width / height) / 20
        spacing = float(np.sqrt(brush.length * brush.width / cover))
        rows, columns = int(1 / spacing) + 2, int(aspect / spacing) + 2
        y, x = np.mgrid[0:rows, 0:columns].reshape(2, -1)
        order = rng.permutation(len(x))
        x = (x[order] + rng.uniform(-0.6, 0.6, len(x))) * aspect / (columns - 1)
        y = (y[order] + rng.uniform(-0.6, 0.6, len(y))) / (rows - 1)
        return (x * height).astype(np.float32), (y * height).astype(np.float32)

    def look(self, plane: Array, x: Array, y: Array) -> Array:
        """Values of a plane or picture under positions in pixels (clamped to the border)."""
        row = np.clip(y, 0, self.shape[0] - 1).astype(np.int32)
        column = np.clip(x, 0, self.shape[1] - 1).astype(np.int32)
        return plane[row, column]

    def stroke(
        self,
        rng: np.random.Generator,
        brush: Brush,
        places: tuple[Array, Array],
        angle: Array,
        colours: Array,
        second: Array,
    ) -> None:
        """Paint one stroke per place, along the field of angles (radians, y downwards).

        ``second`` holds each stroke's second colour, which some of its bristles carry.
        """
        height = self.shape[0]
        length, half = brush.length * height, max(brush.width * height / 2, 0.6)
        along = max(6, int(length * 1.35))
        across = max(3, int(2 * half * 1.35))
        spine, normal = self._spines(places, angle, length, along)
        # An even number of stroke sizes would show: every stroke has its own width.
        halves = half * rng.uniform(0.65, 1.15, len(spine)).astype(np.float32)
        variant = rng.integers(0, _VARIANTS, len(spine))
        streak, kept, thickness = _bristles(rng.spawn(1)[0], brush, along, across)
        v = np.linspace(-1, 1, across, dtype=np.float32)
        batch = max(1, _SAMPLES_AT_ONCE // (along * across))
        for start in range(0, len(spine), batch):
            part = slice(start, start + batch)
            offset = halves[part, None, None] * v
            px = spine[part, :, 0, None] + normal[part, :, 0, None] * offset
            py = spine[part, :, 1, None] + normal[part, :, 1, None] * offset
            self._land(
                px.astype(np.int32),
                py.astype(np.int32),
                kept[variant[part]],
                streak[variant[part]],
                thickness[variant[part]],
                colours[part],
                second[part],
                brush,
            )

    def paint_from(
        self,
        rng: np.random.Generator,
        brush: Brush,
        picture: Array,
        angle: Array,
        cover: float,
        vary: float = 0.06,
        where: Array | None = None,
    ) -> None:
        """Paint a layer after a picture: every stroke takes the colour found at its middle.

        ``where`` thins the layer out: a plane of chances, 0 to 1, that a stroke is painted.
        """
        x, y = self.scatter(rng, brush, cover)
        if where is not None:
            chosen = rng.uniform(0, 1, len(x)) < self.look(where, x, y)
            x, y = x[chosen], y[chosen]
        colours = self.look(picture, x, y)
        near = rng.normal(0, brush.length * self.shape[0] * 0.35, (2, len(x)))
        light = 1 + rng.normal(0, vary, (len(x), 1))
        tint = rng.normal(0, vary * 0.35, (len(x), 3))
        second = self.look(picture, x + near[0], y + near[1]) * 0.6 + colours * 0.4
        self.stroke(
            rng,
            brush,
            (x, y),
            angle,
            np.asarray(colours * light + tint, np.float32),
            np.asarray(second * (light + rng.normal(0, vary, (len(x), 1))) + tint, np.float32),
        )

    def lit(self, depth: float = 1.6) -> Array:
        """The painted surface under light from the upper left."""
        scale = self.shape[0] / 1024
        body = blur(self.paint, 0.8 * scale) + 0.5 * blur(self.paint, 2.5 * scale)
        light = relief(body, depth)
        shine = np.clip(light - 1.25, 0, 1)[..., None] * 0.25
        return np.clip(self.colour, 0, 1) * (0.45 + 0.55 * light[..., None]) + shine

    def _spines(
        self, places: tuple[Array, Array], angle: Array, length: float, along: int
    ) -> tuple[Array, Array]:
        """Follow the field from every place, half the length each way: points and normals."""
        steps = 6
        halves = []
        for sign in (-1, 1):
            x, y = places
            points = [np.stack([x, y], -1)]
            for _ in range(steps):
                a = self.look(angle, x, y)
                x = x + sign * np.cos(a) * length / (2 * steps)
                y = y + sign * np.sin(a) * length / (2 * steps)
                points.append(np.stack([x, y], -1))
            halves.append(points)
        knots = np.stack(halves[0][:0:-1] + halves[1], 1)  # strokes × 13 × 2
        position = np.linspace(0, 2 * steps, along)
        index = np.minimum(position.astype(int), 2 * steps - 1)
        t = (position - index).astype(np.float32)[:, None]
        spine = knots[:, index] * (1 - t) + knots[:, index + 1] * t
        tangent = np.gradient(knots, axis=1)
        tangent = tangent[:, index] * (1 - t) + tangent[:, index + 1] * t
        tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True) + 1e-6
        normal = np.stack([-tangent[..., 1], tangent[..., 0]], -1)
        return spine.astype(np.float32), normal.astype(np.float32)

    def _land(
        self,
        px: Array,
        py: Array,
        kept: Array,
        streak: Array,
        thickness: Array,
        colours: Array,
        second: Array,
        brush: Brush,
    ) -> None:
        """Put one batch of strokes down; only what stays visible is coloured."""
        height, width = self.shape
        seen = kept & (px >= 0) & (px < width) & (py >= 0) & (py < height)
        owner = np.full(height * width, -1, np.int32)
        samples = np.flatnonzero(seen.ravel()).astype(np.int32)
        # Of repeated indices the last assignment stands, which is the later stroke.
        owner[(py * width + px).ravel()[samples]] = samples
        pixels = np.flatnonzero(owner >= 0)
        sample = owner[pixels]
        stroke = sample // (px.shape[1] * px.shape[2])
        lightness = streak.ravel()[sample][:, None]
        share = np.clip(lightness * 0.9 + 0.35, 0, 1)
        colour = colours[stroke] * (1 - share) + second[stroke] * share
        self.colour.reshape(-1, 3)[pixels] = colour * (1 + brush.streaks * 0.35 * lightness)
        self.paint.ravel()[pixels] = brush.body * thickness.ravel()[sample]


def _bristles(
    rng: np.random.Generator, brush: Brush, along: int, across: int
) -> tuple[Array, Array, Array]:
    """Stroke textures to choose from: streaks (-1 to 1), where paint is left, its thickness."""
    u = np.linspace(0, 1, along, dtype=np.float32)[None, :, None]
    v = np.linspace(-1, 1, across, dtype=np.float32)[None, None, :]
    hairs = rng.uniform(-1, 1, (_VARIANTS, 4, max(3, across // 2)))
    knots = np.linspace(0, 1, hairs.shape[2])
    at = np.linspace(0, 1, across)
    rows = np.stack([[np.interp(at, knots, row) for row in variant] for variant in hairs])
    place = np.linspace(0, 2.999, along)
    index = place.astype(int)
    t = (place - index)[None, :, None]
    streak = (rows[:, index] * (1 - t) + rows[:, index + 1] * t).astype(np.float32)

    lift = rng.uniform(0, 1, (_VARIANTS, 2, across)).astype(np.float32)
    start = 0.18 * brush.dry * lift[:, None, 0] + 0.10 * v * v
    end = 1 - 0.45 * brush.dry * lift[:, None, 1] - 0.14 * v * v
    kept = (u >= start) & (u <= end)
    # A dry brush skips: thin hairs stop leaving paint towards the end.
    kept &= streak > -1.1 + 0.9 * brush.dry * u
    thickness = 0.55 + 0.3 * streak + 0.25 * np.abs(v) ** 3 + 0.3 * _head(u)
    return streak, kept, thickness.astype(np.float32)


def _head(u: Array) -> Array:
    """The extra paint that a stroke pushes up where it ends."""
    return np.clip((u - 0.75) * 4, 0, 1) ** 2
