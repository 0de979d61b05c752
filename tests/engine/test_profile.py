"""Where the time goes: each part for itself, by a clock that the test turns."""

from __future__ import annotations

from dataclasses import replace

import torch

from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.networks import VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.presets import preset
from gramarye.engine.profile import Profile, profiling, span
from gramarye.engine.recipe import Schedule
from gramarye.engine.transfer import transfer

from .helpers import picture, random_state


class Hands:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_part_inside_another_counts_for_itself_only() -> None:
    clock = Hands()
    profile = Profile(clock)
    with profile.active():
        clock.now += 1
        with span("outer", "forward"):
            clock.now += 2
            with span("inner", "forward"):
                clock.now += 4
            clock.now += 8
        with span("inner", "backward"):
            clock.now += 16
        clock.now += 1

    assert profile.seconds == 32
    assert profile.rows["outer"].seconds == {"forward": 10}
    assert profile.rows["inner"].seconds == {"forward": 4, "backward": 16}
    assert profile.rows["inner"].calls == 2
    lines = [line.split() for line in profile.table().splitlines()]
    assert lines[0] == ["forward", "backward", "seconds", "share"]
    assert lines[1] == ["outer", "10.00", "10.00", "31.2%"]
    assert lines[2] == ["inner", "4.00", "16.00", "20.00", "62.5%"]
    assert lines[3] == ["the", "rest", "2.00", "6.2%"]
    assert lines[4] == ["all", "32.00", "100.0%"]


def test_nothing_is_measured_without_a_profile() -> None:
    profile = Profile()
    assert not profiling()
    with span("layer", "forward"):
        pass
    assert profile.rows == {}
    assert span("layer", "forward") is span("another", "backward")  # not even an object is made


def test_a_transfer_is_told_by_layer_and_by_term() -> None:
    recipe = replace(preset("vgg19"), schedule=Schedule(coarsest=64, steps=3))
    network = VggNetwork(recipe, random_state("vgg19"), torch.device("cpu"))
    canvas = Canvas(Picture(picture(48, 48)), (Style(Picture(picture(40, 40, 1))),))
    profile = Profile()
    with profile.active():
        list(transfer(canvas, recipe, network))

    assert set(profile.rows["relu3_2"].seconds) == {"forward", "backward"}
    assert set(profile.rows["pool2"].seconds) == {"forward", "backward"}
    assert set(profile.rows["style relu5_1"].seconds) == {"loss", "gradient"}
    assert set(profile.rows["content relu4_2"].seconds) == {"loss", "gradient"}
    assert profile.rows["style relu5_1"].calls == 2 * 3
    assert profile.rows["optimiser"].calls == 2 * 3
    assert 0 < sum(row.total for row in profile.rows.values()) <= profile.seconds
    assert not profiling()
