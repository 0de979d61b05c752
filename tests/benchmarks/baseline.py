"""The opponent: neural style transfer as everybody writes it first, in NCHW float32 by autograd.

It shares nothing with the engine but the loss that it minimises, which is that of a recipe with
``relative=True`` and ``statistic="gram"``: content weight × MSE at relu4_2 over the variance of the
content's features, plus style weight × the mean over five layers of the Gram matrices' MSE over the
mean square of the style's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCKS = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
WIDTHS = (64, 128, 256, 512, 512)
CONTENT_LAYER = "relu4_2"
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

State = Mapping[str, Tensor]
"""torchvision's ``features.N.weight`` and ``features.N.bias``."""


def random_state(network: str = "vgg19", seed: int = 0) -> dict[str, Tensor]:
    """He-initialised convolutions of the full width, keyed as torchvision's checkpoint."""
    generator = torch.Generator().manual_seed(seed)
    state: dict[str, Tensor] = {}
    index, channels = 0, 3
    for convolutions, width in zip(BLOCKS[network], WIDTHS, strict=True):
        for _ in range(convolutions):
            weight = torch.randn(width, channels, 3, 3, generator=generator)
            state[f"features.{index}.weight"] = weight * (2 / (9 * channels)) ** 0.5
            state[f"features.{index}.bias"] = torch.zeros(width)
            index, channels = index + 2, width
        index += 1
    return state


def load_state(file: Path | None, network: str = "vgg19", seed: int = 0) -> dict[str, Tensor]:
    """The convolutions of a torchvision checkpoint, or random ones without a file."""
    if file is None:
        return random_state(network, seed)
    state = torch.load(file, map_location="cpu", weights_only=True)
    return {key: value.float() for key, value in state.items() if key.startswith("features.")}


class Baseline:
    """Gatys et al. 2016 in a few lines.

    Args:
        content: ``(3, H, W)`` in [0, 1]; style: ``(3, h, w)``, likewise.
        pooling: ``average`` or ``max``.
        total_variation, range_weight: the engine's two regularisers, off by default.
    """

    def __init__(
        self,
        content: Tensor,
        style: Tensor,
        state: State,
        network: str = "vgg19",
        pooling: str = "average",
        device: str = "cpu",
        content_weight: float = 0.02,
        style_weight: float = 1.0,
        total_variation: float = 0.0,
        range_weight: float = 0.0,
    ) -> None:
        self._network = network
        self._pool = F.avg_pool2d if pooling == "average" else F.max_pool2d
        self._state = {key: value.to(device) for key, value in state.items()}
        self._mean, self._std = (
            torch.tensor(values, device=device)[:, None, None] for values in (MEAN, STD)
        )
        self._weights = content_weight, style_weight / len(STYLE_LAYERS)
        self._total_variation, self._range_weight = total_variation, range_weight
        with torch.no_grad():
            self._content = self._features(content.to(device))[CONTENT_LAYER]
            spread = self._content - self._content.mean((1, 2), keepdim=True)
            self._variance = spread.square().mean()
            taps = self._features(style.to(device))
            self._grams = {name: gram(taps[name]) for name in STYLE_LAYERS}

    def loss(self, pixels: Tensor) -> Tensor:
        """The whole loss of ``(3, H, W)`` as a scalar on autograd's graph."""
        taps = self._features(pixels)
        content, style = self._weights
        total = content * F.mse_loss(taps[CONTENT_LAYER], self._content) / self._variance
        for name, target in self._grams.items():
            total = total + style * F.mse_loss(gram(taps[name]), target) / target.square().mean()
        if self._total_variation:
            down, right = pixels.diff(dim=1), pixels.diff(dim=2)
            variation = (down.square().sum() + right.square().sum()) / pixels.numel()
            total = total + self._total_variation * variation
        if self._range_weight:
            total = total + self._range_weight * (pixels - pixels.clamp(0, 1)).square().mean()
        return total

    def evaluate(self, pixels: Tensor) -> tuple[float, Tensor]:
        """Loss and gradient: one closure."""
        live = pixels.detach().requires_grad_()
        loss = self.loss(live)
        loss.backward()
        assert live.grad is not None
        return loss.item(), live.grad

    def run(
        self,
        start: Tensor,
        evaluations: int,
        watch: Callable[[int, float, Tensor], None] | None = None,
        history: int = 100,
    ) -> Tensor:
        """``torch.optim.LBFGS`` as it comes, with lr 1 and no line search.

        ``watch(evaluation, loss, pixels)`` is called in each of the ``evaluations`` closures.
        """
        pixels = start.detach().clone().requires_grad_()
        optimiser = torch.optim.LBFGS(
            [pixels],
            lr=1,
            max_iter=evaluations,
            max_eval=evaluations,
            history_size=history,
            tolerance_grad=0,
            tolerance_change=0,
        )
        done = 0

        def closure() -> float:
            nonlocal done
            optimiser.zero_grad()
            loss = self.loss(pixels)
            loss.backward()
            done += 1
            if watch is not None:
                watch(done, loss.item(), pixels.detach())
            return loss.item()

        optimiser.step(closure)
        return pixels.detach()

    def _features(self, pixels: Tensor) -> dict[str, Tensor]:
        """All rectified layers up to relu5_1, by name."""
        current = ((pixels - self._mean) / self._std)[None]
        taps: dict[str, Tensor] = {}
        index = 0
        for block, convolutions in enumerate(BLOCKS[self._network], start=1):
            for place in range(1, convolutions + 1):
                weight = self._state[f"features.{index}.weight"]
                bias = self._state[f"features.{index}.bias"]
                current = F.relu(F.conv2d(current, weight, bias, padding=1))
                taps[f"relu{block}_{place}"] = current[0]
                if f"relu{block}_{place}" == STYLE_LAYERS[-1]:
                    return taps
                index += 2
            current = self._pool(current, 2)
            index += 1
        return taps


def gram(features: Tensor) -> Tensor:
    """Of ``(C, H, W)``, over its positions."""
    values = features.flatten(1)
    return values @ values.T / values.shape[1]
