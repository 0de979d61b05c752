"""The plain implementation and the engine on one pair of pictures, minimising the same loss."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from gramarye.engine.canvas import Canvas, Style
from gramarye.engine.networks import VggNetwork
from gramarye.engine.picture import Picture
from gramarye.engine.presets import preset
from gramarye.engine.recipe import FeatureKind, Pooling, Precision, Recipe, Regularisers
from gramarye.engine.targets import build_objective
from gramarye.engine.tiles.layout import UNTILED, Layout

from .baseline import Baseline, State

Evaluate = Callable[[Tensor], tuple[float, Tensor]]
"""Pixels → loss and gradient."""


def add_arguments(parser: argparse.ArgumentParser, size: int) -> None:
    """What decides the work of both."""
    parser.add_argument("--size", type=int, default=size, help="side of the square canvas")
    parser.add_argument("--network", choices=("vgg19", "vgg16"), default="vgg19")
    parser.add_argument("--pooling", choices=("average", "max"), default="average")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--weights", type=Path, help="a torchvision checkpoint; default: random")


def same_recipe(network: FeatureKind, pooling: Pooling, precision: Precision) -> Recipe:
    """The engine's default at one size, without the regularisers that the baseline has not."""
    recipe = replace(preset(network), regularisers=Regularisers())
    features = replace(recipe.features, pooling=pooling, precision=precision)
    return replace(recipe, features=features)


def plain(content: Tensor, style: Tensor, state: State, args: argparse.Namespace) -> Evaluate:
    """The baseline's closure."""
    return Baseline(content, style, state, args.network, args.pooling, args.device).evaluate


def engine(
    content: Tensor,
    style: Tensor,
    state: State,
    args: argparse.Namespace,
    precision: Precision,
    layout: Layout = UNTILED,
) -> Evaluate:
    """The engine's evaluation of the same loss."""
    device = torch.device(args.device)
    recipe = same_recipe(args.network, args.pooling, precision)
    network = VggNetwork(recipe, state, device)
    pictures = (Picture(one.to(device)) for one in (content, style))
    canvas = Canvas(next(pictures), (Style(next(pictures)),))
    objective = build_objective(network.at(0), canvas, recipe, layout)

    def evaluate(pixels: Tensor) -> tuple[float, Tensor]:
        parts = objective.evaluate(pixels)
        while True:
            try:
                next(parts)
            except StopIteration as stop:
                return stop.value.loss, stop.value.gradient

    return evaluate
