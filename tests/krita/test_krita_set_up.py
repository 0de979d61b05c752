"""From nothing to a daemon that answers, without a terminal, in the real Krita.

PyTorch's stand-in leads to the real one, which is there already; all else is real: finding a
Python, the environment, pip, the wheel that comes with the plugin, and the daemon.
"""

from __future__ import annotations

import sys
import sysconfig
import threading
from pathlib import Path

import harness

from gramarye_protocol import __version__
from tests.krita.test_krita_daemon import free_address
from tests.plugin.setting_up.index import served, wheel

ROOT = Path(__file__).parents[2]


def test_the_daemon_is_set_up_from_inside_krita(
    home: harness.Home, run: harness.Run, pictures: Path, tmp_path: Path
) -> None:
    address = free_address()
    home.configure("gramarye_krita", address=address)
    (home.data / "gramarye" / "launcher.json").unlink()
    bundled = home.data / "krita" / "pykrita" / "gramarye_krita" / "wheels"
    bundled.mkdir(exist_ok=True)
    ours = "\n".join(str(ROOT / part) for part in ("daemon", "shared", "plugin"))
    wheel(bundled, "gramarye", __version__, {"gramarye.pth": ours})
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels, "torch", "2.9.0", {"torch.pth": sysconfig.get_path("purelib")})
    wheel(wheels, "torchvision", "0.24.0", {})
    pythons = tmp_path / "bin"
    pythons.mkdir()
    # Not as python3: Krita's own Python would take it for itself.
    (pythons / f"python3.{sys.version_info.minor}").symlink_to(Path(sys.executable).resolve())
    go = tmp_path / "go"
    with served(wheels) as (index, where):
        index.slow = threading.Event()
        waiter = threading.Thread(target=_open_when, args=(go, index.slow), daemon=True)
        waiter.start()
        noted = run(
            "set_up",
            environment={
                "PATH": f"{pythons}:/usr/bin:/bin",
                "PIP_INDEX_URL": f"{where}/simple",
                "GRAMARYE_TORCH_CPU_INDEX": f"{where}/small",
                "PIP_CONFIG_FILE": "/dev/null",
                "PIP_NO_CACHE_DIR": "1",
            },
            picture=str(pictures / "small.png"),
            go=str(go),
        )
        go.touch()
        waiter.join()
    assert "is not on this computer yet" in noted["absent"]
    assert noted["start"] is False
    assert "PyTorch, which is large" in noted["promise"]
    assert noted["two"].startswith("Another Krita is setting Gramarye up just now.")
    assert noted["running"][1] is True
    assert 0 < noted["running"][0] < 1000
    assert noted["stopped"].startswith("Stopped.")
    assert noted["done"].startswith("Gramarye is set up.")
    assert noted["ready"].startswith("Computes with")
    assert noted["trouble"] == ""
    python = home.data / "gramarye" / f"environment-{__version__}" / "bin" / "python"
    assert str(python) in (home.data / "gramarye" / "launcher.json").read_text()


def _open_when(file: Path, event: threading.Event) -> None:
    while not file.exists():
        if event.wait(0.1):
            return
    event.set()
