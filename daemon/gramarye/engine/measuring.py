"""How fast this device is: a second or two of the real work, on pictures of noise.

The very loop of :mod:`~gramarye.engine.transfer` is timed at two sizes, each twice the one before,
so that the rates hold for the code as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import torch

from .canvas import Canvas, Style
from .cost import Job, Rates
from .networks import Network
from .picture import Picture
from .recipe import Recipe, Schedule
from .transfer import Step, transfer

FIRST_SIDE = 64
LARGEST_SIDE = 1024
BUDGET_SECONDS = 1.5
"""A larger size is tried for as long as it should fit in so much."""
STEPS = 3


def measure(
    recipe: Recipe,
    network_for: Callable[[Canvas, Recipe], Network],
    device: torch.device,
    widths: tuple[int, ...] = (),
    clock: Callable[[], float] = time.perf_counter,
) -> Rates:
    """Time the recipe's work; ``widths`` as in :class:`~gramarye.engine.cost.Job`."""
    # The weights of a recipe decide nothing about its speed, one octave is enough to time a step.
    schedule = Schedule(coarsest=1 << 16, steps=STEPS, coarse_steps=0)
    recipe = replace(recipe, schedule=schedule)
    canvas = _noise(FIRST_SIDE, device)
    began = clock()
    network = network_for(canvas, recipe)
    fit = clock() - began
    points: list[tuple[float, float]] = []
    side, spent, took = FIRST_SIDE, 0.0, 0.0
    while len(points) < 2 or (side <= LARGEST_SIDE and spent + 4 * took < BUDGET_SECONDS):
        seconds, took = _timed(_noise(side, device), recipe, network, clock)
        job = Job(recipe, (side, side), ((side, side),), widths=widths)
        points.append((job.evaluation_flops(0) * side**2, seconds))
        spent += took
        side *= 2
    fixed, flops = _line(points[-2], points[-1])
    first = Job(recipe, canvas.content.size, (canvas.content.size,))
    return Rates(fixed, flops, fit / first.fit_units if first.fit_units else 0.0)


def _noise(side: int, device: torch.device) -> Canvas:
    generator = torch.Generator().manual_seed(side)
    content, style = (torch.rand(3, side, side, generator=generator).to(device) for _ in range(2))
    return Canvas(Picture(content), (Style(Picture(style)),))


def _timed(
    canvas: Canvas, recipe: Recipe, network: Network, clock: Callable[[], float]
) -> tuple[float, float]:
    """Seconds of a step, and of all of it. The first step has the targets in it and counts not."""
    began = last = clock()
    steps: list[float] = []
    for moment in transfer(canvas, recipe, network):
        if isinstance(moment, Step):
            now = clock()
            steps.append(now - last)
            last = now
    return median(steps[1:] or steps), clock() - began


def _line(small: tuple[float, float], large: tuple[float, float]) -> tuple[float, float]:
    """Fixed seconds and work a second through two points of work and seconds.

    Where noise makes the larger one no slower than its share, all time is taken for work.
    """
    (less, before), (more, after) = small, large
    slope = (after - before) / (more - less)
    fixed = before - slope * less
    if slope <= 0 or fixed < 0:
        return 0.0, more / after
    return fixed, 1 / slope
