"""Estimates of jobs on one device: measured once on this machine, and learning from every job."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

import torch

from .engine.canvas import Canvas
from .engine.cost import Job, Rates, plan
from .engine.device import describe_device
from .engine.measuring import measure
from .engine.networks import Network
from .engine.plan import Plan
from .engine.precision import computed
from .engine.presets import preset
from .engine.profile import paused
from .engine.recipe import Features, Recipe
from .rates import load_rates, save_rates

SHORTEST_LESSON = 2.0
"""Seconds; a quicker job says more about the moment than about the device."""

_log = logging.getLogger(__name__)


class Estimator:
    """The rates of one device for each kind of features.

    ``network_for`` makes the network for a canvas and a recipe, as a job would.
    """

    def __init__(
        self, device: torch.device, network_for: Callable[[Canvas, Recipe], Network]
    ) -> None:
        self._device = device
        self._network_for = network_for

    @property
    def name(self) -> str:
        """What rates are kept under: the device, a processor's threads, and torch's version."""
        return f"{describe_device(self._device)}, torch {torch.__version__}"

    def rates(self, features: Features, widths: tuple[int, ...] = ()) -> Rates:
        """How fast the device is; measured first if need be: a second or two, once a machine."""
        known = load_rates(self.name, self._kind(features))
        if known is not None:
            return known
        began = time.monotonic()
        recipe = preset(features.kind)
        recipe = replace(recipe, features=replace(recipe.features, precision=features.precision))
        with paused():
            rates = measure(recipe, self._network_for, self._device, widths)
        save_rates(self.name, self._kind(features), rates)
        _log.info("measured %s in %.1f s: %s", features, time.monotonic() - began, rates)
        return rates

    def plan(self, job: Job) -> Plan:
        """What the job will take."""
        return plan(job, self.rates(job.recipe.features, job.widths))

    def learn(self, features: Features, promised: float, took: float) -> None:
        """Take note of what a whole job took, in seconds, beside what was promised."""
        rates = load_rates(self.name, self._kind(features))
        if rates is not None and took >= SHORTEST_LESSON:
            save_rates(self.name, self._kind(features), rates.learned(promised, took))

    def _kind(self, features: Features) -> str:
        """What of the features decides how fast they are."""
        if features.kind == "builtin":
            return "builtin"
        precision = computed(features.precision, features.pooling, self._device)
        return f"{features.kind}, {precision}"
