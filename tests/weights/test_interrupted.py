"""A fetch that dies in the middle, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gramarye.engine.weights import load_weights
from gramarye.weights.catalogue import Offer
from gramarye.weights.fetch import fetch

from .conftest import contents
from .server import WAIT_SECONDS, Site

FETCH = """
import sys
from pathlib import Path
from gramarye.cli import main
from gramarye.weights.catalogue import CATALOGUE, Offer
url, size, sha256 = sys.argv[1:]
CATALOGUE["vgg19"] = Offer("vgg19", (url,), int(size), sha256, 1000, "A small one.")
sys.exit(main(["weights", "fetch", "vgg19"]))
"""


def _begin(offer: Offer, directory: Path) -> subprocess.Popen[str]:
    """A fetch from the command line."""
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, offer.urls[0], str(offer.size), offer.sha256],
        env={**os.environ, "GRAMARYE_CACHE": str(directory.parent), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _until(size: int, part: Path, process: subprocess.Popen[str]) -> None:
    """Wait until ``part`` has grown to ``size``."""
    for _ in range(WAIT_SECONDS * 20):
        if part.exists() and part.stat().st_size >= size:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the fetch ended, or hangs: {process.poll()}")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_fetch_that_is_stopped_goes_on_next_time(
    offer: Offer, site: Site, directory: Path, how: signal.Signals
) -> None:
    site.stall_after = 40_000
    process = _begin(offer, directory)
    try:
        _until(40_000, directory / "vgg19.pth.part", process)
        process.send_signal(how)
        told = process.communicate(timeout=WAIT_SECONDS)[1]
    finally:
        process.kill()
        process.wait()
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "What has arrived is kept" in told
    assert not (directory / "vgg19.safetensors").exists()

    site.stall_after = None
    path = fetch(offer, directory).path

    assert [one.range for one in site.requests] == ["", "bytes=40000-"]
    assert load_weights(path)[0] == "vgg19"
    assert not (directory / "vgg19.pth.part").exists()


def test_a_fetch_killed_while_storing_leaves_the_old_file_or_the_new(
    offer: Offer, directory: Path
) -> None:
    path = fetch(offer, directory).path
    whole = contents(path)
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_bytes(path.read_bytes()[:1000])  # as a kill in the middle of writing leaves it
    assert fetch(offer, directory).already
    fetch(offer, directory, replace=True)
    assert contents(path) == whole
    assert not unfinished.exists()
