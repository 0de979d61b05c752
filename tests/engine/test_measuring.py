"""How fast a device is, by a clock that ticks with the work."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gramarye.engine.measuring import measure
from gramarye.engine.networks import PatchNetwork, VggNetwork
from gramarye.engine.presets import preset

from .helpers import SLIM_WIDTHS, changed, random_state

CPU = torch.device("cpu")


def test_a_device_of_so_many_operations_a_second_is_found_to_be_that_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gramarye.engine.convolution.onednn_fuses", lambda dtype: False)
    state = random_state("vgg19")
    with FlopCounterMode(display=False) as counter:
        rates = measure(
            changed(preset("vgg19"), features={"precision": "exact"}),
            lambda _, recipe: VggNetwork(recipe, state, CPU),
            CPU,
            SLIM_WIDTHS["vgg19"],
            clock=lambda: counter.get_total_flops() / 1e9,
        )
    assert rates.flops == pytest.approx(1e9, rel=0.2)
    assert rates.fixed * rates.flops < 0.2 * 64**2 * 1e5
    assert (rates.fit, rates.correction) == (0.0, 1.0)


def test_the_fit_of_the_built_in_features_is_measured_apart() -> None:
    ticks = iter(range(10_000))
    rates = measure(
        preset("builtin"),
        lambda canvas, recipe: PatchNetwork.fitted(canvas, recipe, CPU),
        CPU,
        clock=lambda: float(next(ticks)),
    )
    assert rates.fit > 0
    # Every step takes one tick, however large: all of it is fixed or, as here, taken for work.
    assert rates.flops > 0
    assert rates.fixed >= 0
