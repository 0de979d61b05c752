"""Weights that are missing, sound and damaged, as real files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gramarye.doctor.networks import weights
from tests.cli.helpers import tiny_weights


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; there is no torch hub."""
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "hub"))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def test_without_any_it_says_what_is_used_instead(cache: Path) -> None:
    [told] = weights()
    assert told.level == "note"
    assert "the built-in features are used, learnt from your style alone" in told.sentence
    assert told.mend.endswith("weights fetch vgg19")


def test_a_sound_network_is_named_with_its_file(cache: Path) -> None:
    tiny_weights(cache / "vgg19.pth")
    [told] = weights()
    assert told.level == "ok"
    assert told.sentence.startswith("vgg19 is sound and used")
    assert str(cache / "vgg19.pth") in told.sentence


def test_a_damaged_network_stops_the_daemon_and_is_fetched_again(cache: Path) -> None:
    (cache / "vgg19.safetensors").write_bytes(b"cut off in the midd")
    [told] = weights()
    assert told.level == "wrong"
    assert str(cache / "vgg19.safetensors") in told.sentence
    assert "The daemon does not start with it" in told.sentence
    assert told.mend.endswith("weights fetch vgg19")


def test_one_that_nobody_uses_is_only_noted(cache: Path) -> None:
    tiny_weights(cache / "vgg19.pth").rename(cache / "sound")
    (cache / "vgg19.pth").write_bytes(b"damaged")
    hub = cache.parent / "hub" / "hub" / "checkpoints"
    hub.mkdir(parents=True)
    (hub / "vgg16-397923af.pth").write_bytes(b"damaged")
    best, other = weights()
    assert (best.level, other.level) == ("wrong", "wrong")
    assert "Jobs with vgg16 fail" in other.sentence
    assert other.mend.startswith(f'delete "{hub}')
    assert other.mend.endswith("weights fetch vgg16")


def test_what_torch_cannot_read_is_said_to_be_unread(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_weights(cache / "vgg19.pth")
    (cache / "torch.py").write_text("raise ImportError('gone')")
    paths = (str(cache), os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    [told] = weights()
    assert told.level == "note"
    assert str(cache / "vgg19.pth") in told.sentence
    assert told.mend.endswith("weights verify")


def test_a_damaged_file_behind_a_better_one_does_no_harm(cache: Path) -> None:
    (cache / "vgg19.pth").write_bytes(b"damaged")
    (cache / "vgg19.safetensors").write_bytes(b"damaged")
    first, second = weights()
    assert first.level == "wrong"
    assert second.level == "note"
    assert second.sentence.endswith("It is not used.")
    assert second.mend
