"""The program that makes the daemon's environment, with a real pip and an index on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gramarye_krita.setting_up import installer
from gramarye_protocol import __version__

from .index import GRAMARYE, TORCH, TORCHVISION, Index, served, wheel

SCRIPT = Path(installer.__file__)


class Bench:
    """A folder to install to, and an index to install from."""

    def __init__(self, folder: Path, index: Index, address: str) -> None:
        self.folder = folder
        self.index = index
        self.environment = folder / "data" / f"environment-{__version__}"
        self.launcher = folder / "data" / "launcher.json"
        self._address = address

    @property
    def python(self) -> Path:
        return self.environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def start(self) -> subprocess.Popen[str]:
        orders = {
            "folder": str(self.environment),
            "wheel": f"gramarye=={__version__}",
            "launcher": str(self.launcher),
            "version": __version__,
            "cpu_index": f"{self._address}/small",
        }
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PIP_")},
            "PIP_INDEX_URL": f"{self._address}/simple",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_CACHE_DIR": str(self.folder / "cache"),
            "PIP_RETRIES": "0",
            "PYTHONPATH": "",
        }
        return subprocess.Popen(
            [sys.executable, "-I", str(SCRIPT), json.dumps(orders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def run(self) -> list[dict[str, Any]]:
        """All that it says."""
        process = self.start()
        assert process.stdout is not None
        assert process.stdin is not None
        with process.stdout, process.stdin:
            said = [json.loads(line) for line in process.stdout]
        assert process.wait() == (0 if "done" in said[-1] else 1)
        return said


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels, "torch", "2.9.0", TORCH)
    wheel(wheels, "torchvision", "0.24.0", TORCHVISION)
    wheel(wheels, "gramarye", __version__, GRAMARYE)
    with served(wheels) as (index, address):
        yield Bench(tmp_path, index, address)


def test_an_environment_is_made_recorded_at_the_end_and_found_whole_the_next_time(
    bench: Bench,
) -> None:
    said = bench.run()
    assert [one["step"] for one in said if "step" in one] == list(installer.STEPS)
    assert said[-1] == {"done": str(bench.python)}
    assert json.loads(bench.launcher.read_text())["python"] == str(bench.python)
    if os.name != "nt":
        assert bench.launcher.stat().st_mode & 0o077 == 0
        assert bench.environment.parent.stat().st_mode & 0o077 == 0
    bench.index.asked.clear()
    assert "done" in bench.run()[-1]
    assert not [path for path in bench.index.asked if "torch" in path]


def test_what_failed_for_want_of_a_connection_goes_on_from_there(bench: Bench) -> None:
    bench.index.reachable = False
    said = bench.run()
    assert said[-1]["failed"] == "offline"
    assert not bench.launcher.exists()
    mark = bench.environment / "mark"
    mark.touch()
    bench.index.reachable = True
    assert "done" in bench.run()[-1]
    assert mark.exists(), "the environment was made anew"


def test_a_download_that_breaks_off_is_told_and_begun_again(bench: Bench) -> None:
    bench.index.breaks = True
    said = bench.run()
    assert said[-1]["failed"] == "offline", said[-1]
    assert not bench.launcher.exists()
    bench.index.breaks = False
    assert "done" in bench.run()[-1]


def test_a_broken_environment_is_mended(bench: Bench) -> None:
    assert "done" in bench.run()[-1]
    [package] = bench.environment.glob("**/site-packages/torch")
    shutil.rmtree(package)
    assert "done" in bench.run()[-1]
    assert package.is_dir()
    bench.python.unlink()
    assert "done" in bench.run()[-1]
    assert bench.python.exists()


def test_a_torch_that_does_not_work_is_told(bench: Bench) -> None:
    wheel(bench.index.folder, "torch", "2.9.1", {"torch/__init__.py": "raise OSError('no CUDA')"})
    said = bench.run()
    assert said[-1]["failed"] == "torch"
    assert "no CUDA" in said[-1]["detail"]
    assert not bench.launcher.exists()


def test_the_environment_of_an_older_version_goes_but_not_the_one_before(bench: Bench) -> None:
    oldest, before = (bench.environment.parent / f"environment-{one}" for one in ("0.0.1", "0.0.2"))
    for one in (oldest, before):
        (one / "bin").mkdir(parents=True)
    bench.launcher.write_text(json.dumps({"python": str(before / "bin" / "python")}))
    assert "done" in bench.run()[-1]
    assert before.exists()
    assert not oldest.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_when_krita_goes_in_the_middle_nothing_runs_on_and_the_rest_is_done_later(
    bench: Bench,
) -> None:
    bench.index.slow = threading.Event()
    process = bench.start()
    assert process.stdin is not None
    assert process.stdout is not None
    _until(lambda: any("files/torch" in path for path in bench.index.asked))
    assert len(_group(process.pid)) > 1  # pip is at it
    process.stdin.close()  # as when Krita is killed
    process.wait(30)
    process.stdout.close()
    _until(lambda: not _group(process.pid))
    bench.index.slow.set()
    assert not bench.launcher.exists()
    assert "done" in bench.run()[-1]


def test_too_full_a_disk_is_refused_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10 << 30, 9 << 30, 1 << 30))
    orders = {
        "folder": str(tmp_path / "environment"),
        "wheel": "gramarye",
        "launcher": str(tmp_path / "launcher.json"),
        "version": __version__,
        "cpu_index": "http://127.0.0.1:9",
    }
    with pytest.raises(installer.SetupError) as caught:
        installer.Setup(orders).run()
    assert caught.value.code == "disk"
    assert "1.1 GB free" in caught.value.detail
    assert list(tmp_path.iterdir()) == []


def _group(leader: int) -> list[int]:
    """The processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(after[2]) == leader and after[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
