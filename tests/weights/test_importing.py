"""Checkpoints of both conventions, recognised and then computed as their makers meant it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

from gramarye.engine.convention import CAFFE, INPUT_KEY, TORCHVISION, InputConvention, State
from gramarye.engine.errors import WeightsError
from gramarye.engine.recognition import FIRST_FILTERS
from gramarye.engine.vgg import Vgg, convolution_indices, layer_names
from gramarye.engine.weights import load_weights
from gramarye.studio import Studio
from gramarye.weights.errors import KeptError
from gramarye.weights.importing import UnclearInputError, import_weights

from ..engine.helpers import SLIM_WIDTHS, picture, random_state

Tensors = dict[str, Tensor]
LAYERS = ("relu1_1", "relu2_1", "relu3_1")


def _caffe_names(state: Tensors, network: str) -> Tensors:
    names = layer_names(network)
    return {
        f"{names[int(key.split('.')[1])]}.{key.split('.')[2]}": value
        for key, value in state.items()
    }


def _reference(state: Tensors, network: str, prepared: Tensor) -> dict[str, Tensor]:
    """Features of an input that is already as the network wants it, convolution by convolution."""
    taps: dict[str, Tensor] = {}
    current = prepared[None]
    for index, name in enumerate(layer_names(network)[: layer_names(network).index("relu3_1") + 1]):
        if name.startswith("conv"):
            weight, bias = (
                state[f"features.{index}.{part}"].double() for part in ("weight", "bias")
            )
            current = F.conv2d(current, weight, bias, padding=1)
        elif name.startswith("relu"):
            current = F.relu(current)
        else:
            current = F.avg_pool2d(current, 2)
        taps[name] = current[0]
    return taps


def _save(state: Tensors, path: Path) -> Path:
    if path.suffix == ".pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    return path


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
def test_caffes_convention_gives_the_features_of_explicit_preprocessing(
    network: str, suffix: str, tmp_path: Path, directory: Path
) -> None:
    state = random_state(network)
    file = _save(_caffe_names(state, network), tmp_path / f"vgg_conv{suffix}")
    done = import_weights(file, directory)
    assert (done.network, done.convention) == (network, "caffe")
    assert "Caffe's names" in done.evidence

    pixels = picture(24, 32, dtype=torch.float64)
    red, green, blue = 255 * pixels
    prepared = torch.stack([blue - 103.939, green - 116.779, red - 123.68])
    wanted = _reference(state, network, prepared)

    found, loaded = load_weights(done.path)
    assert found == network
    taps = Vgg(network, loaded, LAYERS, dtype=torch.float64).forward(pixels).taps
    for layer in LAYERS:
        torch.testing.assert_close(taps[layer], wanted[layer], rtol=1e-9, atol=1e-9)


def test_torchvisions_convention_gives_the_features_of_explicit_preprocessing(
    tmp_path: Path, directory: Path
) -> None:
    state = random_state("vgg19")
    done = import_weights(_save(state, tmp_path / "w.pth"), directory, "torchvision")
    pixels = picture(24, 32, dtype=torch.float64)
    mean = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64)[:, None, None]
    std = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64)[:, None, None]
    wanted = _reference(state, "vgg19", (pixels - mean) / std)
    taps = (
        Vgg("vgg19", load_weights(done.path)[1], LAYERS, dtype=torch.float64).forward(pixels).taps
    )
    for layer in LAYERS:
        torch.testing.assert_close(taps[layer], wanted[layer], rtol=1e-9, atol=1e-9)


def test_the_gradient_reaches_the_right_channels_through_caffes_convention() -> None:
    state = State(random_state("vgg19"), CAFFE)
    vgg = Vgg("vgg19", state, ["conv1_1"], dtype=torch.float64)
    pixels = picture(6, 6, dtype=torch.float64)

    def total(one: Tensor) -> float:
        return float(vgg.forward(one, remember=False).taps["conv1_1"].sum())

    tape = vgg.forward(pixels)
    gradient = tape.backward({"conv1_1": torch.ones_like(tape.taps["conv1_1"])})
    for channel in range(3):
        nudged = pixels.clone()
        nudged[channel, 2, 3] += 1e-3
        slope = (total(nudged) - total(pixels)) / 1e-3
        assert float(gradient[channel, 2, 3]) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize(("name", "convention", "filter_"), FIRST_FILTERS)
def test_the_networks_that_everybody_uses_are_known_by_their_first_filter(
    name: str,
    convention: InputConvention,
    filter_: tuple[float, ...],
    dtype: torch.dtype,
    tmp_path: Path,
    directory: Path,
) -> None:
    network = "vgg16" if "16" in name else "vgg19"
    state = random_state(network)
    state["features.0.weight"][0, 0] = torch.tensor(filter_).view(3, 3)
    state = {key: value.to(dtype) for key, value in state.items()}
    done = import_weights(_save(state, tmp_path / "w.pth"), directory)
    assert done.convention == convention.name
    assert name in done.evidence


def test_a_classifier_laid_out_as_in_conversions_from_caffe_gives_them_away(
    tmp_path: Path, directory: Path
) -> None:
    classifier = {f"classifier.{place}.weight": torch.zeros(2, 2) for place in (1, 4, 6)}
    done = import_weights(_save(random_state("vgg19") | classifier, tmp_path / "w.pth"), directory)
    assert done.convention == "caffe"
    assert "classifier" in done.evidence


@pytest.mark.parametrize(
    ("factor", "convention", "words"), [(1 / 60, "caffe", "0–255"), (10, "torchvision", "0–1")]
)
def test_a_first_layer_of_a_telling_scale_is_believed(
    factor: float, convention: str, words: str, tmp_path: Path, directory: Path
) -> None:
    state = random_state("vgg19")
    state["features.0.weight"] *= factor
    done = import_weights(_save(state, tmp_path / "w.pth"), directory)
    assert done.convention == convention
    assert words in done.evidence


def test_an_unclear_file_asks_for_the_convention_and_stores_nothing(
    tmp_path: Path, directory: Path
) -> None:
    file = _save(random_state("vgg19"), tmp_path / "w.pth")
    with pytest.raises(UnclearInputError, match="--convention torchvision.*--convention caffe"):
        import_weights(file, directory)
    assert not directory.exists()
    assert import_weights(file, directory, "caffe").evidence == "you said so"
    assert load_weights(directory / "vgg19.safetensors")[1].convention == CAFFE


def test_a_stored_network_can_be_imported_again_with_its_own_input(
    tmp_path: Path, directory: Path
) -> None:
    own = InputConvention("bgr", 2.0, (0.25, 0.5, 0.75), (1.0, 2.0, 4.0))
    file = tmp_path / "own.safetensors"
    save_file(random_state("vgg19"), file, {INPUT_KEY: own.to_json()})
    done = import_weights(file, directory)
    assert done.convention == "its own"
    assert load_weights(done.path)[1].convention == own


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"order": "rbg", "scale": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}',
        '{"order": "rgb", "scale": NaN, "mean": [0, 0, 0], "std": [1, 1, 1]}',
        '{"order": "rgb", "scale": 1, "mean": [0, 0], "std": [1, 1, 1]}',
        '{"order": "rgb", "scale": 1, "mean": [0, 0, Infinity], "std": [1, 1, 1]}',
        '{"order": "rgb", "scale": 1, "mean": [0, 0, 0], "std": [1, 0, 1]}',
        '{"order": "rgb", "scale": "much", "mean": [0, 0, 0], "std": [1, 1, 1]}',
    ],
)
def test_a_label_that_describes_no_input_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "own.safetensors"
    save_file(random_state("vgg19"), file, {INPUT_KEY: text})
    with pytest.raises(WeightsError, match="describe their input"):
        load_weights(file)


def test_only_the_convolutions_are_kept_in_single_precision(
    tmp_path: Path, directory: Path
) -> None:
    state = {key: value.half() for key, value in random_state("vgg16").items()}
    state["classifier.0.weight"] = torch.zeros(2, 2)
    path = import_weights(_save(state, tmp_path / "w.pth"), directory, "torchvision").path
    kept = load_file(path)
    assert len(kept) == 2 * len(convolution_indices("vgg16"))
    assert all(value.dtype == torch.float32 for value in kept.values())
    widths = [kept[f"features.{index}.weight"].shape[0] for index in convolution_indices("vgg16")]
    assert tuple(widths) == SLIM_WIDTHS["vgg16"]


def test_other_weights_are_replaced_only_when_asked(tmp_path: Path, directory: Path) -> None:
    first = _save(random_state("vgg19", seed=1), tmp_path / "first.pth")
    second = _save(random_state("vgg19", seed=2), tmp_path / "second.pth")
    path = import_weights(first, directory, "caffe").path
    import_weights(first, directory, "caffe")
    before = path.read_bytes()
    for file, convention in ((second, "caffe"), (first, "torchvision")):
        with pytest.raises(KeptError, match="--replace"):
            import_weights(file, directory, convention)
    assert path.read_bytes() == before
    import_weights(second, directory, "torchvision", replace=True)
    assert load_weights(path)[1].convention == TORCHVISION


def test_the_studio_paints_with_an_imported_network(tmp_path: Path, directory: Path) -> None:
    import_weights(
        _save(_caffe_names(random_state("vgg19"), "vgg19"), tmp_path / "w.pth"), directory
    )
    studio = Studio("cpu")
    studio.warm()
    assert studio.features == "vgg19"
