"""What the tests of the command line share: tiny weights, a daemon that uses them, a pair."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.router import Router

from .helpers import daemon, picture, tiny_weights


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a tiny VGG-19."""
    return tiny_weights(tmp_path_factory.mktemp("weights") / "vgg19.pth")


@pytest.fixture(scope="module")
def address(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running daemon with those weights."""
    with daemon(tmp_path_factory.mktemp("cache"), "--weights", weights) as address:
        yield address


@pytest.fixture
def router(monkeypatch: pytest.MonkeyPatch) -> Iterator[Router]:
    """A daemon that does what the test says, with the jobs of an artist called frida."""
    monkeypatch.setenv("GRAMARYE_ARTIST", "frida")
    router = Router()
    yield router
    router.stop()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A content and a style as files."""
    return picture(tmp_path / "content.png"), picture(tmp_path / "style.png", 40, 40, seed=1)
