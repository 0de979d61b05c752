"""VGG layer names against torchvision's own networks, and the whole loss through one."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from gramarye.engine.errors import SettingsError
from gramarye.engine.objective import Objective, Term
from gramarye.engine.statistics import Content, Gram, gram_matrix
from gramarye.engine.vgg import IMAGENET_MEAN, IMAGENET_STD, Vgg, layer_names

from .helpers import full_widths, picture, random_state, relative_error

# Written out by hand from Simonyan & Zisserman 2015, table 1: the place of each convolution in
# torchvision's ``features``.
VGG16 = {
    "conv1_1": 0, "conv1_2": 2, "conv2_1": 5, "conv2_2": 7, "conv3_1": 10, "conv3_2": 12,
    "conv3_3": 14, "conv4_1": 17, "conv4_2": 19, "conv4_3": 21, "conv5_1": 24, "conv5_2": 26,
    "conv5_3": 28,
}  # fmt: skip
VGG19 = {
    "conv1_1": 0, "conv1_2": 2, "conv2_1": 5, "conv2_2": 7, "conv3_1": 10, "conv3_2": 12,
    "conv3_3": 14, "conv3_4": 16, "conv4_1": 19, "conv4_2": 21, "conv4_3": 23, "conv4_4": 25,
    "conv5_1": 28, "conv5_2": 30, "conv5_3": 32, "conv5_4": 34,
}  # fmt: skip
POOLS = {"vgg16": (4, 9, 16, 23, 30), "vgg19": (4, 9, 18, 27, 36)}
TABLES = {"vgg16": VGG16, "vgg19": VGG19}


def _torchvision_taps(network: str, state: dict[str, Tensor], pixels: Tensor) -> list[Tensor]:
    """The output of each module of torchvision's own network, not in place."""
    model = getattr(torchvision.models, network)(weights=None).features.double()
    model.load_state_dict({key.removeprefix("features."): value for key, value in state.items()})
    mean = torch.tensor(IMAGENET_MEAN, dtype=torch.float64)[:, None, None]
    std = torch.tensor(IMAGENET_STD, dtype=torch.float64)[:, None, None]
    current = ((pixels - mean) / std)[None]
    outputs: list[Tensor] = []
    for module in model:
        current = F.relu(current) if isinstance(module, nn.ReLU) else module(current)
        outputs.append(current[0].detach())
    return outputs


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_every_layer_name_gives_the_tensor_that_torchvision_computes_there(network: str) -> None:
    state = random_state(network, full_widths(network))
    pixels = picture(32, 48, dtype=torch.float64)
    wanted = _torchvision_taps(network, state, pixels)
    places = dict(TABLES[network])
    places |= {name.replace("conv", "relu"): index + 1 for name, index in TABLES[network].items()}
    places |= {f"pool{block}": index for block, index in enumerate(POOLS[network], start=1)}
    assert sorted(places) == sorted(layer_names(network))

    vgg = Vgg(network, state, places, pooling="max", dtype=torch.float64)
    taps = vgg.forward(pixels, remember=False).taps

    for name, index in places.items():
        torch.testing.assert_close(taps[name], wanted[index], rtol=1e-10, atol=1e-10, msg=name)


def test_a_convolutions_tap_is_not_spoilt_by_the_rectifier_behind_it() -> None:
    vgg = Vgg("vgg19", random_state("vgg19"), ["conv2_1", "relu2_1"])
    taps = vgg.forward(picture(16, 16)).taps
    assert float(taps["conv2_1"].min()) < 0
    torch.testing.assert_close(F.relu(taps["conv2_1"]), taps["relu2_1"])


def test_the_network_ends_behind_its_last_tap() -> None:
    short = Vgg("vgg19", random_state("vgg19"), ["relu1_1", "relu3_1"])
    assert short._names[-1] == "relu3_1"
    assert len(short._names) == VGG19["conv3_1"] + 2


