"""A small published checkpoint, a server that has it, and caches with nothing in them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from gramarye.weights.catalogue import Offer
from gramarye.weights.label import Label, read_label
from gramarye.weights.store import tensors_hash

from ..engine.helpers import random_state
from .server import Site, serving


@pytest.fixture(scope="session")
def checkpoint() -> bytes:
    """A slim VGG-19 as torchvision would publish it, classifier and all."""
    buffer = io.BytesIO()
    torch.save(random_state("vgg19") | {"classifier.0.weight": torch.ones(60, 500)}, buffer)
    return buffer.getvalue()


@pytest.fixture
def site(checkpoint: bytes) -> Iterator[Site]:
    with serving(checkpoint) as site:
        yield site


@pytest.fixture
def offer(site: Site) -> Offer:
    """The catalogue's entry of that checkpoint."""
    return offer_of(site.content, site.url())


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache of weights, not there yet; torch hub's is empty."""
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("GRAMARYE_MIRRORS", raising=False)
    return tmp_path / "cache" / "weights"


def contents(path: Path) -> tuple[Label, str]:
    """All that a stored file says; the order of its labels is left to the library."""
    return read_label(path), tensors_hash(load_file(path))


def offer_of(content: bytes, *urls: str) -> Offer:
    """An entry for ``content`` of which, as usual, eight digits of the hash are published."""
    sha256 = hashlib.sha256(content).hexdigest()
    return Offer("vgg19", urls, len(content), sha256[:8], kept=40_000, note="A small one.")
