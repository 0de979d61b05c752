"""*Get VGG-19…* in the real Krita, with a real daemon and a small network from a real server."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import harness
import pytest
import torch

from gramarye.service.client import Client
from tests.engine.helpers import random_state
from tests.service.daemon import running
from tests.weights.conftest import offer_of
from tests.weights.published import environment
from tests.weights.server import WAIT_SECONDS, Site, serving


def _published() -> bytes:
    """A slim VGG-19 with so large a classifier that there is something to fetch."""
    buffer = io.BytesIO()
    classifier = {"classifier.0.weight": torch.zeros(5_000, 1_000)}
    torch.save(random_state("vgg19") | classifier, buffer)
    return buffer.getvalue()


def _go_on_once_stalled(site: Site) -> threading.Thread:
    """The next request is answered whole."""

    def watch() -> None:
        site.stalled.wait(WAIT_SECONDS)
        site.stall_after = None

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_vgg_19_is_offered_fetched_stopped_gone_on_with_and_used(
    home: harness.Home,
    run: harness.Run,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRAMARYE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("GRAMARYE_MIRRORS", raising=False)
    with serving(_published()) as site:
        site.stall_after = 8_000_000
        offer = offer_of(site.content, site.url())
        for name, value in environment(offer).items():
            monkeypatch.setenv(name, value)
        catalogue = "tests.weights.published:CATALOGUE"
        with running(
            tmp_path, "gramarye.studio:Studio", device="cpu", weights="", catalogue=catalogue
        ) as daemon:
            home.configure("gramarye_krita", address=daemon.address, artist="frida")
            watcher = _go_on_once_stalled(site)
            noted = run(
                "get_weights",
                picture=str(pictures / "small.png"),
                style=str(pictures / "style.png"),
            )
            watcher.join()
            with Client.connect(daemon.address, artist="frida") as client:
                assert client.jobs(everybody=True)[-1].state == "done"
    assert noted["before"].startswith("Computes with built-in patch features")
    size = f"{offer.size / 1e6:.0f}"
    assert noted["weights-question"].startswith(f"{size} MB from 127.0.0.1:{site.port}, of which")
    assert noted["coming"] == f"VGG-19: 8 of {size} MB"
    assert "8 MB are here already." in noted["weights-again"]
    assert noted["after"].startswith("Computes with VGG-19")
    assert noted["said"] == "VGG-19 is here. Your next painting uses it."
    assert noted["offered still"] is False
    assert [one.range for one in site.requests] == ["", "bytes=8000000-"]
