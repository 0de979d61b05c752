"""The fast step: each layer's own way back, against float64 autograd through torchvision's."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from gramarye.engine import winograd
from gramarye.engine.convolution import Convolution, onednn_fuses
from gramarye.engine.features import TapGradients
from gramarye.engine.layers import MaxPool
from gramarye.engine.recipe import Pooling
from gramarye.engine.vgg import IMAGENET_MEAN, IMAGENET_STD, Vgg, layer_names
from gramarye.engine.winograd import Winograd, Workspace

from .helpers import picture, random_state, relative_error

DOUBLE = torch.float64
CASES = [(n, p) for n in ("vgg16", "vgg19") for p in ("average", "max")]


def _modules(network: str, state: dict[str, Tensor], pooling: str) -> list[nn.Module]:
    """torchvision's own layers in float64, none in place, with these widths and pooling."""
    plan: list[str | int] = []
    for name, weight in state.items():
        if name.endswith("weight"):
            plan.append(weight.shape[0])
            places = {"vgg16": (2, 7, 14, 21, 28), "vgg19": (2, 7, 16, 25, 34)}[network]
            if int(name.split(".")[1]) in places:
                plan.append("M")
    model = torchvision.models.vgg.make_layers(plan).double()  # type: ignore[arg-type]
    model.load_state_dict({key.removeprefix("features."): value for key, value in state.items()})
    return [
        nn.ReLU()
        if isinstance(one, nn.ReLU)
        else nn.AvgPool2d(2)
        if isinstance(one, nn.MaxPool2d) and pooling == "average"
        else one
        for one in model
    ]


def _outputs(modules: list[nn.Module], pixels: Tensor) -> list[Tensor]:
    mean, std = (
        torch.tensor(values, dtype=DOUBLE)[:, None, None]
        for values in (IMAGENET_MEAN, IMAGENET_STD)
    )
    current = ((pixels - mean) / std)[None]
    found: list[Tensor] = []
    for module in modules:
        current = module(current)
        found.append(current[0])
    return found