def test_average_pooling_averages() -> None:
    state = random_state("vgg16")
    taps = Vgg("vgg16", state, ["relu1_2", "pool1"], "average").forward(picture(16, 16)).taps
    torch.testing.assert_close(F.avg_pool2d(taps["relu1_2"][None], 2)[0], taps["pool1"])


def test_a_slim_network_that_ends_early_serves_the_layers_it_has() -> None:
    state = random_state("vgg19", (4, 4, 8, 8, 8, 8, 8, 8, 12))
    vgg = Vgg("vgg19", state, ["relu4_1"])
    assert vgg.forward(picture(32, 32)).taps["relu4_1"].shape == (12, 4, 4)
    with pytest.raises(SettingsError, match="end before relu5_1"):
        Vgg("vgg19", state, ["relu5_1"])


@pytest.mark.parametrize("name", ["relu6_1", "relu3_4x", "conv", ""])
def test_an_unknown_layer_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(SettingsError, match="no layer"):
        Vgg("vgg19", random_state("vgg19"), [name])


def test_relu3_4_exists_in_vgg19_only() -> None:
    Vgg("vgg19", random_state("vgg19"), ["relu3_4"])
    with pytest.raises(SettingsError, match="vgg16 has no layer 'relu3_4'"):
        Vgg("vgg16", random_state("vgg16"), ["relu3_4"])


@pytest.mark.parametrize("pooling", ["average", "max"])
@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_the_whole_loss_and_its_pixel_gradient_agree_with_autograd_in_float64(
    network: str, pooling: str
) -> None:
    """α·content + β·Σ wₗ·style, as one autograd expression over torchvision-style functions."""
    state = random_state(network)
    style_layers = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
    content, style, start = (picture(40, 36, seed, torch.float64) for seed in (1, 2, 3))

    def taps(pixels: Tensor) -> dict[str, Tensor]:
        mean = torch.tensor(IMAGENET_MEAN, dtype=torch.float64)[:, None, None]
        std = torch.tensor(IMAGENET_STD, dtype=torch.float64)[:, None, None]
        current = ((pixels - mean) / std)[None]
        found: dict[str, Tensor] = {}
        for name, index in TABLES[network].items():
            if index in (pool + 1 for pool in POOLS[network]):
                pool = F.avg_pool2d if pooling == "average" else F.max_pool2d
                current = pool(current, 2)
            weight, bias = (
                state[f"features.{index}.{part}"].double() for part in ("weight", "bias")
            )
            current = F.relu(F.conv2d(current, weight, bias, padding=1))
            found[name.replace("conv", "relu")] = current[0]
        return found

    wanted_content = taps(content)["relu4_2"]
    wanted_style = taps(style)
    live = start.clone().requires_grad_()
    found = taps(live)
    reference = 0.7 * ((found["relu4_2"] - wanted_content) ** 2).mean()
    for weight, layer in enumerate(style_layers, start=1):
        gram, target = (
            torch.einsum("chw,dhw->cd", one, one) / one[0].numel()
            for one in (found[layer], wanted_style[layer])
        )
        reference = reference + weight * ((gram - target) ** 2).mean()
    (wanted_gradient,) = torch.autograd.grad(reference, live)

    vgg = Vgg(network, state, ["relu4_2", *style_layers], pooling, dtype=torch.float64)  # type: ignore[arg-type]
    style_taps = vgg.forward(style, remember=False).taps
    content_taps = vgg.forward(content, remember=False).taps
    terms = [Term("content", "relu4_2", 0.7, Content(content_taps["relu4_2"]))]
    terms += [
        Term("style", layer, float(weight), Gram(gram_matrix(style_taps[layer])))
        for weight, layer in enumerate(style_layers, start=1)
    ]
    evaluation = _run(Objective(vgg, terms), start)

    assert evaluation.loss == pytest.approx(float(reference.detach()), rel=1e-10)
    assert relative_error(evaluation.gradient, wanted_gradient) < 1e-10


def _run(objective: Objective, pixels: Tensor):
    evaluation = objective.evaluate(pixels)
    while True:
        try:
            next(evaluation)
        except StopIteration as stop:
            return stop.value
