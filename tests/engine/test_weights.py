"""Checkpoints of every kind: the right ones load, all others are refused in a sentence."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gramarye.engine.errors import WeightsError
from gramarye.engine.places import HUB_FILES, find_weights, hub_directory
from gramarye.engine.weights import load_weights

from .helpers import random_state


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An empty user cache and an empty torch hub cache."""
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    own, hub = tmp_path / "cache" / "weights", tmp_path / "torch" / "hub" / "checkpoints"
    own.mkdir(parents=True)
    hub.mkdir(parents=True)
    return own, hub


@pytest.mark.parametrize("network", ["vgg16", "vgg19"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_checkpoint_says_which_network_it_is(tmp_path: Path, network: str, suffix: str) -> None:
    path = tmp_path / f"weights{suffix}"
    state = random_state(network)
    if suffix == ".pth":
        torch.save(state, path)
    else:
        save_file(state, path)
    found, loaded = load_weights(path)
    assert found == network
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[key], state[key]) for key in state)


def test_the_classifier_is_left_out_and_half_precision_becomes_single(tmp_path: Path) -> None:
    state = {key: value.half() for key, value in random_state("vgg16").items()}
    torch.save(state | {"classifier.0.weight": torch.zeros(2, 2)}, tmp_path / "w.pth")
    _, loaded = load_weights(tmp_path / "w.pth")
    assert all(key.startswith("features.") for key in loaded)
    assert all(value.dtype == torch.float32 for value in loaded.values())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"no weights file at .*gone\.pth"):
        load_weights(tmp_path / "gone.pth")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("content", [b"", b"not weights at all", b"\x00" * 4096])
def test_a_file_that_is_no_checkpoint_is_refused(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    with pytest.raises(WeightsError):
        load_weights(path)


def test_a_checkpoint_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(random_state("vgg19"), path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(WeightsError, match="cut short|more than tensors"):
        load_weights(path)


class _Trap:
    """What runs code when unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, (Path("sprung"),))  # type: ignore[return-value]


def test_a_pickle_with_code_in_it_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pth"
    with path.open("wb") as file:
        pickle.dump({"features.0.weight": _Trap()}, file, protocol=2)  # as torch.save does
    with pytest.raises(WeightsError, match="was not opened"):
        load_weights(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda s: s.pop("features.5.weight"), id="a weight is missing"),
        pytest.param(lambda s: s.pop("features.5.bias"), id="a bias is missing"),
        pytest.param(
            lambda s: s.update({"features.7.weight": torch.zeros(8, 9, 3, 3)}), id="wrong channels"
        ),
        pytest.param(
            lambda s: s.update({"features.7.weight": torch.zeros(8, 4, 5, 5)}), id="wrong kernel"
        ),
        pytest.param(lambda s: s.update({"features.7.bias": torch.zeros(3)}), id="wrong bias"),
        pytest.param(lambda s: s.clear(), id="empty"),
        pytest.param(
            lambda s: s.update({"features.1.weight": torch.zeros(4)}), id="a batch normalisation"
        ),
    ],
)
def test_a_network_of_another_plan_is_refused(tmp_path: Path, change) -> None:
    state = random_state("vgg19")
    change(state)
    torch.save(state, tmp_path / "w.pth")
    with pytest.raises(WeightsError, match="neither a VGG-16 nor a VGG-19|does not fit"):
        load_weights(tmp_path / "w.pth")


def test_a_list_of_tensors_is_no_state_dict(tmp_path: Path) -> None:
    torch.save([torch.zeros(3)], tmp_path / "w.pth")
    with pytest.raises(WeightsError, match="no state dict"):
        load_weights(tmp_path / "w.pth")


def test_the_users_cache_comes_before_torch_hubs(caches: tuple[Path, Path]) -> None:
    own, hub = caches
    assert find_weights("vgg19") is None
    torch.save(random_state("vgg19"), hub / HUB_FILES["vgg19"])
    assert find_weights("vgg19") == hub / HUB_FILES["vgg19"]
    save_file(random_state("vgg19"), own / "vgg19.safetensors")
    assert find_weights("vgg19") == own / "vgg19.safetensors"
    assert find_weights("vgg16") is None


def test_torch_hubs_cache_is_where_torch_itself_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    for variables in (
        {},
        {"XDG_CACHE_HOME": "/x/y"},
        {"TORCH_HOME": "~/t", "XDG_CACHE_HOME": "/x"},
    ):
        monkeypatch.delenv("TORCH_HOME", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert hub_directory() == Path(torch.hub.get_dir()) / "checkpoints"