def _random_like(tensor: Tensor, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(tensor.shape, generator=generator, dtype=DOUBLE)


@pytest.fixture(params=[False, True], ids=["plain", "winograd"])
def fast(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether Winograd's products are used, and then in every layer but the first."""
    monkeypatch.setattr("gramarye.engine.convolution.FEWEST_FILTERS", 16)
    monkeypatch.setattr("gramarye.engine.convolution.FEWEST_POSITIONS", 1)
    return request.param


@pytest.mark.parametrize(("network", "pooling"), CASES)
def test_the_gradient_of_every_layer_as_the_only_tap_is_autograds(
    network: str, pooling: Pooling, fast: bool
) -> None:
    """On odd sizes, where pooling leaves a last row or column out."""
    state = random_state(network)
    pixels = picture(39, 35, 3, DOUBLE).requires_grad_()
    outputs = _outputs(_modules(network, state, pooling), pixels)
    for index, (name, wanted) in enumerate(zip(layer_names(network), outputs, strict=True)):
        direction = _random_like(wanted, index)
        (gradient,) = torch.autograd.grad(wanted, pixels, direction, retain_graph=True)

        vgg = Vgg(network, state, [name], pooling, dtype=DOUBLE, winograd=fast)
        tape = vgg.forward(pixels.detach())

        assert relative_error(tape.taps[name], wanted.detach()) < 1e-10, name
        assert relative_error(tape.backward({name: direction}), gradient) < 1e-10, name


@pytest.mark.parametrize("pooling", ["average", "max"])
def test_all_layers_as_taps_at_once_give_the_sum_of_their_gradients(
    pooling: Pooling, fast: bool
) -> None:
    state = random_state("vgg19")
    pixels = picture(41, 50, 5, DOUBLE).requires_grad_()
    names = layer_names("vgg19")
    outputs = _outputs(_modules("vgg19", state, pooling), pixels)
    pairs = zip(names, outputs, strict=True)
    directions = {name: _random_like(one, i) for i, (name, one) in enumerate(pairs)}
    (wanted,) = torch.autograd.grad(outputs, pixels, list(directions.values()))

    vgg = Vgg("vgg19", state, names, pooling, dtype=DOUBLE, winograd=fast)
    before = {name: one.clone() for name, one in directions.items()}
    got = vgg.forward(pixels.detach()).backward(directions)

    assert relative_error(got, wanted) < 1e-10
    assert all(torch.equal(directions[name], before[name]) for name in names)


def test_a_gradient_at_a_shallow_tap_alone_passes_no_deeper_layer() -> None:
    vgg = Vgg("vgg19", random_state("vgg19"), ["relu1_2", "relu4_1"], dtype=DOUBLE)
    alone = Vgg("vgg19", random_state("vgg19"), ["relu1_2"], dtype=DOUBLE)
    pixels = picture(32, 32, dtype=DOUBLE)
    direction = _random_like(alone.forward(pixels).taps["relu1_2"], 0)
    torch.testing.assert_close(
        vgg.forward(pixels).backward({"relu1_2": direction}),
        alone.forward(pixels).backward({"relu1_2": direction}),
    )


def test_a_tape_is_used_once() -> None:
    tape = Vgg("vgg19", random_state("vgg19"), ["relu1_1"]).forward(picture(16, 16))
    direction = torch.ones_like(tape.taps["relu1_1"])
    tape.backward({"relu1_1": direction})
    with pytest.raises(ValueError, match="used before"):
        tape.backward({"relu1_1": direction})


def test_a_gradient_is_made_when_the_backward_pass_gets_there_and_added_in_place() -> None:
    """The deepest first, and nothing of what a tap held is kept behind it."""
    asked: list[str] = []
    vgg = Vgg("vgg19", random_state("vgg19"), ["relu1_1", "relu2_1"], dtype=DOUBLE)
    tape = vgg.forward(picture(24, 24, dtype=DOUBLE))

    def pull(layer: str):
        def add(features: Tensor, so_far: Tensor | None) -> Tensor:
            asked.append(layer)
            own = torch.ones_like(features)
            return own if so_far is None else so_far.add_(own)

        return add

    gradients = TapGradients(tape.taps, {name: [pull(name)] for name in vgg.layers})
    assert len(gradients) == 2
    assert sorted(gradients) == ["relu1_1", "relu2_1"]
    assert asked == []
    got = tape.backward(gradients)

    assert asked == ["relu2_1", "relu1_1"]
    assert tape.taps == {}
    again = vgg.forward(picture(24, 24, dtype=DOUBLE))
    ones = {name: torch.ones_like(one) for name, one in again.taps.items()}
    torch.testing.assert_close(again.backward(ones), got)


def test_of_equal_neighbours_a_maximum_takes_the_first_as_autograd_does() -> None:
    flat = torch.zeros(1, 2, 5, 4, dtype=DOUBLE).requires_grad_()
    direction = torch.ones(1, 2, 2, 2, dtype=DOUBLE)
    (wanted,) = torch.autograd.grad(F.max_pool2d(flat, 2), flat, direction)
    _, memory = MaxPool("pool1").forward(flat.detach(), remember=True, tapped=False)
    assert torch.equal(MaxPool("pool1").backward(direction, memory), wanted)


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (17, 23), (33, 6), (40, 36)])
@pytest.mark.parametrize(("inputs", "outputs"), [(8, 8), (5, 7), (16, 4)])
@pytest.mark.parametrize("strip_bytes", [1, 1 << 23])
def test_winograds_products_are_the_convolution(
    shape: tuple[int, int],
    inputs: int,
    outputs: int,
    strip_bytes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In one strip and in many, at borders that no window fits, and over its own input."""
    monkeypatch.setattr(winograd, "_STRIP_BYTES", strip_bytes)
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (
        torch.randn(size, generator=generator, dtype=DOUBLE)
        for size in ((*shape, inputs), (outputs, inputs, 3, 3), (outputs,))
    )
    wanted = F.conv2d(x.permute(2, 0, 1)[None], weight, bias, padding=1)[0].permute(1, 2, 0)
    out = x if inputs == outputs else torch.empty(*shape, outputs, dtype=DOUBLE)

    Winograd(weight, Workspace())(x, out, bias, rectify=True)

    torch.testing.assert_close(out, wanted.relu(), rtol=1e-11, atol=1e-11)


def test_winograds_products_in_float32_are_as_good_as_float32() -> None:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(24, 24, 256, generator=generator).relu()
    weight = torch.randn(128, 256, 3, 3, generator=generator) * (2 / (9 * 256)) ** 0.5
    wanted = F.conv2d(x.permute(2, 0, 1)[None].double(), weight.double(), padding=1)[0]
    out = torch.empty(24, 24, 128)
    Winograd(weight, Workspace())(x, out)
    assert relative_error(out.double(), wanted.permute(1, 2, 0)) < 5e-6


def test_without_the_librarys_private_operators_the_result_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = torch.Generator().manual_seed(2)
    weight, bias = torch.randn(8, 4, 3, 3, generator=generator), torch.randn(8, generator=generator)
    x = torch.randn(1, 4, 12, 10, generator=generator)
    fused = Convolution(weight, bias)
    monkeypatch.setattr("gramarye.engine.convolution.onednn_fuses", lambda dtype: False)
    plain = Convolution(weight, bias)
    torch.testing.assert_close(fused.forward(x, True), plain.forward(x, True))
    torch.testing.assert_close(fused.forward(x, False), plain.forward(x, False))
    gradient = torch.randn(1, 8, 12, 10, generator=generator)
    torch.testing.assert_close(fused.backward(gradient.clone()), plain.backward(gradient.clone()))


def test_an_operator_that_is_missing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    onednn_fuses.cache_clear()
    monkeypatch.setattr(torch.ops, "mkldnn", object())
    assert not onednn_fuses(torch.float32)
    onednn_fuses.cache_clear()
