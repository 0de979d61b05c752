"""One display and one warm home for the session; a fresh copy and a folder for pictures a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import harness
import pytest
from PIL import Image

from gramarye import samples
from gramarye.cli.daemon_process import daemon_process


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs the real Krita; without it each is skipped, with the reason."""
    reason = harness.missing()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.krita)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """The name of an X display."""
    with harness.display() as name:
        yield name


@pytest.fixture(scope="session")
def warm_home(screen: str, tmp_path_factory: pytest.TempPathFactory) -> harness.Home:
    """A home in which Krita ran once, so that its caches are there to be copied."""
    home = harness.make_home(tmp_path_factory.mktemp("krita") / "home")
    harness.run(home, screen, "quit_at_once", harness.ARTEFACTS)
    return home


@pytest.fixture
def home(warm_home: harness.Home, tmp_path: Path) -> Iterator[harness.Home]:
    """A warm home of the test's own."""
    copy = warm_home.copy(tmp_path / "home")
    yield copy
    harness.end_daemons(copy)


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots are kept."""
    return harness.ARTEFACTS


@pytest.fixture
def run(home: harness.Home, screen: str) -> harness.Run:
    """Run a scenario in Krita; gives what it noted."""
    return lambda scenario, **args: harness.run(home, screen, scenario, harness.ARTEFACTS, **args)


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real daemon."""
    with daemon_process(tmp_path_factory.mktemp("daemon") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``style.png``; ``small.png``, see-through and away from the canvas' corner; ``scene.png``,
    large enough to keep a daemon busy for some seconds."""
    folder = tmp_path_factory.mktemp("pictures")
    samples.painting("flow", 128).save(folder / "style.png")
    samples.content("lakeside", 256).save(folder / "scene.png")
    scene = samples.content("lakeside", 96).convert("RGBA")
    scene.putalpha(Image.radial_gradient("L").resize(scene.size).point(_never_quite_clear))
    canvas = Image.new("RGBA", (140, 110))
    canvas.paste(scene, (30, 20))
    canvas.save(folder / "small.png")
    return folder


def _never_quite_clear(value: int) -> int:
    return 40 + value * 200 // 255
